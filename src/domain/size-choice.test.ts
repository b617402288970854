// Which sizes the instances of a mix get: what each strategy prefers, and what never happens whatever it prefers.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type Cores, coresOfSize, SPOT, sumOf, TOTAL } from './quota.ts';
import { chooseSizes, mostThatFit } from './size-choice.ts';
import type { AllocationStrategy, SkuProfile } from './sku-profile.ts';
import { VM_FAMILIES, VM_SIZES } from './vm-size.ts';

const left = (given: Readonly<Record<string, number>>): Cores => new Map(Object.entries(given));

function profile(
  allocationStrategy: AllocationStrategy,
  ...sizes: readonly (string | [string, number])[]
): SkuProfile {
  const vmSizes = sizes.map((size) =>
    typeof size === 'string' ? { name: `Standard_${size}` } : { name: `Standard_${size[0]}`, rank: size[1] },
  );
  return { vmSizes, allocationStrategy };
}

const chosen = (mix: SkuProfile, room: Cores, count: number, isSpot = false): readonly string[] =>
  chooseSizes(mix, room, count, isSpot).map((name) => name.replace('Standard_', ''));

describe('LowestPrice', () => {
  const mix = profile('LowestPrice', 'D4s_v5', 'E2s_v5', 'D2s_v5', 'D2s_v4');

  test('takes the fewest cores, then the least memory, then what was declared first', () => {
    expect(chosen(mix, left({}), 3)).toEqual(['D2s_v5', 'D2s_v5', 'D2s_v5']);
  });

  test('takes as many as there is quota for, and then the next size', () => {
    const room = left({ standardDSv5Family: 4, standardDSv4Family: 3, standardESv5Family: 2 });
    expect(chosen(mix, room, 4)).toEqual(['D2s_v5', 'D2s_v5', 'D2s_v4', 'E2s_v5']);
  });
});

describe('CapacityOptimized', () => {
  const mix = profile('CapacityOptimized', 'D2s_v5', 'D4s_v4', 'E2s_v5');

  test('takes the size whose family has the most left, each time', () => {
    const room = left({ standardDSv5Family: 5, standardDSv4Family: 9, standardESv5Family: 4 });
    expect(chosen(mix, room, 4)).toEqual(['D4s_v4', 'D2s_v5', 'D4s_v4', 'E2s_v5']);
  });

  test('takes what was declared first where as much is left, as it is of Spot instances', () => {
    const room = left({ standardDSv5Family: 8, standardDSv4Family: 8, standardESv5Family: 8 });
    expect(chosen(mix, room, 2)).toEqual(['D2s_v5', 'D4s_v4']);
    expect(chosen(mix, left({ [SPOT]: 8 }), 3, true)).toEqual(['D2s_v5', 'D2s_v5', 'D2s_v5']);
  });
});

describe('Prioritized', () => {
  const mix = profile('Prioritized', 'B1s', ['D2s_v5', 2], ['E2s_v5', 1], ['F2s_v2', 1], 'B2s');

  test('takes by rank, equal ranks as declared, what has no rank last', () => {
    const room = left({
      standardESv5Family: 2,
      standardFSv2Family: 2,
      standardDSv5Family: 2,
      standardBSFamily: 3,
    });
    expect(chosen(mix, room, 5)).toEqual(['E2s_v5', 'F2s_v2', 'D2s_v5', 'B1s', 'B1s']);
  });
});

test('a size that is preferred is passed over where those that come after would find no room', () => {
  const mix = profile('Prioritized', ['D8s_v5', 0], ['D2s_v4', 1]);
  const room = left({ [TOTAL]: 14 });
  expect(chosen(mix, room, 4)).toEqual(['D8s_v5', 'D2s_v4', 'D2s_v4', 'D2s_v4']);
  expect(chosen(mix, room, 5)).toEqual(['D2s_v4', 'D2s_v4', 'D2s_v4', 'D2s_v4', 'D2s_v4']);
});

