// Instance mixes in simulated time: sets of several sizes, and one of one size beside them, under quotas that fill up, while
// capacities and mixes change, guests fall ill and are replaced, upgrades surge, and the plane dies in between. No commit leaves
// more taken than there is; nobody has a size that no mix gave it; a size changes only with an update; and whatever was granted is made.

import { afterEach, expect, test } from 'vitest';

import type { Instance } from '../../src/domain/instance.ts';
import { isMember } from '../../src/domain/instance.ts';
import { objectAt } from '../../src/domain/json.ts';
import { type Cores, coresOfSize, holdsHost, limitOf, type Quotas, sumOf } from '../../src/domain/quota.ts';
import type { Random } from '../../src/domain/random.ts';
import type { ModelVersion, ScaleSet } from '../../src/domain/scale-set.ts';
import { MINUTE } from '../../src/domain/time.ts';
import { openSimulatedGuests } from '../../src/guest/simulated/guests.ts';
import { seededRandom } from '../../src/system/random.ts';
import { healthExtension } from '../testing/health.ts';
import { seededIds } from '../testing/seeded.ts';
import { groupPath, setPath } from './deeds.ts';
import { insist } from './insist.ts';
import { must } from './must.ts';
import { Universe } from './universe.ts';

const LOCATION = 'westeurope';
const QUOTAS: Quotas = { cores: 28, families: { standardBSFamily: 10, standardDSv5Family: 12 } };
const SIZES = [
  'Standard_B1s',
  'Standard_B2s',
  'Standard_B4ms',
  'Standard_D2s_v5',
  'Standard_D4s_v5',
  'Standard_E2s_v5',
];
const SEEDS = 130;
const DEEDS = 25;
const MIXED = ['web', 'api'];
const PLAIN = 'db';

/** Repairs replace them: for a while there is one that goes and one that is to come. */
const ILL = { fallsIll: 0.3, fallsIllAfter: [MINUTE, 30 * MINUTE] } as const;

const universes: Universe[] = [];
afterEach(async () => {
  for (const universe of universes.splice(0)) await universe.close();
});

function open(seed: string, deadly: boolean): Universe {
  const crash = seededRandom(`crash ${seed}`);
  const universe = new Universe({
    guests: (clock) => openSimulatedGuests({ clock, seed, script: ILL }),
    ids: seededIds(seed),
    random: seededRandom(seed),
    crash: () => (deadly && crash() < 1 / 40 ? (crash() < 0.5 ? 'before' : 'after') : undefined),
    quotas: QUOTAS,
  });
  universes.push(universe);
  return universe;
}

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

function mixOf(random: Random): object {
  const allocationStrategy = pick(random, ['LowestPrice', 'CapacityOptimized', 'Prioritized']);
  const names = SIZES.filter(() => random() < 0.4).slice(0, 5);
  const vmSizes = (names.length === 0 ? [pick(random, SIZES)] : names).map((name) =>
    allocationStrategy === 'Prioritized' && random() < 0.7
      ? { name, rank: Math.floor(random() * 2) }
      : { name },
  );
  return { vmSizes, allocationStrategy };
}

const capacity = (random: Random): number => Math.floor(random() * 10);

function body(random: Random, isMix: boolean): object {
  const mode = pick(random, ['Manual', 'Automatic', 'Rolling']);
  const rolling = {
    maxBatchInstancePercent: 40,
    maxUnhealthyInstancePercent: 100,
    maxUnhealthyUpgradedInstancePercent: 100,
    maxSurge: random() < 0.5,
  };
  return {
    location: LOCATION,
    sku: { name: isMix ? 'Mix' : pick(random, SIZES), capacity: capacity(random) },
    properties: {
      ...(isMix ? { orchestrationMode: 'Flexible', skuProfile: mixOf(random) } : {}),
      automaticRepairsPolicy: { enabled: true, gracePeriod: 'PT10M', repairAction: 'Replace' },
      upgradePolicy: { mode, ...(mode === 'Rolling' ? { rollingUpgradePolicy: rolling } : {}) },
      virtualMachineProfile: {
        extensionProfile: { extensions: [healthExtension()] },
        storageProfile: {
          imageReference: { publisher: 'muster', offer: 'base', sku: '1', version: 'latest' },
        },
      },
    },
  };
}

function deed(random: Random): readonly [method: string, path: string, content?: unknown] {
  const name = pick(random, [...MIXED, PLAIN]);
  const isMix = name !== PLAIN;
  const set = setPath('red', name);
  const draw = random();
  if (draw < 0.3) return ['PUT', set, body(random, isMix)];
  if (draw < 0.55) return ['PATCH', set, { sku: { capacity: capacity(random) } }];
  if (draw < 0.7) {
    return isMix
      ? ['PATCH', set, { properties: { skuProfile: mixOf(random) } }]
      : ['PATCH', set, { sku: { name: pick(random, SIZES) } }];
  }
  if (draw < 0.95) return ['POST', `${set}/${pick(random, ['start', 'deallocate', 'poweroff', 'restart'])}`];
  return ['DELETE', set];
}

