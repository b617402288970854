// Locations: how a request may spell them.
import { expect, test } from 'vitest';
import { findLocation, LOCATIONS } from './locations.ts';

test('a location is found however it is spelled', () => {
  for (const text of ['westus', 'WestUS', 'West US', 'WEST US'])
    expect(findLocation(text)?.name).toBe('westus');
  expect(findLocation('local')?.displayName).toBe('Local');
  expect(findLocation('mars')).toBeUndefined();
  expect(findLocation('')).toBeUndefined();
});

test('every location has a name of its own and finds itself by both its names', () => {
  expect(new Set(LOCATIONS.map(({ name }) => name)).size).toBe(LOCATIONS.length);
  for (const location of LOCATIONS) {
    expect(location.name).toMatch(/^[a-z]+[0-9]?$/);
    expect(findLocation(location.displayName)).toBe(location);
    expect(findLocation(location.name)).toBe(location);
  }
});
