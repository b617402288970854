// Overprovisioning: how many are made beyond what is wanted, and which.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../system/random.ts';
import { pickSurplus, surplusFor } from './overprovision.ts';

describe('the surplus', () => {
  test.each([
    [0, 0],
    [1, 2],
    [2, 2],
    [5, 2],
    [10, 2],
    [11, 3],
    [100, 20],
    [1000, 200],
  ])('for %i instances is %i', (count, surplus) => {
    expect(surplusFor(count)).toBe(surplus);
  });

  test('is picked by chance, as many as were asked for, among those that are made', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), fc.nat(), (total, surplus, seed) => {
        const picked = pickSurplus(total, surplus, seededRandom(seed));
        expect(picked.size).toBe(Math.min(total, surplus));
        expect([...picked].every((index) => Number.isInteger(index) && index >= 0 && index < total)).toBe(
          true,
        );
        expect(pickSurplus(total, surplus, seededRandom(seed))).toEqual(picked);
      }),
    );
  });

  test('can be any of them: the ids of a set have gaps anywhere', () => {
    const ever = new Set<number>();
    for (let seed = 0; seed < 200; seed += 1) {
      for (const index of pickSurplus(4, 2, seededRandom(seed))) ever.add(index);
    }
    expect(ever).toEqual(new Set([0, 1, 2, 3]));
  });

  test('is picked whatever chance says, also when it says the same every time', () => {
    for (const always of [0, 0.5, 1 - Number.EPSILON]) {
      expect(pickSurplus(5, 2, () => always).size).toBe(2);
      expect(pickSurplus(3, 3, () => always).size).toBe(3);
    }
  });
});
