// Replacements and quotas: a batch is replaced only where there is room for all of it, and is upgraded in place otherwise.

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { members, planOf, rollingFleet } from '../../test/testing/rolling-fleet.ts';

const fleet = (count: number, batchPercent: number) =>
  rollingFleet(members(count), { surge: true, batchPercent });

test('a batch for which there is room is replaced', () => {
  const plan = planOf(fleet(10, 20), { room: 2 });
  expect(plan.surge.map(({ old }) => old.id)).toEqual([0, 1]);
  expect(plan.update).toEqual([]);
});

test('one for which there is not enough is upgraded in place, all of it', () => {
  const plan = planOf(fleet(10, 20), { room: 1 });
  expect(plan.surge).toEqual([]);
  expect(plan.update.map(({ id }) => id)).toEqual([0, 1]);
});

test('there are never more replacements than there is room for, and a batch always begins', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 5, max: 100 }),
      fc.nat(20),
      (count, batchPercent, room) => {
        const plan = planOf(fleet(count, batchPercent), { room });
        expect(plan.surge.length).toBeLessThanOrEqual(room);
        expect(plan.surge.length + plan.update.length).toBeGreaterThan(0);
        expect(plan.surge.length === 0 || plan.update.length === 0).toBe(true);
      },
    ),
  );
});
