// Private addresses in simulated time: two sets grow and shrink in the same small subnets, move between them, surge and
// crash, and at no commit do two instances hold one address. What there is no room for fails as a whole.

import { afterEach, describe, expect, test } from 'vitest';

import { put } from '../../src/app/ports/store.ts';
import type { Instance } from '../../src/domain/instance.ts';
import type { Random } from '../../src/domain/random.ts';
import { MINUTE, SECOND } from '../../src/domain/time.ts';
import { openSimulatedGuests } from '../../src/guest/simulated/guests.ts';
import { seededRandom } from '../../src/system/random.ts';
import { healthExtension } from '../testing/health.ts';
import { networkRow } from '../testing/rows.ts';
import { seededIds } from '../testing/seeded.ts';
import { checkAddressed, checkAddresses } from './addresses.ts';
import type { CrashPlan } from './mortal.ts';
import { groupPath, setPath } from './deeds.ts';
import { BOTH, FLEXIBLE, madeModesOf, type Modes, UNIFORM } from './modes.ts';
import { must } from './must.ts';
import { Universe } from './universe.ts';

const SEEDS = 40;
const DEEDS = 25;
const SETS = ['web', 'db'] as const;
const universes: Universe[] = [];

afterEach(async () => {
  for (const universe of universes.splice(0)) await universe.close();
});

const NETWORK = networkRow({
  group: 'red',
  location: 'westeurope',
  properties: {
    addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
    subnets: [
      { name: 'small', properties: { addressPrefix: '10.0.0.0/29' } },
      { name: 'large', properties: { addressPrefixes: ['10.0.1.0/28', '10.0.2.0/29'] } },
    ],
  },
});

function subnet(name: string): object {
  return { id: `${groupPath('red')}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/${name}` };
}

function body(random: Random): object {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const ips = [
    { name: 'ip', properties: { primary: true, subnet: subnet(pick(['small', 'large', 'large'])) } },
    ...(random() < 0.2 ? [{ name: 'second', properties: { subnet: subnet('large') } }] : []),
  ];
  return {
    location: 'westeurope',
    sku: { name: pick(['Standard_B1s', 'Standard_B2s']), capacity: Math.floor(random() * 8) },
    properties: {
      overprovision: random() < 0.5,
      upgradePolicy: {
        mode: pick(['Manual', 'Automatic', 'Rolling']),
        rollingUpgradePolicy: {
          maxBatchInstancePercent: 50,
          maxUnhealthyInstancePercent: 100,
          maxUnhealthyUpgradedInstancePercent: 100,
          maxSurge: random() < 0.5,
        },
      },
      virtualMachineProfile: {
        extensionProfile: { extensions: [healthExtension()] },
        storageProfile: {
          imageReference: { publisher: 'muster', offer: 'base', sku: '1', version: 'latest' },
        },
        networkProfile: {
          networkInterfaceConfigurations: [
            { name: 'nic', properties: { primary: true, ipConfigurations: ips } },
          ],
        },
      },
    },
  };
}

async function open(
  seed: string,
  { crash = () => undefined, modes }: { readonly crash?: CrashPlan; readonly modes: Modes },
): Promise<Universe> {
  const script = { neverReady: 0.05, noCapacity: 0.05, transient: 0.05 } as const;
  const universe = new Universe({
    modes,
    guests: (clock) => openSimulatedGuests({ clock, seed, script }),
    ids: seededIds(seed),
    random: seededRandom(seed),
    crash,
  });
  universes.push(universe);
  await universe.ask('PUT', groupPath('red'), { location: 'westeurope' });
  while ((await universe.store.group('red')) === undefined)
    await universe.ask('PUT', groupPath('red'), { location: 'westeurope' });
  await universe.store.commit([put('network', NETWORK)]);
  return universe;
}

const watched = new WeakMap<Universe, Error>();

/** Looks at every commit; what it finds is told at the end. */
function watch(universe: Universe): void {
  universe.store.onCommit(() => {
    void checkAddresses(universe).catch((error: unknown) => watched.set(universe, error as Error));
  });
}

function crashSometimes(seed: string): CrashPlan {
  const random = seededRandom(`crash ${seed}`);
  return () => {
    const draw = random();
    if (draw < 1 / 60) return 'before';
    return draw < 1 / 30 ? 'after' : undefined;
  };
}

async function members(universe: Universe): Promise<readonly Instance[]> {
  const sets = await universe.store.scaleSets();
  return (await Promise.all(sets.map(({ uid }) => universe.store.instances(uid)))).flat();
}

const failures = new Map<string, number>();

function count(what: string): void {
  failures.set(what, (failures.get(what) ?? 0) + 1);
}

