// The words of sentences.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chance, counted, figure, idList, joined, lasting, moment, verbFor } from './words.ts';

test('one thing is one, several are several', () => {
  expect([counted(0, 'row'), counted(1, 'row'), counted(2, 'row')]).toEqual(['0 rows', '1 row', '2 rows']);
  expect([verbFor(1, 'is', 'are'), verbFor(2, 'is', 'are')]).toEqual(['is', 'are']);
});

test('a long list of ids is cut, and says by how much', () => {
  expect(idList(['1', '2', '3'])).toBe('1, 2, 3');
  expect(idList(['1', '2', '3'], 2)).toBe('1, 2 and 1 more');
});

test.each([
  [-1, '0 s'],
  [119_999, '119 s'],
  [120_000, '2 min'],
  [7_199_000, '119 min'],
  [7_200_000, '2 h'],
  [3 * 86_400_000, '3 d'],
])('%d ms last %s', (span, text) => {
  expect(lasting(span)).toBe(text);
});

test.each([
  [0, '0'],
  [42, '42'],
  [72.27, '72.3'],
  [1234.5, '1230'],
  [0.000_123_4, '0.000123'],
  [1e-9, '1e-9'],
  [-2.5, '-2.5'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
])('%d reads %s', (value, text) => {
  expect(figure(value)).toBe(text);
});

test('a chance is never said to be none', () => {
  expect(chance(0.008_333)).toBe('p = 0.0083');
  expect(chance(1e-20)).toBe('p < 0.0001');
  expect(chance(1)).toBe('p = 1');
});

test('words are joined as a person joins them', () => {
  expect([joined([]), joined(['a']), joined(['a', 'b']), joined(['a', 'b', 'c'])]).toEqual([
    '',
    'a',
    'a and b',
    'a, b and c',
  ]);
});

describe('a moment', () => {
  test('is written in UTC', () => {
    expect(moment('2026-11-24T06:08:00.123+01:00')).toBe('2026-11-24 05:08:00 UTC');
    expect(moment('soon')).toBe('soon');
  });

  test('reads back as the same second', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }), (date) => {
        const back = Date.parse(moment(date.toISOString()).replace(' UTC', 'Z').replace(' ', 'T'));
        expect(back).toBe(date.getTime() - (date.getTime() % 1000));
      }),
    );
  });
});
