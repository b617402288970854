// Azure's written forms of a time and of a duration.
import { expect, test } from 'vitest';
import { azureTime, isoDuration, MINUTE, SECOND, spokenTime } from './time.ts';

test('a time is written with seven digits of fraction and an offset', () => {
  expect(azureTime(Date.UTC(2026, 10, 24, 6, 8, 0, 123))).toBe('2026-11-24T06:08:00.1230000+00:00');
  expect(azureTime(0)).toBe('1970-01-01T00:00:00.0000000+00:00');
});

test('a minute is sixty seconds of a thousand milliseconds', () => {
  expect(MINUTE).toBe(60 * SECOND);
  expect(SECOND).toBe(1000);
});

test('a time in a sentence has the hours of a clock on the wall', () => {
  expect(spokenTime(Date.UTC(2026, 10, 24, 6, 8, 0))).toBe('11/24/2026 6:08:00 AM');
  expect(spokenTime(Date.UTC(2026, 0, 2, 0, 0, 9))).toBe('1/2/2026 12:00:09 AM');
  expect(spokenTime(Date.UTC(2026, 0, 2, 23, 59, 59))).toBe('1/2/2026 11:59:59 PM');
});

test('a duration has hours and minutes only where there are any, and seconds always', () => {
  expect(isoDuration(0)).toBe('PT0S');
  expect(isoDuration(5500)).toBe('PT5.5S');
  expect(isoDuration(MINUTE + 4250)).toBe('PT1M4.25S');
  expect(isoDuration(26 * 60 * MINUTE + 1)).toBe('PT26H0.001S');
});