const isMixed = ({ declared }: ScaleSet): boolean =>
  objectAt(declared.properties, 'skuProfile') !== undefined;

/** By what each instance really has, or may have again: not by what the plane counts. */
async function taken({ store }: Universe): Promise<Cores> {
  const all: Cores[] = [];
  for (const set of await store.scaleSets()) {
    const sizes = new Map((await store.models(set.uid)).map((model) => [model.version, model.size]));
    for (const one of await store.instances(set.uid)) {
      if (holdsHost(one)) all.push(coresOfSize(one.size ?? sizes.get(one.model) ?? '', false));
    }
  }
  return sumOf(all);
}

/** Sizes as they were seen last, so that none comes from nowhere. */
class SizeWitness {
  readonly #seen = new Map<string, string | undefined>();
  resizes = 0;

  see(set: ScaleSet, one: Instance, models: readonly ModelVersion[]): void {
    if (!isMixed(set)) return;
    const what = `${one.machine?.name} of ${set.name}`;
    must(one.machine !== undefined && one.size !== undefined, `${what} has no size`);
    const before = this.#seen.get(one.vmId);
    this.#seen.set(one.vmId, one.size);
    const mix = models.find(({ version }) => version === one.wanted.model)?.mix;
    const isOfMix = mix?.vmSizes.some(({ name }) => name === one.size) === true;
    if (before === undefined) {
      must(isOfMix, `${what} was made with ${one.size}, which its mix does not have`);
    } else if (before !== one.size) {
      this.resizes += 1;
      must(one.task?.verb === 'update' || one.failure !== undefined, `${what} became ${one.size} unasked`);
      must(isOfMix || one.failure !== undefined, `${what} became ${one.size}, which its mix does not have`);
    }
  }
}

async function atRest({ store }: Universe): Promise<void> {
  for (const set of await store.scaleSets()) {
    // The place of one that went stays empty where its size is not in the mix any more and no other has room.
    if (set.failure?.code === 'OperationNotAllowed') continue;
    const members = (await store.instances(set.uid)).filter(isMember);
    must(members.length === set.declared.sku.capacity, `${set.name} has ${members.length} at rest`);
    must(set.drawn === undefined, `${set.name} still holds ${set.drawn?.join()}`);
  }
}

/** Over all seeds. */
const told = { refused: 0, full: 0, resizes: 0, several: 0, short: 0 };

test.each(Array.from({ length: SEEDS }, (_, seed) => String(seed + 1)))(
  'a mix keeps to its sizes and its quotas (seed %s)',
  async (seed) => {
    const random = seededRandom(`mix ${seed}`);
    const deadly = Number(seed) % 2 === 0;
    const universe = open(seed, deadly);
    const witness = new SizeWitness();
    const over: string[] = [];
    let isFull = false;
    const looks: Promise<void>[] = [];
    const look = async (): Promise<void> => {
      for (const [counter, cores] of await taken(universe)) {
        const limit = limitOf(QUOTAS, LOCATION, counter);
        if (cores > limit) over.push(`${cores} of ${limit} ${counter}`);
        if (cores === limit) isFull = true;
      }
      for (const set of await universe.store.scaleSets()) {
        const models = await universe.store.models(set.uid);
        const instances = await universe.store.instances(set.uid);
        for (const one of instances) witness.see(set, one, models);
        if (set.failure?.code === 'OperationNotAllowed') told.short += 1;
        if (isMixed(set) && new Set(instances.map(({ size }) => size)).size > 1) told.several += 1;
      }
    };
    universe.store.onCommit(() => {
      looks.push(look());
    });
    await insist(universe, 'PUT', groupPath('red'), { location: LOCATION });
    for (let count = 0; count < DEEDS; count += 1) {
      const asked = Array.from({ length: deadly ? 1 : 1 + Math.floor(random() * 3) }, () => deed(random));
      const answers = await Promise.all(asked.map((one) => universe.ask(...one)));
      for (const answer of answers) {
        if (answer === undefined) continue;
        must(answer.status < 500, String(answer.body));
        if (String(answer.body).includes('exceeding approved')) told.refused += 1;
      }
      if (random() < 0.7) await universe.pass(Math.floor(random() * 3 * MINUTE));
    }
    await universe.pass(60 * MINUTE);
    await universe.rest();
    await Promise.all(looks);
    expect(universe.errors).toEqual([]);
    expect(over).toEqual([]);
    await atRest(universe);
    if (isFull) told.full += 1;
    told.resizes += witness.resizes;
  },
);

test('quotas were reached, sets had several sizes, some instances got another, and some waited for room', () => {
  expect(told.full).toBeGreaterThan(SEEDS / 4);
  expect(told.refused).toBeGreaterThan(SEEDS / 2);
  expect(told.several).toBeGreaterThan(SEEDS);
  expect(told.resizes).toBeGreaterThan(SEEDS / 4);
  expect(told.short).toBeGreaterThan(0);
});
