// The intent that a request brings: read whole or refused.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { intentOf } from './intent.ts';
import type { Request } from './request.ts';

const request = (intent?: string): Request => ({
  method: 'GET',
  path: '/',
  query: new URLSearchParams(),
  headers: intent === undefined ? {} : { 'x-muster-intent': intent },
  body: new Uint8Array(0),
});

describe('an intent', () => {
  test('need not be there', () => {
    expect([intentOf(request()), intentOf(request(''))]).toEqual([{}, {}]);
  });

  test('is any text, percent-encoded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (text) => {
        fc.pre(text.length <= 256);
        expect(intentOf(request(encodeURIComponent(text)))).toEqual({ intent: text });
      }),
    );
  });

  test.each([['%'], ['%ff'], ['%E2%28%A1'], ['x'.repeat(257)]])(
    'that cannot be kept is refused: %s',
    (given) => {
      expect(() => intentOf(request(given))).toThrow("The header 'x-muster-intent' must be percent-encoded");
    },
  );
});
