// Types and limits of parameters: which values pass, and the words for those that do not.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { brokenLimit, declaredType, isOfType, isSecure, kindOf, valueType } from './value-type.ts';

test('types are read in any case', () => {
  expect(['string', 'SECURESTRING', 'Int', 'secureObject', 'text'].map(valueType)).toEqual([
    'String',
    'SecureString',
    'Int',
    'SecureObject',
    undefined,
  ]);
});

test('two types are secure', () => {
  const all = ['String', 'SecureString', 'Int', 'Bool', 'Object', 'SecureObject', 'Array'] as const;
  expect(all.filter(isSecure)).toEqual(['SecureString', 'SecureObject']);
});

test('a value has the kind that ARM calls it', () => {
  expect([null, 'x', true, 1, 1.5, [], {}].map((value) => kindOf(value))).toEqual([
    'Null',
    'String',
    'Boolean',
    'Integer',
    'Float',
    'Array',
    'Object',
  ]);
});

test('a value is of one plain type at most', () => {
  const plain = ['String', 'Int', 'Bool', 'Object', 'Array'] as const;
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(plain.filter((type) => isOfType(value as never, type)).length).toBeLessThanOrEqual(1);
    }),
  );
});

test.each([
  ['abc', { minLength: 3, maxLength: 3 }, undefined],
  ['ab', { minLength: 3 }, "Length of the value should be greater than or equal to '3'."],
  ['abcd', { maxLength: 3 }, "Length of the value should be less than or equal to '3'."],
  [[1], { minLength: 2 }, "Length of the value should be greater than or equal to '2'."],
  [[1, 2], { MAXLENGTH: 1 }, "Length of the value should be less than or equal to '1'."],
  [5, { minValue: 5, maxValue: 5 }, undefined],
  [4, { minValue: 5 }, "The value should be greater than or equal to '5'."],
  [6, { maxValue: 5 }, "The value should be less than or equal to '5'."],
  [6, { maxLength: 0 }, undefined],
  ['x', { minValue: 9 }, undefined],
])('%j within %j', (value, limits, broken) => {
  expect(brokenLimit(value, limits)).toBe(broken);
});

test.each([
  ['eastus', ['EastUS', 'WestUS'], true],
  ['north', ['EastUS', 'WestUS'], false],
  [1, [1, 2], true],
  [3, [1, 2], false],
  [true, [false], false],
  [{ a: 1 }, [{ a: 1 }], true],
  [['a', 'B'], ['A', 'b', 'c'], true],
  [['a', 'd'], ['a', 'b', 'c'], false],
  [[], ['a'], true],
  [['a'], [['a'], ['b']], true],
  [['c'], [['a'], ['b']], false],
])('%j among %j: %s', (value, allowedValues, allowed) => {
  const words = 'The parameter value is not part of the allowed value(s).';
  expect(brokenLimit(value, { allowedValues })).toBe(allowed ? undefined : words);
});

test('a broken limit never quotes the value', () => {
  const secret = fc.string({ minLength: 6 }).map((text) => `S3cret-${text}`);
  fc.assert(
    fc.property(secret, fc.nat(60), fc.nat(60), (value, minLength, maxLength) => {
      expect(brokenLimit(value, { minLength, maxLength, allowedValues: ['a'] })).not.toContain('S3cret');
      expect(brokenLimit(value, { minLength, maxLength }) ?? '').not.toContain('S3cret');
    }),
  );
});

test('a ring of definitions has no type', () => {
  const definitions = { a: { $ref: '#/definitions/b' }, b: { $ref: '#/definitions/a' } };
  expect(declaredType({ $ref: '#/definitions/a' }, definitions)).toBeUndefined();
});
