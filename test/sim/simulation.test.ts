// The whole plane on a simulated clock, with seeded ids and simulated guests: random requests, faults of guests, and crashes in the
// middle of commits. A failing seed says how to replay it: MUSTER_SIM_SEED=… runs that one alone.

import { describe, expect, test } from 'vitest';

import type { MemberId } from '../../src/domain/instance.ts';
import type { Operation } from '../../src/domain/operation.ts';
import type { Random } from '../../src/domain/random.ts';
import { MINUTE, SECOND } from '../../src/domain/time.ts';
import { openSimulatedGuests } from '../../src/guest/simulated/guests.ts';
import type { SimulationScript } from '../../src/guest/simulated/script.ts';
import type { Response } from '../../src/http/response.ts';
import { seededRandom } from '../../src/system/random.ts';
import { seededIds } from '../testing/seeded.ts';
import { crashAtEachCommit } from './crashes.ts';
import { type Deed, firstDeeds, groupPath, randomDeed, setPath } from './deeds.ts';
import { DiskWitness } from './disk-witness.ts';
import { checkAtRest, wholeLog, Witness } from './invariants.ts';
import { FLEXIBLE, type Modes, modesOf, UNIFORM } from './modes.ts';
import type { CrashPlan } from './mortal.ts';
import { keepingNotices } from './notices.ts';
import { must } from './must.ts';
import { Universe } from './universe.ts';

const SEEDS = 300;
const DEEDS = 60;
const LATER = 90;
/** After so many of the deeds a guest is lost. */
const LOSSES = 0.03;

const chosen = process.env['MUSTER_SIM_SEED'];
const seeds =
  chosen === undefined ? Array.from({ length: SEEDS }, (_, index) => String(index + 1)) : [chosen];

describe('whatever is asked, fails and crashes', () => {
  test.each(seeds)('the plane keeps its word (seed %s)', async (seed) => {
    await replayable(seed, () => live(seed));
  });
});

describe('a crash at each commit of one story', () => {
  test.each([
    ['before', 'Uniform', UNIFORM],
    ['after', 'Uniform', UNIFORM],
    ['before', 'Flexible', FLEXIBLE],
    ['after', 'Flexible', FLEXIBLE],
  ] as const)('%s it is on disk loses nothing of a %s set', async (moment, _mode, modes) => {
    await crashAtEachCommit(moment, (crash) => story(crash, modes));
  });
});

