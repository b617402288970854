// Reading inside documents: whatever is in one, a reader answers what it promises or undefined, and throws nothing.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  asText,
  at,
  flagAt,
  isObject,
  type Json,
  listAt,
  objectAt,
  sameJson,
  tagsFrom,
  textAt,
} from './json.ts';

const anyJson = fc.jsonValue() as fc.Arbitrary<Json>;
const anyPath = fc.array(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'length', '0')), {
  maxLength: 4,
});

describe('readers', () => {
  const document: Json = { a: { b: { text: 'x', list: [1, 2], flag: 'True', none: null } } };

  test('follow a path, and answer undefined where it breaks off', () => {
    expect(at(document, 'a', 'b', 'text')).toBe('x');
    expect(at(document, 'a', 'c', 'text')).toBeUndefined();
    expect(at(document, 'a', 'b', 'text', 'length')).toBeUndefined();
    expect(at(document, 'a', 'b', 'list', '0')).toBeUndefined();
    expect(at(undefined, 'a')).toBeUndefined();
    expect(at(document)).toBe(document);
  });

  test('never see what an object inherits', () => {
    expect(at({}, 'constructor')).toBeUndefined();
    expect(at({}, '__proto__', 'toString')).toBeUndefined();
    expect(textAt({ a: {} }, 'a', 'constructor', 'name')).toBeUndefined();
  });

  test('answer the kind they are named for, or nothing', () => {
    expect(textAt(document, 'a', 'b', 'text')).toBe('x');
    expect(textAt(document, 'a', 'b', 'list')).toBeUndefined();
    expect(objectAt(document, 'a', 'b', 'list')).toBeUndefined();
    expect(objectAt(document, 'a', 'b', 'none')).toBeUndefined();
    expect(listAt(document, 'a', 'b', 'list')).toEqual([1, 2]);
    expect(listAt(document, 'a', 'b', 'text')).toEqual([]);
  });

  test.each([
    [true, true],
    ['true', true],
    ['TRUE', true],
    ['False', false],
    [false, false],
    ['yes', undefined],
    [1, undefined],
    [null, undefined],
  ])('read the flag %j as %s', (value, flag) => {
    expect(flagAt({ flag: value }, 'flag')).toBe(flag);
  });

  test('throw at no document and no path', () => {
    fc.assert(
      fc.property(anyJson, anyPath, (value, path) => {
        const text = textAt(value, ...path);
        expect(text === undefined || typeof text === 'string').toBe(true);
        const object = objectAt(value, ...path);
        expect(object === undefined || isObject(object)).toBe(true);
        expect(Array.isArray(listAt(value, ...path))).toBe(true);
        expect([true, false, undefined]).toContain(flagAt(value, ...path));
      }),
    );
  });
});

describe('asText', () => {
  test('writes scalars as they are and everything else as JSON', () => {
    expect(asText('a b')).toBe('a b');
    expect(asText(3)).toBe('3');
    expect(asText(false)).toBe('false');
    expect(asText({ a: [1] })).toBe('{"a":[1]}');
    expect(asText(null)).toBe('');
    expect(asText(undefined)).toBe('');
  });
});

describe('tagsFrom', () => {
  test('makes texts of all values, and answers nothing for what is no object', () => {
    expect(tagsFrom({ a: '1', b: 2, c: true })).toEqual({ a: '1', b: '2', c: 'true' });
    expect(tagsFrom(null)).toBeUndefined();
    expect(tagsFrom(['a'])).toBeUndefined();
  });
});

describe('sameJson', () => {
  test('regards neither the order of keys nor members that are undefined', () => {
    expect(sameJson({ a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ d: 3, c: 2 }], a: 1 })).toBe(true);
    expect(sameJson({ a: 1, b: undefined }, { a: 1 })).toBe(true);
    expect(sameJson({ a: undefined }, { b: undefined })).toBe(true);
  });

  test.each<[Json | undefined, Json | undefined]>([
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { b: 1 }],
    [
      [1, 2],
      [2, 1],
    ],
    [[1], [1, 2]],
    [[], {}],
    [null, undefined],
    [null, {}],
    ['1', 1],
    [{ a: null }, {}],
    [{ toString: 1 }, { valueOf: 1 }],
  ])('tells %j from %j', (a, b) => {
    expect(sameJson(a, b)).toBe(false);
    expect(sameJson(b, a)).toBe(false);
  });

  test('holds for every value and its copy, and for no value and one with a member more', () => {
    fc.assert(
      fc.property(anyJson, fc.string(), (value, key) => {
        expect(sameJson(value, structuredClone(value))).toBe(true);
        if (isObject(value) && !Object.hasOwn(value, key)) {
          expect(sameJson(value, { ...value, [key]: 1 })).toBe(false);
        }
      }),
    );
  });
});
