// Deployments of random templates on a simulated plane that dies in the middle of commits, and one story with a death at each of
// its commits. A failing seed says how to replay it: MUSTER_SIM_SEED=… runs that one alone.
import { describe, expect, test } from 'vitest';
import { isActive } from '../../src/domain/deployment.ts';
import { MINUTE } from '../../src/domain/time.ts';
import { openSimulatedGuests } from '../../src/guest/simulated/guests.ts';
import type { SimulationScript } from '../../src/guest/simulated/script.ts';
import { seededRandom } from '../../src/system/random.ts';
import { seededIds } from '../testing/seeded.ts';
import { crashAtEachCommit } from './crashes.ts';
import { type Deed, groupPath, randomDeed, setPath } from './deeds.ts';
import { balancer, deploymentDeed, SECRET, template, templateSet } from './deployment-deeds.ts';
import { DeploymentWitness } from './deployment-invariants.ts';
import { insist } from './insist.ts';
import { checkAtRest } from './invariants.ts';
import type { CrashPlan } from './mortal.ts';
import { must } from './must.ts';
import { Universe } from './universe.ts';

const SEEDS = 60;
const DEEDS = 40;
const GROUPS = ['red', 'blue'];

const chosen = process.env['MUSTER_SIM_SEED'];
const seeds =
  chosen === undefined ? Array.from({ length: SEEDS }, (_, index) => String(index + 1)) : [chosen];

const ends: Record<string, number> = {};

describe('whatever is deployed, fails and crashes', () => {
  test.each(seeds)('each deployment keeps its order and comes to an end (seed %s)', async (seed) => {
    try {
      await live(seed);
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      throw new Error(`replay with MUSTER_SIM_SEED=${seed} npx vitest run test/sim/deployments: ${what}`, {
        cause: error,
      });
    }
  });

  test.skipIf(chosen !== undefined)('of all kinds there were some', () => {
    expect(Object.keys(ends).toSorted()).toEqual(['Canceled', 'Failed', 'Succeeded']);
  });
});

/** One random life of a plane, half of whose requests are about deployments. */
async function live(seed: string): Promise<void> {
  const random = seededRandom(`deployments ${seed}`);
  const crashes = seededRandom(`crash ${seed}`);
  const universe = makeUniverse(seed, () => {
    const draw = crashes();
    if (draw < 1 / 50) return 'before';
    return draw < 1 / 25 ? 'after' : undefined;
  });
  const witness = new DeploymentWitness(universe);
  try {
    for (const group of GROUPS) await insist(universe, 'PUT', groupPath(group), { location: 'westeurope' });
    for (let count = 0; count < DEEDS; count += 1) {
      const group = GROUPS[Math.floor(random() * GROUPS.length)] as string;
      const deed = random() < 0.5 ? deploymentDeed(random, groupPath(group), GROUPS) : randomDeed(random);
      const answer = await universe.ask(deed.method, deed.path, deed.body);
      must((answer?.status ?? 200) < 500, `${deed.method} ${deed.path}: ${String(answer?.body)}`);
      await checkKept(universe, deed, answer?.status);
      must(!String(answer?.body).includes(SECRET), `${deed.method} ${deed.path} showed the secret`);
      if (random() < 0.5) await universe.settle();
      if (random() < 0.5) await universe.pass(Math.floor(random() * MINUTE));
    }
    await universe.rest();
    await checkAtRest(universe);
    await witness.checkAtRest(universe);
    for (const [state, count] of Object.entries(witness.ends())) ends[state] = (ends[state] ?? 0) + count;
  } finally {
    await universe.close();
  }
}

/** What was acknowledged is there. */
async function checkKept(universe: Universe, { method, path }: Deed, status = 500): Promise<void> {
  const [, group, name] = /\/resourceGroups\/(\w+)\/.*\/deployments\/(\w+)$/.exec(path) ?? [];
  if (method !== 'PUT' || group === undefined || name === undefined || status >= 300) return;
  must(
    (await universe.store.deployment(group, name)) !== undefined,
    `${path} was answered with ${status} and is not there`,
  );
}

describe('a crash at each commit of one story', () => {
  test.each(['before', 'after'] as const)('%s it is on disk loses nothing', async (moment) => {
    await crashAtEachCommit(moment, story);
  });
});

