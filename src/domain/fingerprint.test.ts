// Fingerprints: the same for the same document, and for no other.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fingerprint } from './fingerprint.ts';
import { type JsonObject, sameJson } from './json.ts';

const document = fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<JsonObject>;

describe('a fingerprint', () => {
  test('is the same whatever the order of the keys', () => {
    expect(fingerprint({ a: 1, b: { c: [true, null], d: 'x' } })).toBe(
      fingerprint({ b: { d: 'x', c: [true, null] }, a: 1 }),
    );
  });

  test('does not count a member that is undefined', () => {
    expect(fingerprint({ a: 1, b: undefined })).toBe(fingerprint({ a: 1 }));
  });

  test('has sixteen digits and differs exactly where the documents differ', () => {
    fc.assert(
      fc.property(document, document, (a, b) => {
        expect(fingerprint(a)).toMatch(/^[0-9a-f]{16}$/);
        expect(fingerprint(a) === fingerprint(b)).toBe(sameJson(a, b));
      }),
    );
  });

  test('tells apart what differs in one character, or in the order of a list', () => {
    const prints = ['echo a', 'echo b', 'echo  a', 'echo a '].map((script) => fingerprint({ script }));
    expect(new Set(prints).size).toBe(4);
    expect(fingerprint([1, 2])).not.toBe(fingerprint([2, 1]));
    expect(fingerprint('1')).not.toBe(fingerprint(1));
  });
});