async function replayable(seed: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    throw new Error(
      `replay with MUSTER_SIM_SEED=${seed} npx vitest run test/sim: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** One random life of a plane. */
async function live(seed: string): Promise<void> {
  const random = seededRandom(`deeds ${seed}`);
  const universe = makeUniverse(seed, crashSometimes(seed), { modes: modesOf(seed) });
  const witness = new Witness();
  const disks = new DiskWitness(universe);
  const ids = seededIds(`correlation ${seed}`);
  const published = seededRandom(`images ${seed}`);
  try {
    for (const deed of firstDeeds()) await ask(universe, deed, ids.guid());
    for (let count = 0; count < DEEDS; count += 1) {
      await ask(universe, randomDeed(random), ids.guid());
      publishSometimes(universe, published);
      if (random() < LOSSES) await loseGuest(universe, random);
      if (random() < 0.5) await universe.settle();
      if (random() < 0.4) await universe.pass(Math.floor(random() * MINUTE));
      await witness.look(universe);
    }
    await universe.rest();
    // Whoever fell ill is seen to, in the hours that follow.
    for (let count = 0; count < LATER; count += 1) {
      await universe.pass(MINUTE);
      await witness.look(universe);
    }
    await universe.rest();
    await witness.look(universe);
    await checkAtRest(universe);
    witness.checkLog(await wholeLog(universe), universe);
    expect(disks.broken).toEqual([]);
  } finally {
    await universe.close();
  }
}

/** Versions of the image come, newer and older ones, while all the rest goes on. */
function publishSometimes({ images }: Universe, random: Random): void {
  if (random() > 0.1) return;
  images.publish('base', `${1 + Math.floor(random() * 3)}.${Math.floor(random() * 4)}.0`);
}

/** A host loses one of its guests altogether, its disks with it. */
async function loseGuest(universe: Universe, random: Random): Promise<void> {
  const guests = await universe.guests.list();
  const lost = guests[Math.floor(random() * guests.length)];
  if (lost !== undefined) await universe.lose(lost.handle);
}

/** One in thirty commits kills the plane, half of them after it is on disk. */
function crashSometimes(seed: string): CrashPlan {
  const random = seededRandom(`crash ${seed}`);
  return () => {
    const draw = random();
    if (draw < 1 / 60) return 'before';
    return draw < 1 / 30 ? 'after' : undefined;
  };
}

/** A set is made, worked on and deleted; every request is asked again until it is answered. */
async function story(crash: CrashPlan, modes: Modes): Promise<void> {
  const universe = makeUniverse('story', crash, { modes, faults: {} });
  const set = setPath('red', 'web');
  const deeds: readonly Deed[] = [
    { method: 'PUT', path: groupPath('red'), body: { location: 'westeurope' } },
    { method: 'PUT', path: set, body: smallSet(3) },
    { method: 'POST', path: `${set}/restart`, body: { instanceIds: ['0', '1'] } },
    { method: 'PUT', path: `${set}/extensions/setup`, body: extension('echo hello') },
    { method: 'POST', path: `${set}/manualupgrade`, body: { instanceIds: ['0', '2'] } },
    { method: 'POST', path: `${set}/virtualMachines/2/reimage` },
    {
      method: 'POST',
      path: `${set}/virtualMachines/1/runCommand`,
      body: { commandId: 'RunShellScript', script: ['echo hello'] },
    },
    { method: 'POST', path: `${set}/deallocate`, body: { instanceIds: ['0'] } },
    { method: 'PATCH', path: set, body: { sku: { capacity: 4 } } },
    { method: 'POST', path: `${set}/delete`, body: { instanceIds: ['1'] } },
    { method: 'DELETE', path: groupPath('red') },
  ];
  const correlations = seededIds('story correlations');
  try {
    for (const deed of deeds) {
      await ask(universe, deed, correlations.guid());
      await universe.rest();
    }
    // What a crash swallowed is asked again: the story must end with nothing left.
    await ask(universe, { method: 'DELETE', path: groupPath('red') }, correlations.guid());
    await universe.rest();
    await checkAtRest(universe);
    expect(await universe.store.groups()).toEqual([]);
    expect(await universe.guests.list()).toEqual([]);
    expect(await universe.guests.disks()).toEqual([]);
  } finally {
    await universe.close();
  }
}

function smallSet(capacity: number): object {
  return {
    location: 'westeurope',
    sku: { name: 'Standard_B1s', capacity },
    properties: {
      overprovision: false,
      virtualMachineProfile: {
        storageProfile: {
          imageReference: { publisher: 'muster', offer: 'base', sku: '1', version: '1.0.0' },
        },
      },
    },
  };
}

function extension(commandToExecute: string): object {
  const [publisher, type] = ['Microsoft.Azure.Extensions', 'CustomScript'];
  return { properties: { publisher, type, typeHandlerVersion: '2.1', settings: { commandToExecute } } };
}

function makeUniverse(
  seed: string,
  crash: CrashPlan,
  { modes, faults = FAULTS }: { readonly modes: Modes; readonly faults?: Partial<SimulationScript> },
): Universe {
  const universe: Universe = new Universe({
    guests: (clock) => keepingNotices(openSimulatedGuests({ clock, seed, script: faults }), () => universe),
    ids: seededIds(seed),
    random: seededRandom(seed),
    crash,
    modes,
  });
  return universe;
}

/** Asks, and holds the answer against the log: what was acknowledged stands there, what was refused does not, and neither is a 5xx. */
async function ask(universe: Universe, drawn: Deed, correlationId: string): Promise<void> {
  const deed = await universe.inItsWords(drawn);
  const answer = await universe.ask(deed.method, deed.path, deed.body, correlationId);
  if (answer === undefined) return;
  const what = `${deed.method} ${deed.path}`;
  must(answer.status < 500, `${what} answered ${answer.status}: ${String(answer.body)}`);
  if (deed.method === 'GET') return;
  must(
    !('vmIds' in (deed.body ?? {})) || answer.status >= 400,
    `${what} named its instances by an unknown word`,
  );
  const entries = (await wholeLog(universe)).filter((entry) => entry.correlationId === correlationId);
  const logged = entries.length > 0;
  const named = namedBy(deed);
  for (const { instances } of named === undefined ? [] : entries) {
    must(sameIds(instances, named ?? []), `${what} named ${named?.join()} and touched ${instances.join()}`);
  }
  if (answer.status >= 400) must(!logged, `${what} was refused (${answer.status}) and stands in the log`);
  else if (answer.status !== 204 || deed.path.endsWith('simulateEviction')) {
    // Deleting what is being deleted already is answered with the operation that is under way.
    const under = deed.method === 'DELETE' && (await operationOf(universe, answer)) !== undefined;
    must(logged || under, `${what} was acknowledged (${answer.status}) and does not stand in the log`);
  }
}

/** The members that a request names one by one; undefined when it names none or all. */
function namedBy({ path, body }: Deed): readonly MemberId[] | undefined {
  const one = /\/virtualMachines\/([^/?]+)/.exec(path)?.[1];
  if (one !== undefined) return [memberOf(one)];
  const list = Object.entries(body ?? {}).find(([member]) => member.toLowerCase() === 'instanceids');
  const ids = list?.[1] as readonly string[] | undefined;
  return ids === undefined || ids.includes('*') ? undefined : ids.map(memberOf);
}

function memberOf(id: string): MemberId {
  return /^\d+$/.test(id) ? Number(id) : id;
}

function sameIds(a: readonly MemberId[], b: readonly MemberId[]): boolean {
  return a.every((id) => b.includes(id)) && b.every((id) => a.includes(id));
}

async function operationOf(universe: Universe, { headers }: Response): Promise<Operation | undefined> {
  const id = /operation(?:s|results)\/([0-9a-f-]{36})/.exec(
    headers['azure-asyncoperation'] ?? headers['location'] ?? '',
  )?.[1];
  return id === undefined ? undefined : universe.store.operation(id);
}

/** Guests that fail often, in all the ways they have. */
const FAULTS: Partial<SimulationScript> = {
  noCapacity: 0.03,
  transient: 0.1,
  neverReady: 0.03,
  exits: 0.1,
  exitsAfter: [SECOND, 10 * MINUTE],
  slowStop: 0.1,
  fallsIll: 0.4,
  fallsIllAfter: [SECOND, 20 * MINUTE],
  recovers: 0.6,
  acknowledges: 0.6,
  acknowledgesAfter: [0, 12 * MINUTE],
  extensionFails: 0.05,
  extensionHangs: 0.03,
};
