// What is the embedded store's own, beside the store contract: pruning, listeners that throw, a disk without room.
import { describe, expect, test } from 'vitest';

import {
  activityRow,
  CREATED,
  groupRow,
  instanceRow,
  operationRow,
  SET,
  uuid,
} from '../../test/testing/store-rows.ts';
import { put } from '../app/ports/store.ts';
import { openDatabase } from './database.ts';
import { openSqliteStore, SqliteStore } from './sqlite.ts';

describe('prune', () => {
  test('removes what ended and what was logged before then, and nothing else', async () => {
    const store = openSqliteStore({ path: ':memory:' });
    const times = Array.from({ length: 1200 }, (_, at) => CREATED + at);
    await store.commit([
      put('operation', operationRow(uuid(5000))),
      ...times.map((ended, at) => put('operation', operationRow(uuid(at), { ended }))),
      ...times.map((time, at) => ({ kind: 'append', activity: activityRow(String(at), { time }) }) as const),
    ]);
    await store.prune(CREATED + 1100);
    expect(await store.operation(uuid(1099))).toBeUndefined();
    expect(await store.operation(uuid(1100))).toBeDefined();
    expect(await store.operation(uuid(5000))).toBeDefined();
    const { entries } = await store.activity({ from: 0, to: CREATED + 5000, limit: 1000 });
    expect(entries.map(({ time }) => time - CREATED).at(-1)).toBe(1100);
    expect(entries).toHaveLength(100);
  });

  test('removes an operation that was open for long and ended before then', async () => {
    const store = openSqliteStore({ path: ':memory:' });
    await store.commit([put('operation', operationRow())]);
    await store.prune(CREATED + 9);
    expect(await store.operation(uuid(100))).toBeDefined();
    await store.commit([put('operation', operationRow(uuid(100), { revision: 1, ended: CREATED + 8 }))]);
    await store.prune(CREATED + 8);
    expect(await store.operation(uuid(100))).toBeDefined();
    await store.prune(CREATED + 9);
    expect(await store.operation(uuid(100))).toBeUndefined();
  });

  test('ends when the store is closed meanwhile', async () => {
    const store = openSqliteStore({ path: ':memory:' });
    const log = Array.from({ length: 1200 }, () => ({ kind: 'append', activity: activityRow() }) as const);
    await store.commit(log);
    const pruned = store.prune(CREATED + 1);
    await store.close();
    await expect(pruned).resolves.toBeUndefined();
  });

  test('leaves the page after a pruned entry empty', async () => {
    const store = openSqliteStore({ path: ':memory:' });
    await store.commit(
      [0, 1, 2].map((at) => ({ kind: 'append', activity: activityRow('e', { time: CREATED + at }) })),
    );
    const query = { from: 0, to: CREATED + 10, limit: 2 };
    const { next } = await store.activity(query);
    await store.prune(CREATED + 2);
    expect(await store.activity({ ...query, before: next as number })).toEqual({ entries: [] });
  });
});

describe('a listener that throws', () => {
  test('is reported, and breaks neither the commit nor the other listeners', async () => {
    const reported: unknown[] = [];
    const store = openSqliteStore({ path: ':memory:', report: (error) => reported.push(error) });
    const wrong = new Error('listener');
    const told: string[] = [];
    store.onCommit(() => {
      throw wrong;
    });
    store.onCommit(() => told.push('second'));
    await store.commit([put('group', groupRow())]);
    expect(reported).toEqual([wrong]);
    expect(told).toEqual(['second']);
    expect(await store.group('prod')).toBeDefined();
  });
});

describe('a disk without room', () => {
  test('leaves memory as it was: the same rows, lists and counts, and nobody is told', async () => {
    const database = openDatabase(':memory:');
    const store = new SqliteStore(database, () => {});
    await store.commit([put('instance', instanceRow(0))]);
    const before = await store.instances(SET);
    let told = 0;
    store.onCommit(() => {
      told += 1;
    });
    const { page_count: pages } = database.prepare('PRAGMA page_count').get() as { page_count: number };
    database.exec(`PRAGMA max_page_count = ${pages}`);
    const big = put('instance', instanceRow(1, { userData: 'x'.repeat(100_000) }));
    await expect(store.commit([put('instance', { ...instanceRow(0), revision: 1 }), big])).rejects.toThrow(
      'full',
    );
    expect(await store.instances(SET)).toBe(before);
    expect(told).toBe(0);
    database.exec(`PRAGMA max_page_count = 100000`);
    await store.commit([put('instance', { ...instanceRow(0), revision: 1 })]);
    expect((await store.instance(SET, 0))?.revision).toBe(2);
  });
});
