// Fisher's exact test against published values, and what must hold for any table.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fisherExact, logFactorials, smallestPossible, type TwoByTwo } from './fisher-exact.ts';

const logs = logFactorials(500);

function table(
  failingWith: number,
  failingWithout: number,
  healthyWith: number,
  healthyWithout: number,
): TwoByTwo {
  return { failingWith, failingWithout, healthyWith, healthyWithout };
}

const tables = fc
  .tuple(fc.nat(60), fc.nat(60), fc.nat(60), fc.nat(60))
  .map(([a, b, c, d]) => table(a, b, c, d));

describe('Fisher’s exact test', () => {
  // Fisher's tea (1935) in R's help; the other values from R's fisher.test and SciPy's documentation, or by counting.
  test.each([
    [table(3, 1, 1, 3), 0.485_714_285_714_285_7],
    [table(6, 2, 1, 4), 0.102_564_102_564_102_6],
    [table(8, 2, 1, 5), 0.034_965_034_965_034_95],
    [table(1, 9, 11, 3), 0.002_759_456_185_220_084],
    [table(2, 10, 15, 3), 0.000_536_724_119_143_435_6],
    [table(3, 0, 0, 7), 1 / 120],
    [table(4, 0, 0, 4), 2 / 70],
    [table(0, 0, 5, 5), 1],
    [table(0, 0, 0, 0), 1],
  ])('of %j', (counts, expected) => {
    expect(fisherExact(counts, logs)).toBeCloseTo(expected, 10);
  });

  test('is a probability, and never below the smallest that its margins allow', () => {
    fc.assert(
      fc.property(tables, (counts) => {
        const p = fisherExact(counts, logs);
        expect(p).toBeGreaterThan(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(p).toBeGreaterThanOrEqual(smallestPossible(counts, logs) * (1 - 1e-6));
      }),
    );
  });

  test('does not care which rows and columns come first', () => {
    fc.assert(
      fc.property(tables, (counts) => {
        const { failingWith: a, failingWithout: b, healthyWith: c, healthyWithout: d } = counts;
        const p = fisherExact(counts, logs);
        for (const other of [table(c, d, a, b), table(b, a, d, c), table(a, c, b, d), table(d, b, c, a)]) {
          expect(fisherExact(other, logs)).toBeCloseTo(p, 9);
        }
      }),
    );
  });

  test('is smaller the more uneven a table with the same margins is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), (half) => {
        const answers = Array.from({ length: half }, (_, step) =>
          fisherExact(table(half + step, half - step, half - step, half + step), logs),
        );
        expect(answers).toEqual(answers.toSorted((a, b) => b - a));
      }),
    );
  });

  test('needs factorials that reach far enough', () => {
    expect(() => fisherExact(table(5, 5, 5, 5), logFactorials(10))).toThrow('does not reach 20');
  });
});

test('a logarithm of a factorial is one', () => {
  expect(Math.exp(logFactorials(10)[10]!)).toBeCloseTo(3_628_800, 3);
  expect([...logFactorials(1)]).toEqual([0, 0]);
});
