// Absence: that a sleep is told from a busy machine.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { THEN } from '../../test/testing/rows.ts';
import { BEAT, wasAway } from './absence.ts';
import { MINUTE } from './time.ts';

test('a plane that looks in time, or a few minutes late, was there', () => {
  for (const late of [0, 1, MINUTE, 5 * MINUTE]) expect(wasAway(THEN, THEN + BEAT + late)).toBe(false);
});

test('a plane that comes back much later was away', () => {
  for (const late of [5 * MINUTE + 1, 60 * MINUTE, 30 * 24 * 60 * MINUTE])
    expect(wasAway(THEN, THEN + BEAT + late)).toBe(true);
});

test('nobody was away who was there since, and whoever was away for some time was away for longer', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (gone, more) => {
      if (wasAway(THEN, THEN + gone)) expect(wasAway(THEN, THEN + gone + more)).toBe(true);
      expect(wasAway(THEN + gone, THEN)).toBe(false);
    }),
  );
});
