// Quotas in simulated time: whatever is asked of several sets at once, with a plane that dies in the middle, and whatever their
// loops make of it (surplus instances, rolling upgrades that surge, repairs that replace), no commit ever leaves more cores taken than the limit.

import { afterEach, expect, test } from 'vitest';

import { holdsHost, type Quotas } from '../../src/domain/quota.ts';
import type { Random } from '../../src/domain/random.ts';
import { MINUTE } from '../../src/domain/time.ts';
import { vmSize } from '../../src/domain/vm-size.ts';
import { openSimulatedGuests } from '../../src/guest/simulated/guests.ts';
import { seededRandom } from '../../src/system/random.ts';
import { healthExtension } from '../testing/health.ts';
import { seededIds } from '../testing/seeded.ts';
import { groupPath, setPath } from './deeds.ts';
import { insist } from './insist.ts';
import { madeModesOf } from './modes.ts';
import { must } from './must.ts';
import { Universe } from './universe.ts';

const LIMIT = 24;
const NAMES = ['web', 'api', 'db'];
const SIZES = ['Standard_B1s', 'Standard_B2s', 'Standard_B4ms', 'Standard_D2s_v5'];
const SEEDS = 60;
const DEEDS = 25;

/** Repairs replace them: for a while there is one that goes and one that is to come. */
const ILL = { fallsIll: 0.3, fallsIllAfter: [MINUTE, 30 * MINUTE] } as const;

const universes: Universe[] = [];
afterEach(async () => {
  for (const universe of universes.splice(0)) await universe.close();
});

function open(seed: string, quotas: Quotas, deadly: boolean): Universe {
  const crash = seededRandom(`crash ${seed}`);
  const universe = new Universe({
    guests: (clock) => openSimulatedGuests({ clock, seed, script: ILL }),
    ids: seededIds(seed),
    random: seededRandom(seed),
    crash: () => (deadly && crash() < 1 / 40 ? (crash() < 0.5 ? 'before' : 'after') : undefined),
    quotas,
    modes: madeModesOf(seed),
  });
  universes.push(universe);
  return universe;
}

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

const body = (random: Random): object => ({
  location: 'westeurope',
  sku: { name: pick(random, SIZES), capacity: Math.floor(random() * 14) },
  properties: {
    overprovision: true,
    automaticRepairsPolicy: { enabled: true, gracePeriod: 'PT10M', repairAction: 'Replace' },
    upgradePolicy: {
      mode: 'Rolling',
      rollingUpgradePolicy: {
        maxBatchInstancePercent: 40,
        maxUnhealthyInstancePercent: 100,
        maxUnhealthyUpgradedInstancePercent: 100,
        maxSurge: true,
      },
    },
    virtualMachineProfile: {
      extensionProfile: { extensions: [healthExtension()] },
      storageProfile: {
        imageReference: { publisher: 'muster', offer: 'base', sku: '1', version: 'latest' },
      },
    },
  },
});

function deed(random: Random): readonly [method: string, path: string, content?: unknown] {
  const set = setPath('red', pick(random, NAMES));
  const draw = random();
  if (draw < 0.35) return ['PUT', set, body(random)];
  if (draw < 0.55) return ['PATCH', set, { sku: { capacity: Math.floor(random() * 14) } }];
  if (draw < 0.65) return ['PATCH', set, { sku: { name: pick(random, SIZES) } }];
  if (draw < 0.95) {
    const verb = pick(random, ['start', 'deallocate', 'deallocate', 'reimage', 'poweroff', 'redeploy']);
    return ['POST', `${set}/${verb}`, { instanceIds: ['*'] }];
  }
  return ['DELETE', set];
}

/** The cores that instances have hosts for, by the model each was made from. */
async function taken({ store }: Universe): Promise<number> {
  let cores = 0;
  for (const set of await store.scaleSets()) {
    const sizes = new Map((await store.models(set.uid)).map((model) => [model.version, model.size]));
    for (const instance of await store.instances(set.uid)) {
      if (!holdsHost(instance)) continue;
      cores += vmSize(sizes.get(instance.model) ?? '')?.cores ?? 0;
    }
  }
  return cores;
}

/** Over all seeds: how many requests were refused for the quota, and how many lives have reached it. */
let refused = 0;
let full = 0;

test.each(Array.from({ length: SEEDS }, (_, seed) => String(seed + 1)))(
  'no more is ever taken than there is (seed %s)',
  async (seed) => {
    const random = seededRandom(`quota ${seed}`);
    // Asked by several at once, or dying now and then.
    const deadly = Number(seed) % 2 === 0;
    const universe = open(seed, { cores: LIMIT }, deadly);
    const looks: Promise<void>[] = [];
    let most = 0;
    universe.store.onCommit(() => {
      const look = async (): Promise<void> => {
        most = Math.max(most, await taken(universe));
      };
      looks.push(look());
    });
    await insist(universe, 'PUT', groupPath('red'), { location: 'westeurope' });
    for (let count = 0; count < DEEDS; count += 1) {
      const asked = Array.from({ length: deadly ? 1 : 1 + Math.floor(random() * 3) }, () => deed(random));
      const answers = await Promise.all(asked.map((one) => universe.ask(...one)));
      for (const answer of answers) {
        if (answer === undefined) continue;
        must(answer.status < 500, String(answer.body));
        if (String(answer.body).includes('exceeding approved')) refused += 1;
      }
      if (random() < 0.7) await universe.pass(Math.floor(random() * 3 * MINUTE));
    }
    await universe.pass(60 * MINUTE);
    await universe.rest();
    await Promise.all(looks);
    expect(universe.errors).toEqual([]);
    if (most === LIMIT) full += 1;
    expect(most).toBeLessThanOrEqual(LIMIT);
  },
);

test('the quota was reached, and kept many from more', () => {
  expect(full).toBeGreaterThan(SEEDS / 4);
  expect(refused).toBeGreaterThan(SEEDS);
});
