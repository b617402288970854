// Group commit: which commits share a transaction. That each of them is whole is the store contract's affair.
import { describe, expect, test } from 'vitest';

import { activityRow, groupRow, instanceRow } from '../../test/testing/store-rows.ts';
import { type Change, put } from '../app/ports/store.ts';
import { openDatabase } from './database.ts';
import { openGroupCommit, StoreFailure } from './group-commit.ts';
import { prepare } from './prepare.ts';
import { openTables } from './tables.ts';
import { openTransaction } from './transaction.ts';

const rows = (count: number, from = 0): Change[] =>
  Array.from({ length: count }, (_, id) => put('instance', instanceRow(from + id)));

function open() {
  const database = openDatabase(':memory:');
  const tables = openTables(database);
  /** How many commits each transaction had. */
  const transactions: number[] = [];
  const queue = openGroupCommit(openTransaction(database), tables, (commits) =>
    transactions.push(commits.length),
  );
  return {
    database,
    queue,
    tables,
    transactions,
    commit: (changes: Change[]) => queue.commit(prepare(changes)),
  };
}

describe('commits', () => {
  test('that are called in the same turn share a transaction', async () => {
    const { commit, transactions } = open();
    await Promise.all([0, 1, 2].map((id) => commit(rows(1, id))));
    expect(transactions).toEqual([3]);
  });

  test('that are called one after the other have one each', async () => {
    const { commit, transactions } = open();
    for (const id of [0, 1, 2]) await commit(rows(1, id));
    expect(transactions).toEqual([1, 1, 1]);
  });

  test('are taken until 128 rows are reached, and the event loop runs in between', async () => {
    const { commit, transactions } = open();
    const turns: number[] = [];
    let done = false;
    const countTurns = (): void => {
      turns.push(transactions.length);
      if (!done) setImmediate(countTurns);
    };
    setImmediate(countTurns);
    await Promise.all([0, 1, 2, 3, 4].map((commitNumber) => commit(rows(60, commitNumber * 60))));
    done = true;
    expect(transactions).toEqual([3, 2]);
    expect(turns).toContain(1);
  });

  test('of more rows than that are still one', async () => {
    const { commit, transactions, tables } = open();
    await Promise.all([commit(rows(1000)), commit(rows(1, 1000))]);
    expect(transactions).toEqual([1, 1]);
    expect([...tables.instance.all()]).toHaveLength(1001);
  });

  test('that were refused are not among the committed', async () => {
    const { commit, transactions } = open();
    const results = await Promise.allSettled([commit(rows(1)), commit(rows(1)), commit(rows(1, 1))]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(transactions).toEqual([2]);
  });

  test('drain at once when told', async () => {
    const { commit, queue, transactions } = open();
    const done = commit(rows(1));
    queue.drain();
    expect(transactions).toEqual([1]);
    await done;
  });
});

describe('a row whose values no column takes', () => {
  test('refuses its own commit and no other', async () => {
    const { commit, tables } = open();
    const results = await Promise.allSettled([
      commit([put('group', groupRow('a'))]),
      commit([
        put('group', groupRow('b')),
        { kind: 'append', activity: activityRow('half a millisecond', { time: 0.5 }) },
      ]),
      commit([put('group', groupRow('c'))]),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect([...tables.group.all()].map(({ name }) => name)).toEqual(['a', 'c']);
  });
});

describe('a full disk', () => {
  test('refuses every commit of the transaction, and later ones are taken when there is room again', async () => {
    const { commit, database, tables, transactions } = open();
    const { page_count: pages } = database.prepare('PRAGMA page_count').get() as { page_count: number };
    database.exec(`PRAGMA max_page_count = ${pages + 2}`);
    const big = put('instance', instanceRow(1, { userData: 'x'.repeat(100_000) }));
    const results = await Promise.allSettled([commit(rows(1)), commit([big])]);
    const reasons = results.map((result) => result.status === 'rejected' && (result.reason as unknown));
    expect(reasons.map((reason) => reason instanceof StoreFailure)).toEqual([true, true]);
    expect(transactions).toEqual([]);
    expect([...tables.instance.all()]).toEqual([]);
    expect(tables.latest.get()).toBe(0);
    database.exec('PRAGMA max_page_count = 100000');
    await commit([big]);
    expect([...tables.instance.all()].map(({ id }) => id)).toEqual([1]);
    expect(tables.latest.get()).toBe(instanceRow().created);
  });
});
