// Evaluations that ask for what has to be fetched first.
import { expect, test } from 'vitest';
import type { JsonObject } from '../domain/json.ts';
import { type Ask, withLookups } from './lookups.ts';

const THINGS: Readonly<Record<string, JsonObject>> = { '/a': { next: '/b' }, '/b': { value: 2 } };

function asking(): { readonly ask: Ask; readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    ask: async (id, apiVersion) => {
      asked.push(`${id} ${apiVersion ?? ''}`);
      return THINGS[id.toLowerCase()];
    },
  };
}

test('one that asks for nothing fetches nothing', async () => {
  const { ask, asked } = asking();
  expect(await withLookups(ask, () => 1)).toBe(1);
  expect(asked).toEqual([]);
});

test('one that learns from an answer what to ask next comes to its end, and nothing is fetched twice', async () => {
  const { ask, asked } = asking();
  const value = await withLookups(ask, (lookup) => {
    const next = lookup('/a', 'v1')?.['next'];
    // Without an answer it fails, as an expression does.
    if (typeof next !== 'string') throw new Error('unknown');
    return [lookup('/A', 'v1'), lookup(next, undefined)?.['value']];
  });
  expect(value).toEqual([THINGS['/a'], 2]);
  expect(asked).toEqual(['/a v1', '/b ']);
});

test('what is missing is fetched side by side', async () => {
  const begun: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = withLookups(
    async (id) => {
      begun.push(id);
      if (begun.length === 2) resolve();
      await promise;
      return {};
    },
    (lookup) => [lookup('/a', undefined), lookup('/b', undefined)],
  );
  expect(await done).toEqual([{}, {}]);
});

test('what is not there is told as undefined, and what the evaluation then throws is thrown', async () => {
  const { ask, asked } = asking();
  const evaluate = withLookups(ask, (lookup) => {
    if (lookup('/none', undefined) === undefined) throw new Error('not there');
  });
  await expect(evaluate).rejects.toThrow('not there');
  expect(asked).toEqual(['/none ']);
});