/** A fleet is deployed, deployed smaller in Complete mode, canceled once, and its group deleted. */
async function story(crash: CrashPlan): Promise<void> {
  const universe = makeUniverse('deployment story', crash, {});
  const witness = new DeploymentWitness(universe);
  const path = (name: string): string =>
    `${groupPath('red')}/providers/Microsoft.Resources/deployments/${name}`;
  const row = (name: string) => universe.store.deployment('red', name);
  try {
    await insist(universe, 'PUT', groupPath('red'), { location: 'westeurope' });
    await insist(
      universe,
      'PUT',
      path('fleet'),
      deployment([balancer('lb'), templateSet('web', 2, { dependsOn: ['lb'] }), nested()]),
    );
    await universe.rest();
    expect((await row('fleet'))?.state).toBe('Succeeded');
    const web = await universe.store.scaleSet('red', 'web');
    expect(await universe.store.instances(web?.uid ?? '')).toHaveLength(2);
    // Asked for again by a crash, it is the same model.
    expect(web?.model).toBe(1);
    expect((await universe.store.loadBalancers('red')).map(({ name }) => name)).toEqual(['inner', 'lb']);
    await insist(universe, 'PUT', path('less'), deployment([balancer('lb')], 'Complete'));
    await universe.rest();
    expect((await row('less'))?.state).toBe('Succeeded');
    expect(await universe.store.scaleSets()).toEqual([]);
    expect((await universe.store.loadBalancers('red')).map(({ name }) => name)).toEqual(['lb']);
    await insist(universe, 'PUT', path('last'), deployment([templateSet('db', 1)]));
    await insist(universe, 'POST', `${path('last')}/cancel`);
    expect((await row('last'))?.state).toBe('Canceled');
    await universe.rest();
    await checkAtRest(universe);
    await insist(universe, 'DELETE', groupPath('red'), undefined, [404, 409]);
    await universe.rest();
    await witness.checkAtRest(universe);
    expect(await universe.store.deployments()).toEqual([]);
    expect(await universe.guests.list()).toEqual([]);
  } finally {
    await universe.close();
  }
}

function nested(): object {
  return {
    type: 'Microsoft.Resources/deployments',
    apiVersion: '2022-09-01',
    name: 'part',
    dependsOn: ['web'],
    properties: { mode: 'Incremental', template: template([balancer('inner')]) },
  };
}

function deployment(resources: readonly object[], mode = 'Incremental'): object {
  return {
    properties: {
      mode,
      parameters: { word: { value: SECRET } },
      template: template(resources, { parameters: { word: { type: 'secureString' } } }),
    },
  };
}

test('a deployment in a group that is deleted in the middle of it ends, and leaves nothing', async () => {
  const universe = makeUniverse('deletion', () => undefined, {});
  const witness = new DeploymentWitness(universe);
  try {
    for (const group of GROUPS) await insist(universe, 'PUT', groupPath(group), { location: 'westeurope' });
    const set = templateSet('web', 2, { dependsOn: ['lb'] });
    const elsewhere = { ...nested(), resourceGroup: 'blue', dependsOn: [] };
    const path = `${groupPath('red')}/providers/Microsoft.Resources/deployments/fleet`;
    await insist(universe, 'PUT', path, deployment([balancer('lb'), set, elsewhere]));
    expect((await universe.store.deployments()).some(isActive)).toBe(true);
    await insist(universe, 'DELETE', groupPath('red'));
    await universe.rest();
    expect(await universe.ask('GET', setPath('red', 'web'))).toMatchObject({ status: 404 });
    expect((await universe.store.deployments()).map(({ group }) => group)).toEqual(['blue']);
    await witness.checkAtRest(universe);
  } finally {
    await universe.close();
  }
});

test('the default of a secure parameter is in no error either', async () => {
  const universe = makeUniverse('default', () => undefined, {});
  try {
    await insist(universe, 'PUT', groupPath('red'), { location: 'westeurope' });
    const subnet = { id: "[parameters('word')]" };
    const frontendIPConfigurations = [{ name: 'front', properties: { subnet } }];
    const word = { type: 'secureString', defaultValue: "[concat('by', '-default')]" };
    const refused = template([balancer('lb', { properties: { frontendIPConfigurations } })], {
      parameters: { word },
    });
    const path = `${groupPath('red')}/providers/Microsoft.Resources/deployments/default`;
    await insist(universe, 'PUT', path, { properties: { mode: 'Incremental', template: refused } });
    await universe.rest();
    const row = await universe.store.deployment('red', 'default');
    expect(row).toMatchObject({ state: 'Failed', secrets: [] });
    expect(JSON.stringify(row)).toContain('Reference Id ****** ');
    expect(JSON.stringify(row)).not.toContain('by-default');
  } finally {
    await universe.close();
  }
});

// Each is written with its group's row: all at once, all but one would have to decide again, more often than a request does.
test('a deployment of many resources in one group does not stand in its own way', async () => {
  const universe = makeUniverse('many', () => undefined, {});
  try {
    await insist(universe, 'PUT', groupPath('red'), { location: 'westeurope' });
    const many = balancer("[concat('lb', copyIndex())]", { copy: { name: 'all', count: 150 } });
    const path = `${groupPath('red')}/providers/Microsoft.Resources/deployments/many`;
    await insist(universe, 'PUT', path, deployment([many]));
    await universe.rest();
    expect(await universe.store.deployment('red', 'many')).toMatchObject({ state: 'Succeeded' });
    expect(await universe.store.loadBalancers('red')).toHaveLength(150);
  } finally {
    await universe.close();
  }
});

function makeUniverse(seed: string, crash: CrashPlan, script: Partial<SimulationScript> = FAULTS): Universe {
  return new Universe({
    guests: (clock) => openSimulatedGuests({ clock, seed, script }),
    ids: seededIds(seed),
    random: seededRandom(seed),
    crash,
  });
}

const FAULTS: Partial<SimulationScript> = { noCapacity: 0.02, transient: 0.05 };