test('beyond what fits it is what the strategy prefers', () => {
  const mix = profile('LowestPrice', 'D2s_v5', 'D2s_v4');
  expect(chosen(mix, left({ standardDSv5Family: 0, standardDSv4Family: 2 }), 3)).toEqual([
    'D2s_v4',
    'D2s_v5',
    'D2s_v5',
  ]);
  expect(mostThatFit(mix, left({ [TOTAL]: 7, standardDSv5Family: 3 }), false)).toBe(3);
  expect(mostThatFit(mix, left({}), false)).toBe(Infinity);
});

const someProfile = fc
  .record({
    names: fc.uniqueArray(fc.constantFrom(...VM_SIZES.map(({ name }) => name)), {
      minLength: 1,
      maxLength: 5,
    }),
    ranks: fc.array(fc.option(fc.nat(5), { nil: undefined }), { minLength: 5, maxLength: 5 }),
    strategy: fc.constantFrom<AllocationStrategy>('LowestPrice', 'CapacityOptimized', 'Prioritized'),
  })
  .map(({ names, ranks, strategy }): SkuProfile => ({
    vmSizes: names.map((name, index) => {
      const rank = strategy === 'Prioritized' ? ranks[index] : undefined;
      return rank === undefined ? { name } : { name, rank };
    }),
    allocationStrategy: strategy,
  }));

/** Few cores, so that most choices come to an end. */
const someRoom = fc
  .dictionary(fc.constantFrom(TOTAL, SPOT, ...VM_FAMILIES), fc.integer({ min: -4, max: 40 }))
  .map(left);

const taken = (sizes: readonly string[], isSpot: boolean): Cores =>
  sumOf(sizes.map((name) => coresOfSize(name, isSpot)));

const fits = (sizes: readonly string[], room: Cores, isSpot: boolean): boolean =>
  [...taken(sizes, isSpot)].every(([counter, cores]) => cores <= (room.get(counter) ?? Infinity));

test('every instance gets a size of the profile, the same for the same input', () => {
  fc.assert(
    fc.property(someProfile, someRoom, fc.nat(30), fc.boolean(), (mix, room, count, isSpot) => {
      const sizes = chooseSizes(mix, room, count, isSpot);
      expect(sizes).toHaveLength(count);
      const names = mix.vmSizes.map(({ name }) => name);
      for (const size of sizes) expect(names).toContain(size);
      expect(chooseSizes(mix, new Map(room), count, isSpot)).toEqual(sizes);
    }),
  );
});

test('as many as can fit do, and none is beyond the quota while another choice was possible', () => {
  fc.assert(
    fc.property(someProfile, someRoom, fc.nat(30), fc.boolean(), (mix, room, count, isSpot) => {
      const most = mostThatFit(mix, room, isSpot);
      const sizes = chooseSizes(mix, room, count, isSpot);
      const fitting = Math.min(count, most);
      expect(fits(sizes.slice(0, fitting), room, isSpot)).toBe(true);
      if (fitting === count) return;
      // What came after had no choice.
      const before = sizes.slice(0, fitting);
      for (const { name } of mix.vmSizes) expect(fits([...before, name], room, isSpot)).toBe(false);
    }),
  );
});

test('what is said to be the most that fit is so, whichever sizes are tried', () => {
  const few = fc.dictionary(fc.constantFrom(TOTAL, ...VM_FAMILIES), fc.integer({ min: 0, max: 7 })).map(left);
  fc.assert(
    fc.property(someProfile, few, (mix, room) => {
      const names = mix.vmSizes.slice(0, 3).map(({ name }) => name);
      const bounded = new Map([[TOTAL, 7], ...room]);
      const most = mostThatFit({ ...mix, vmSizes: names.map((name) => ({ name })) }, bounded, false);
      const search = (sizes: readonly string[], from: number): number =>
        Math.max(
          sizes.length,
          ...names.slice(from).map((name, index) => {
            const longer = [...sizes, name];
            return fits(longer, bounded, false) ? search(longer, from + index) : 0;
          }),
        );
      expect(most).toBe(search([], 0));
    }),
  );
});
