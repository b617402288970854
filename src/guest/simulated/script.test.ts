// What is drawn: the same for ever, even, and unrelated from one name to the next.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { draw, PLAIN, within } from './script.ts';

describe('draw', () => {
  test('is the same in every version: a seed in a bug report replays', () => {
    expect([draw('1', 'a_0 boot 1'), draw('1', 'a_0 boot 2'), draw('2', 'a_0 boot 1')]).toEqual([
      0.03228119877167046, 0.9067202927544713, 0.6569534984882921,
    ]);
  });

  test('depends on the seed and on the name, and keeps them apart', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (seed, one, other) => {
        expect(draw(seed, one)).toBe(draw(seed, one));
        fc.pre(one !== other);
        expect(draw(seed, one)).not.toBe(draw(seed, other));
        expect(draw(one, seed)).not.toBe(draw(other, seed));
      }),
    );
  });

  test('is even over guests whose names differ in a digit, and over the boots of one guest', () => {
    const guests = Array.from({ length: 10_000 }, (_, id) => draw('seed', `6f0c2f3e_${id} boot 1`));
    const boots = Array.from({ length: 10_000 }, (_, boot) => draw('seed', `6f0c2f3e_0 boot ${boot}`));
    for (const numbers of [guests, boots]) {
      expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
      const tenths = Array.from(
        { length: 10 },
        (_, at) => numbers.filter((x) => Math.floor(x * 10) === at).length,
      );
      for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(150);
    }
  });

  test('of one name says nothing about the next', () => {
    const pairs = Array.from({ length: 10_000 }, (_, id) => [
      draw('s', `a_${id} boot 1`),
      draw('s', `a_${id} boot 2`),
    ]);
    const mean = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0) / numbers.length;
    const covariance = mean(pairs.map(([a, b]) => ((a ?? 0) - 0.5) * ((b ?? 0) - 0.5)));
    expect(Math.abs(covariance * 12)).toBeLessThan(0.05);
  });
});

describe('within', () => {
  test('goes from the least to the most', () => {
    expect([0, 0.5, 0.999_999].map((drawn) => within([100, 200], drawn))).toEqual([100, 150, 200]);
    expect(within([7, 7], 0.3)).toBe(7);
  });
});

test('nothing goes wrong unless a script says so', () => {
  const { noCapacity, transient, neverReady, exits, slowStop } = PLAIN;
  expect([noCapacity, transient, neverReady, exits, slowStop]).toEqual([0, 0, 0, 0, 0]);
});
