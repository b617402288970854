// Ids: form and uniqueness, of the real ones and of the seeded ones that stand in for them.
import { describe, expect, test } from 'vitest';

import { seededIds } from '../../test/testing/seeded.ts';
import type { Ids } from '../app/ports/clock.ts';
import { randomIds } from './ids.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const take = (ids: Ids, count: number): string[] => Array.from({ length: count }, () => ids.guid());

describe.for([
  ['random', () => randomIds],
  ['seeded', () => seededIds(7)],
] as const)('%s ids', ([, open]) => {
  test('are lower-case UUIDs of version 4, each used once', () => {
    const ids = take(open(), 2000);
    expect(ids.filter((id) => !UUID.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(2000);
  });
});

test('seeded ids replay for their seed and differ for another', () => {
  expect(take(seededIds('a'), 10)).toEqual(take(seededIds('a'), 10));
  expect(take(seededIds('a'), 10)).not.toEqual(take(seededIds('b'), 10));
});
