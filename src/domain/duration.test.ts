// Durations: what ARM's policies write, and what is no duration.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDuration } from './duration.ts';
import { MINUTE, SECOND } from './time.ts';

test.each([
  ['PT10M', 10 * MINUTE],
  ['PT90M', 90 * MINUTE],
  ['PT1H30M', 90 * MINUTE],
  ['pt30m', 30 * MINUTE],
  ['P1DT1S', 24 * 60 * MINUTE + SECOND],
  ['PT0S', 0],
  ['PT2.5S', 2500],
])('%s is %d ms', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(['', 'P', 'PT', 'P1DT', '10M', 'PT10', 'P1M', 'PT-5M', 'PT5M ', 'PTM', 'ten minutes'])(
  '%j is none',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test('every number of minutes and seconds comes back as it was written', () => {
  const part = fc.integer({ min: 0, max: 999_999 });
  fc.assert(
    fc.property(part, part, (minutes, seconds) => {
      expect(parseDuration(`PT${minutes}M${seconds}S`)).toBe(minutes * MINUTE + seconds * SECOND);
    }),
  );
});
