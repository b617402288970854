// Which values stand apart, and which do not.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FEWEST_VALUES, isOutlier, LIMIT, modifiedZ, type Spread, spreadOf } from './outlier.ts';

function outliers(values: readonly number[]): readonly number[] {
  const spread = spreadOf(values);
  return spread === undefined ? [] : values.filter((value) => isOutlier(value, spread));
}

const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
  minLength: FEWEST_VALUES,
  maxLength: 60,
});

test('a modified z-score is the distance from the median in units of the spread', () => {
  // Median 5, distances 4 3 2 1 0 1 2 3 4, of which the median is 2.
  const spread = spreadOf([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(spread).toMatchObject({ count: 9, median: 5 });
  expect(spread?.mean).toBeCloseTo(5);
  expect(modifiedZ(9, spread as Spread)).toBeCloseTo(4 / (1.4826 * 2));
});

test('one that an average hides stands out', () => {
  const values = [...Array.from({ length: 29 }, (_, n) => 40 + (n % 5)), 950];
  expect(outliers(values)).toEqual([950]);
});

test('a tenth of wild values does not hide itself, as it would from a standard deviation', () => {
  expect(outliers([...Array.from({ length: 27 }, (_, n) => 40 + (n % 5)), 900, 901, 902])).toEqual([
    900, 901, 902,
  ]);
});

test('where more than half are alike, the rest is held against the mean distance', () => {
  expect(outliers([0, 0, 0, 0, 0, 0, 0, 0, 0, 1])).toEqual([1]);
  expect(outliers([0, 0, 0, 0, 0, 0, 1, 1, 1])).toEqual([]);
});

describe('for any values', () => {
  test('fewer than the fewest have none', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { maxLength: FEWEST_VALUES - 1 }),
        (values) => {
          expect(spreadOf(values)).toBeUndefined();
        },
      ),
    );
  });

  test('never half of them, and none where all are alike', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        expect(outliers(values).length * 2).toBeLessThan(values.length + 1);
        expect(outliers(values.map(() => 7))).toEqual([]);
      }),
    );
  });

  test('the same ones after a shift or a change of unit', () => {
    const whole = fc.array(fc.integer({ min: -1000, max: 1000 }), {
      minLength: FEWEST_VALUES,
      maxLength: 40,
    });
    fc.assert(
      fc.property(whole, fc.integer({ min: -500, max: 500 }), (values, shift) => {
        // Not where a value is at the limit itself: rounding decides there.
        const spread = spreadOf(values) as Spread;
        fc.pre(values.every((value) => Math.abs(Math.abs(modifiedZ(value, spread)) - LIMIT) > 1e-6));
        expect(outliers(values.map((value) => value + shift))).toEqual(
          outliers(values).map((value) => value + shift),
        );
        expect(outliers(values.map((value) => value * 8))).toEqual(
          outliers(values).map((value) => value * 8),
        );
      }),
    );
  });
});
