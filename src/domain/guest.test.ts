// The handle of a guest: it names one instance for ever, and nothing else reads as one.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { guestHandle, parseGuestHandle } from './guest.ts';

test('a handle is read back as the set and the instance that it was made of', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.nat(), (set, id) => {
      expect(parseGuestHandle(guestHandle(set, id))).toEqual({ set, id });
    }),
  );
});

test.each([
  '',
  'web_0',
  '5e7a0000-0000-4000-8000-000000000001',
  '5e7a0000-0000-4000-8000-000000000001_',
  '5e7a0000-0000-4000-8000-000000000001_03',
  '5e7a0000-0000-4000-8000-000000000001_-1',
  '5E7A0000-0000-4000-8000-000000000001_1',
  '../5e7a0000-0000-4000-8000-000000000001_1',
])('%j is no handle', (text) => {
  expect(parseGuestHandle(text)).toBeUndefined();
});
