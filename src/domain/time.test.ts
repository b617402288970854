// Azure's written form of a time.
import { expect, test } from 'vitest';
import { azureTime, MINUTE, SECOND } from './time.ts';

test('a time is written with seven digits of fraction and an offset', () => {
  expect(azureTime(Date.UTC(2026, 10, 24, 6, 8, 0, 123))).toBe('2026-11-24T06:08:00.1230000+00:00');
  expect(azureTime(0)).toBe('1970-01-01T00:00:00.0000000+00:00');
});

test('a minute is sixty seconds of a thousand milliseconds', () => {
  expect(MINUTE).toBe(60 * SECOND);
  expect(SECOND).toBe(1000);
});
