// Query options and filters: what is read from a query, and what is refused with the name of what is wrong.
import { describe, expect, test } from 'vitest';
import type { Failure } from '../domain/failure.ts';
import { documentFilter, readFilter } from './filter.ts';
import { flagOption, numberOption, optionWords } from './query-options.ts';
import { queryValue, type Request } from './request.ts';

const asked = (query: string): Request => ({
  method: 'GET',
  path: '/',
  query: new URLSearchParams(query),
  headers: {},
  body: new Uint8Array(0),
});

function refused(read: () => unknown): { target: string | undefined; message: string } {
  try {
    read();
  } catch (error) {
    expect((error as Failure).code).toBe('invalidParameter');
    return error as Failure;
  }
  throw new Error('it was taken');
}

test('a query parameter is found in any case, an exact one first', () => {
  expect(queryValue(asked('$SkipToken=a'), '$skiptoken')).toBe('a');
  expect(queryValue(asked('API-VERSION=1&api-version=2'), 'api-version')).toBe('2');
  expect(queryValue(asked('a=1&a=2'), 'a')).toBe('1');
  expect(queryValue(asked('a='), 'a')).toBe('');
  expect(queryValue(asked(''), 'a')).toBeUndefined();
});

describe('option words', () => {
  test('are split, trimmed and compared without case', () => {
    expect(
      optionWords(asked('$expand=instanceView, USERDATA,'), '$expand', ['instanceView', 'userData']),
    ).toEqual(new Set(['instanceview', 'userdata']));
    expect(optionWords(asked(''), '$expand', ['instanceView'])).toEqual(new Set());
  });

  test('that are not served are refused', () => {
    const { target, message } = refused(() =>
      optionWords(asked('$expand=all'), '$expand', ['instanceView', 'userData']),
    );
    expect(target).toBe('$expand');
    expect(message).toBe(
      "The value 'all' of query parameter '$expand' is not supported. Supported are: instanceView, userData.",
    );
  });
});

describe('a flag', () => {
  test.each([
    ['', false],
    ['f=true', true],
    ['f=False', false],
  ])('in %j is %s', (query, value) => {
    expect(flagOption(asked(query), 'f')).toBe(value);
  });

  test.each(['f=', 'f=1', 'f=yes'])('in %j is refused', (query) => {
    expect(refused(() => flagOption(asked(query), 'f')).target).toBe('f');
  });
});

describe('a number', () => {
  const bounds = { least: 1, most: 1440, otherwise: 120 };
  test.each([
    ['', 120],
    ['n=1', 1],
    ['n=1440', 1440],
  ])('in %j is %s', (query, value) => {
    expect(numberOption(asked(query), 'n', bounds)).toBe(value);
  });

  test.each(['n=0', 'n=1441', 'n=-1', 'n=1.5', 'n=', 'n=1e2', 'n=99999999999999999999'])(
    'in %j is refused',
    (query) => {
      expect(refused(() => numberOption(asked(query), 'n', bounds)).target).toBe('n');
    },
  );
});

describe('a filter', () => {
  const paths = new Set(['name', 'properties/latestmodelapplied']);

  test('is absent, or tests documents', () => {
    expect(documentFilter(asked(''), paths)).toBeUndefined();
    expect(documentFilter(asked('$filter=%20'), paths)).toBeUndefined();
    const wanted = documentFilter(asked("$filter=name eq 'web_0'"), paths);
    expect([wanted?.({ name: 'web_0' }), wanted?.({ name: 'web_1' })]).toEqual([true, false]);
  });

  test('that cannot be read is refused with the reason', () => {
    const { target, message } = refused(() => readFilter(asked("$filter=name = 'x'")));
    expect(target).toBe('$filter');
    expect(message).toBe("The filter 'name = 'x'' is not valid: '=' at position 5 was not expected.");
  });

  test('of what is not served is refused with what is', () => {
    const { message } = refused(() => documentFilter(asked("$filter=tags/a eq 'x'"), paths));
    expect(message).toBe(
      "The filter property 'tags/a' is not supported. Supported are: name, properties/latestmodelapplied.",
    );
  });
});
