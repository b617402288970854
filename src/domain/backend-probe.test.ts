// Probe state: how many answers turn a backend.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterAnswer, type ProbeState, UNPROBED } from './backend-probe.ts';

function after(answers: readonly boolean[], up: number, down: number): ProbeState {
  return answers.reduce((state, well) => afterAnswer(state, { up, down }, well), UNPROBED);
}

test.each([
  [[], 1, 2, false],
  [[true], 1, 2, true],
  [[true], 2, 2, false],
  [[true, true], 2, 2, true],
  [[true, false, true], 2, 2, false],
  [[true, false], 1, 2, true],
  [[true, false, false], 1, 2, false],
  [[true, false, true, false], 1, 2, true],
  [[false, false, true], 1, 1, true],
])('after %j, with %i to come up and %i to go down, a backend is up: %s', (answers, up, down, expected) => {
  expect(after(answers, up, down).up).toBe(expected);
});

test('a backend turns only on as many answers in a row as were asked for', () => {
  const count = fc.integer({ min: 1, max: 4 });
  fc.assert(
    fc.property(fc.array(fc.boolean()), count, count, (answers, up, down) => {
      const before = after(answers.slice(0, -1), up, down).up;
      const now = after(answers, up, down).up;
      if (before === now) return;
      const last = answers.slice(-(now ? up : down));
      expect(last).toHaveLength(now ? up : down);
      expect(last.every((well) => well === now)).toBe(true);
    }),
  );
});
