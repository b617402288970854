// Seeded chance: the same for a seed, different for another, and even.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { seededRandom, systemRandom } from './random.ts';

const take = (seed: number | string, count: number): number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, random);
};

describe('seeded random', () => {
  test('is the same sequence in every version: a seed in a bug report replays', () => {
    expect(take(1, 3)).toEqual([0.6755079275462776, 0.9816884049214423, 0.2479399759322405]);
  });

  test('gives the same sequence for the same seed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.string()), (seed) => {
        expect(take(seed, 20)).toEqual(take(seed, 20));
      }),
    );
  });

  test('gives another sequence for another seed', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        fc.pre(one !== other);
        expect(take(one, 4)).not.toEqual(take(other, 4));
      }),
    );
  });

  test('stays in [0, 1) and is spread evenly', () => {
    const numbers = take('spread', 20_000);
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    const tenths = Array.from(
      { length: 10 },
      (_, tenth) => numbers.filter((x) => Math.floor(x * 10) === tenth).length,
    );
    for (const count of tenths) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });
});

test('the system’s chance is in [0, 1) and does not repeat itself', () => {
  const numbers = Array.from({ length: 100 }, systemRandom);
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  expect(new Set(numbers).size).toBeGreaterThan(90);
});
