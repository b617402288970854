// The risk ratio and its interval against known values, and for any table.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { liftOf, riskRatio } from './risk-ratio.ts';

describe('the risk ratio', () => {
  // The Physicians' Health Study (aspirin 104 of 11,037, placebo 189 of 11,034), as textbooks have it: 1.82, 1.43 to 2.31.
  test('of a known study is the known one', () => {
    const found = riskRatio({
      failingWith: 189,
      healthyWith: 11_034 - 189,
      failingWithout: 104,
      healthyWithout: 11_037 - 104,
    });
    expect(found.ratio).toBeCloseTo(1.817_802, 5);
    expect(found.low).toBeCloseTo(1.433, 3);
    expect(found.high).toBeCloseTo(2.306, 3);
  });

  test('is finite and within its interval, zeros among the counts or not', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), fc.nat(300), fc.nat(300), (a, b, c, d) => {
        const found = riskRatio({ failingWith: a, healthyWith: b, failingWithout: c, healthyWithout: d });
        expect([found.low, found.ratio, found.high].every(Number.isFinite)).toBe(true);
        expect(found.low).toBeLessThanOrEqual(found.ratio);
        expect(found.ratio).toBeLessThanOrEqual(found.high);
        expect(found.low).toBeGreaterThan(0);
      }),
    );
  });
});

test('the lift holds those with the factor against the whole fleet', () => {
  // 4 of the 5 with it fail, 5 of 20 in all.
  expect(liftOf({ failingWith: 4, healthyWith: 1, failingWithout: 1, healthyWithout: 14 })).toBeCloseTo(3.2);
  expect(liftOf({ failingWith: 0, healthyWith: 0, failingWithout: 1, healthyWithout: 14 })).toBe(0);
  expect(liftOf({ failingWith: 0, healthyWith: 3, failingWithout: 0, healthyWithout: 14 })).toBe(0);
});
