// What instances say about themselves in their health answers, and when a signal has worsened.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasWorsened, isSkipped, mean, metricsIn, phaseIn, signalIn } from './rolling-signal.ts';

const SIGNAL = { name: 'errorRate', percent: 10 };

describe('custom metrics', () => {
  test.each([
    [undefined, undefined],
    ['', undefined],
    ['customMetrics', undefined],
    ['{"ApplicationHealthState":"Healthy"}', undefined],
    ['{"customMetrics":3}', undefined],
    ['{"customMetrics":[1]}', undefined],
    ['{"customMetrics":"not json"}', undefined],
    ['{"customMetrics":{"errorRate":1}}', { errorRate: 1 }],
    ['{"customMetrics":"{\\"errorRate\\":2}"}', { errorRate: 2 }],
  ])('of the body %j are %j', (body, expected) => {
    expect(metricsIn(body)).toEqual(expected);
  });

  test('of any body are read without an error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
        const metrics = metricsIn(`{"customMetrics":${body}}`);
        expect(signalIn(metrics, SIGNAL) ?? 0).toBeTypeOf('number');
        expect(phaseIn(metrics)).toBeTypeOf('number');
        expect(isSkipped(metrics)).toBeTypeOf('boolean');
      }),
    );
  });

  test.each([
    [{ errorRate: 1.5 }, 1.5],
    [{ errorRate: '1.5' }, undefined],
    [{ other: 1 }, undefined],
    [undefined, undefined],
  ])('%j have the signal %j', (metrics, expected) => {
    expect(signalIn(metrics, SIGNAL)).toBe(expected);
  });

  test('say the phase, which is the last without a number, and whether to skip', () => {
    expect(phaseIn({ rollingUpgrade: { PhaseOrderingNumber: 0 } })).toBe(0);
    expect(phaseIn({ rollingUpgrade: {} })).toBe(Number.POSITIVE_INFINITY);
    expect(phaseIn(undefined)).toBe(Number.POSITIVE_INFINITY);
    expect(isSkipped({ rollingUpgrade: { SkipUpgrade: true } })).toBe(true);
    expect(isSkipped({ rollingUpgrade: { SkipUpgrade: 'true' } })).toBe(true);
    expect(isSkipped({ rollingUpgrade: { SkipUpgrade: false } })).toBe(false);
    expect(isSkipped(undefined)).toBe(false);
  });
});

describe('a signal', () => {
  test.each([
    [11, 10, false],
    [11.01, 10, true],
    [0, 0, false],
    [0.001, 0, true],
    [-10, -10, false],
    [-8.9, -10, true],
    [5, 10, false],
    [undefined, 10, false],
    [10, undefined, false],
  ])('of %j compared with %j has worsened: %j', (upgraded, compared, expected) => {
    expect(hasWorsened(SIGNAL, upgraded, compared)).toBe(expected);
  });

  test('has the mean of what is known', () => {
    expect(mean([1, undefined, 3])).toBe(2);
    expect(mean([undefined])).toBeUndefined();
    expect(mean([])).toBeUndefined();
  });
});
