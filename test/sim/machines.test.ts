// Machines in simulated time: made by themselves, attached to sets and detached, moved again and again, acted on and deleted while their
// sets grow and shrink, with faults of guests and crashes in the middle of commits. What never happens: a machine that moves is
// restarted, made anew or lost, or is in two sets, or a set's count is not that of its members (`machine-witness`).

import { expect, test } from 'vitest';

import type { Random } from '../../src/domain/random.ts';
import { MINUTE } from '../../src/domain/time.ts';
import { openSimulatedGuests } from '../../src/guest/simulated/guests.ts';
import { seededRandom } from '../../src/system/random.ts';
import { seededIds } from '../testing/seeded.ts';
import { type Deed, firstDeeds, groupPath, setPath } from './deeds.ts';
import { DiskWitness } from './disk-witness.ts';
import { checkAtRest, wholeLog, Witness } from './invariants.ts';
import { machineDeed } from './machine-deeds.ts';
import type { Modes } from './modes.ts';
import { must } from './must.ts';
import { Universe } from './universe.ts';

const SEEDS = 60;
const DEEDS = 60;
const SETS = ['web', 'db', 'bare'] as const;
const GROUP = groupPath('red');

const chosen = process.env['MUSTER_SIM_SEED'];
const seeds =
  chosen === undefined ? Array.from({ length: SEEDS }, (_, index) => String(index + 1)) : [chosen];

/** One that makes its members, one that is spread over three fault domains, and one that has only what joins it. */
const MODES: Modes = (_group, set) => {
  if (set === 'db') return { mode: 'Flexible', faultDomains: 3 };
  return { mode: 'Flexible', faultDomains: 1, bare: set === 'bare' };
};

const moves = new Map<string, number>();

test.each(seeds)('wherever a machine goes, it stays what it is (seed %s)', async (seed) => {
  const random = seededRandom(`machine deeds ${seed}`);
  const crashes = seededRandom(`machine crashes ${seed}`);
  const universe = new Universe({
    guests: (clock) => openSimulatedGuests({ clock, seed, script: { transient: 0.1, exits: 0.05 } }),
    ids: seededIds(seed),
    random: seededRandom(seed),
    crash: () => drawn(crashes()),
    modes: MODES,
  });
  const witness = new Witness();
  const disks = new DiskWitness(universe);
  try {
    for (const deed of firstDeeds()) await ask(universe, deed);
    for (const name of SETS)
      await ask(universe, { method: 'PUT', path: setPath('red', name), body: model(2) });
    for (let count = 0; count < DEEDS; count += 1) {
      await ask(universe, randomDeed(random));
      if (random() < 0.6) await universe.settle();
      if (random() < 0.5) await universe.pass(Math.floor(random() * MINUTE));
      await witness.look(universe);
    }
    await universe.rest();
    await witness.look(universe);
    await checkAtRest(universe);
    witness.checkLog(await wholeLog(universe), universe);
    expect(disks.broken).toEqual([]);
    moves.set(seed, universe.machines.moves);
  } finally {
    await universe.close();
  }
});

test.skipIf(chosen !== undefined)('and many of them have moved', () => {
  expect([...moves.values()].filter((count) => count > 0).length).toBeGreaterThan(SEEDS / 4);
});

function randomDeed(random: Random): Deed {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const set = setPath('red', pick(SETS));
  const draw = random();
  if (draw < 0.8)
    return machineDeed(
      random,
      GROUP,
      SETS.map((name) => setPath('red', name)),
    );
  if (draw < 0.9)
    return { method: 'PATCH', path: set, body: { sku: { capacity: Math.floor(random() * 4) } } };
  if (draw < 0.94)
    return { method: 'PATCH', path: set, body: { sku: { name: pick(['Standard_B1s', 'Standard_B2s']) } } };
  if (draw < 0.97)
    return {
      method: 'POST',
      path: `${set}/delete`,
      body: { instanceIds: [String(Math.floor(random() * 4))] },
    };
  return draw < 0.98 ? { method: 'DELETE', path: set } : { method: 'PUT', path: set, body: model(1) };
}

function model(capacity: number): object {
  return {
    location: 'westeurope',
    sku: { name: 'Standard_B1s', capacity },
    properties: {
      upgradePolicy: { mode: 'Automatic' },
      virtualMachineProfile: {
        storageProfile: {
          imageReference: { publisher: 'muster', offer: 'base', sku: '1', version: '1.0.0' },
          dataDisks: [{ lun: 0, createOption: 'Empty', diskSizeGB: 1 }],
        },
      },
    },
  };
}

function drawn(draw: number): 'before' | 'after' | undefined {
  if (draw < 1 / 60) return 'before';
  return draw < 1 / 30 ? 'after' : undefined;
}

async function ask(universe: Universe, { method, path, body }: Deed): Promise<void> {
  const answer = await universe.ask(method, path, body);
  must(
    answer === undefined || answer.status < 500,
    `${method} ${path} answered ${answer?.status}: ${String(answer?.body)}`,
  );
}