async function deed(universe: Universe, random: Random): Promise<void> {
  const path = setPath('red', SETS[random() < 0.5 ? 0 : 1]);
  const draw = random();
  const id = String(Math.floor(random() * 8));
  const ask = async (method: string, where: string, content?: object): Promise<void> => {
    const answer = await universe.ask(method, where, content);
    must(answer === undefined || answer.status < 500, `${method} ${where}: ${String(answer?.body)}`);
    if (String(answer?.body).includes('SubnetIsFull')) count('refused');
  };
  if (draw < 0.35) return ask('PUT', path, body(random));
  if (draw < 0.6) return ask('PATCH', path, { sku: { capacity: Math.floor(random() * 10) } });
  if (draw < 0.75) return ask('POST', `${path}/manualupgrade`, { instanceIds: ['*'] });
  if (draw < 0.85) return ask('POST', `${path}/deallocate`, { instanceIds: [id] });
  if (draw < 0.9) return ask('POST', `${path}/reimage`, { instanceIds: [id] });
  if (draw < 0.97) return ask('POST', `${path}/delete`, { instanceIds: [id] });
  return ask('DELETE', path);
}

describe('no address is held twice, whatever is asked and whatever crashes', () => {
  test.each(Array.from({ length: SEEDS }, (_, index) => `addresses ${index}`))('%s', async (seed) => {
    const universe = await open(seed, { crash: crashSometimes(seed), modes: madeModesOf(seed) });
    watch(universe);
    const random = seededRandom(`${seed}, deeds`);
    for (let done = 0; done < DEEDS; done += 1) {
      await deed(universe, random);
      if (random() < 0.5) await universe.settle();
      if (random() < 0.5) await universe.pass(Math.floor(random() * 60) * SECOND);
    }
    await universe.rest();
    await universe.pass(30 * MINUTE);
    await universe.rest();
    expect(universe.errors).toEqual([]);
    expect(watched.get(universe)).toBeUndefined();
    await checkAddressed(universe);
    for (const set of await universe.store.scaleSets()) if (set.failure) count(set.failure.code);
    for (const row of await members(universe)) if (row.failure) count(row.failure.code);
  });

  test('and some of it was more than there is room for', () => {
    expect(failures.get('refused')).toBeGreaterThan(0);
  });
});

/** The other set is of the other mode. */
const MIXED: Modes = (group, set) => (set === 'web' ? UNIFORM : FLEXIBLE)(group, set);

describe('two sets that grow in one subnet at the same moment', () => {
  const grown = (capacity: number): object => {
    const made = body(() => 0.9) as { sku: { capacity: number }; properties: object };
    return {
      ...made,
      sku: { ...made.sku, capacity },
      properties: { ...made.properties, overprovision: false },
    };
  };

  test.each([...BOTH, ['mixed', MIXED]] as const)(
    'get different addresses, and the one that asks for more than is left is refused (%s)',
    async (_mode, modes) => {
      const universe = await open('race', { modes });
      watch(universe);
      // The subnet has room for 14.
      const answers = await Promise.all(
        SETS.map((name) => universe.ask('PUT', setPath('red', name), grown(8))),
      );
      expect(answers.map((answer) => answer?.status)).toEqual([201, 400]);
      expect(String(answers[1]?.body)).toContain(
        'Subnet large with address prefix 10.0.1.0/28,10.0.2.0/29 does not have enough capacity for 8 IP addresses.',
      );
      await universe.ask('PUT', setPath('red', 'db'), grown(6));
      await universe.rest();
      expect(await members(universe)).toHaveLength(14);
      expect(watched.get(universe)).toBeUndefined();
      await checkAddressed(universe);
    },
  );

  test.each(BOTH)(
    'an address of a %s set is free again when its instance is gone, and stays while it is only off',
    async (_mode, modes) => {
      const universe = await open('life', { modes });
      const path = setPath('red', 'web');
      await universe.ask('PUT', path, grown(3));
      await universe.rest();
      const held = async (): Promise<readonly string[]> =>
        (await members(universe)).map((row) => `${row.id} ${row.addresses?.[0]?.address}`);
      expect(await held()).toEqual(['0 10.0.1.4', '1 10.0.1.5', '2 10.0.1.6']);
      for (const verb of ['restart', 'redeploy', 'reimage', 'deallocate', 'start']) {
        await universe.ask('POST', `${path}/${verb}`, { instanceIds: ['1'] });
        await universe.rest();
      }
      expect(await held()).toEqual(['0 10.0.1.4', '1 10.0.1.5', '2 10.0.1.6']);
      await universe.ask('POST', `${path}/delete`, { instanceIds: ['1'] });
      await universe.rest();
      await universe.ask('PATCH', path, { sku: { capacity: 4 } });
      await universe.rest();
      expect(await held()).toEqual(['0 10.0.1.4', '2 10.0.1.6', '3 10.0.1.5', '4 10.0.1.7']);
    },
  );
});
