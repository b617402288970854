// Part lists: a part that is written keeps its place and its name, and no other part changes.
import { expect, test } from 'vitest';
import { withoutPart, withPart } from './part-list.ts';

const PARTS = [{ name: 'a' }, { name: 'Pool', properties: { old: true } }, { name: 'c' }];

test('a part that is there keeps its place and the name that it was made with', () => {
  const body = { id: 'x', etag: 'x', type: 'x', name: 'other', properties: { new: true } };
  expect(withPart(PARTS, 'POOL', body)).toEqual([
    { name: 'a' },
    { name: 'Pool', properties: { new: true } },
    { name: 'c' },
  ]);
});

test('a new part comes last, by the name that it was asked for with', () => {
  expect(withPart(PARTS, 'd', { name: 'other' })).toEqual([...PARTS, { name: 'd' }]);
});

test('a part goes by its name, in any case', () => {
  expect(withoutPart(PARTS, 'pOOL')).toEqual([{ name: 'a' }, { name: 'c' }]);
  expect(withoutPart(PARTS, 'none')).toEqual(PARTS);
});
