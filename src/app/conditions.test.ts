// If-Match and If-None-Match. What never happens: a condition that does not hold lets a request through.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../domain/failure.ts';
import { checkConditions, type Conditions } from './conditions.ts';

function holds(etag: number | undefined, conditions: Conditions): boolean {
  try {
    checkConditions(etag, conditions);
    return true;
  } catch (error) {
    if (error instanceof Failure && error.code === 'preconditionFailed') return false;
    throw error;
  }
}

describe('If-Match', () => {
  test.each<[string, number | undefined, boolean]>([
    ['"2"', 2, true],
    ['2', 2, true],
    ['W/"2"', 2, true],
    ['"1", "2"', 2, true],
    ['"1" ,W/"2","3"', 2, true],
    ['*', 2, true],
    ['"*"', 2, true],
    ['"3"', 2, false],
    ['"22"', 2, false],
    ['"1","3"', 2, false],
    ['', 2, false],
    ['*', undefined, false],
    ['"2"', undefined, false],
  ])('%j for the etag %s holds: %s', (ifMatch, etag, answer) => {
    expect(holds(etag, { ifMatch })).toBe(answer);
  });
});

describe('If-None-Match', () => {
  test.each<[string, number | undefined, boolean]>([
    ['*', undefined, true],
    ['"2"', undefined, true],
    ['*', 2, false],
    ['"2"', 2, false],
    ['W/"2"', 2, false],
    ['"1", "2"', 2, false],
    ['"1"', 2, true],
  ])('%j for the etag %s holds: %s', (ifNoneMatch, etag, answer) => {
    expect(holds(etag, { ifNoneMatch })).toBe(answer);
  });
});

test('without conditions everything holds; with both, both must', () => {
  expect(holds(undefined, {})).toBe(true);
  expect(holds(2, {})).toBe(true);
  expect(holds(2, { ifMatch: '"2"', ifNoneMatch: '"3"' })).toBe(true);
  expect(holds(2, { ifMatch: '"2"', ifNoneMatch: '"2"' })).toBe(false);
  expect(holds(2, { ifMatch: '"3"', ifNoneMatch: '"3"' })).toBe(false);
});

test('whatever tags are listed, If-Match holds exactly where If-None-Match does not, for a row that is there', () => {
  const tag = fc.oneof(
    fc.nat(4).map((n) => `"${n}"`),
    fc.nat(4).map((n) => `W/"${n}"`),
    fc.constant('*'),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(tag, { minLength: 1, maxLength: 4 }), fc.nat(4), (tags, etag) => {
      const header = tags.join(', ');
      expect(holds(etag, { ifMatch: header })).toBe(!holds(etag, { ifNoneMatch: header }));
      expect(holds(undefined, { ifMatch: header })).toBe(false);
      expect(holds(undefined, { ifNoneMatch: header })).toBe(true);
    }),
  );
});
