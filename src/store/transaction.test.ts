// Transactions and the attempts inside them, on a real database.
import { DatabaseSync } from 'node:sqlite';

import { describe, expect, test } from 'vitest';

import { openTransaction } from './transaction.ts';

function open() {
  const database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT) STRICT');
  const insert = database.prepare('INSERT INTO t VALUES (?, ?)');
  return {
    database,
    transaction: openTransaction(database),
    insert: (a: number, b = 'x') => void insert.run(a, b),
    rows: () =>
      database
        .prepare('SELECT a FROM t ORDER BY a')
        .all()
        .map(({ a }) => a),
  };
}

describe('a transaction', () => {
  test('stores what the work wrote', () => {
    const { database, transaction, insert, rows } = open();
    transaction.run(() => insert(1));
    expect(rows()).toEqual([1]);
    expect(database.isTransaction).toBe(false);
  });

  test('stores nothing when the work throws, and can be used again', () => {
    const { database, transaction, insert, rows } = open();
    const work = (): void => {
      insert(1);
      throw new Error('no');
    };
    expect(() => transaction.run(work)).toThrow('no');
    expect(rows()).toEqual([]);
    expect(database.isTransaction).toBe(false);
    transaction.run(() => insert(2));
    expect(rows()).toEqual([2]);
  });
});

describe('an attempt', () => {
  test('that fails leaves nothing of itself, and everything of the others', () => {
    const { transaction, insert, rows } = open();
    const reason = new Error('refused');
    const answers: unknown[] = [];
    transaction.run(() => {
      answers.push(transaction.attempt(() => insert(1)));
      answers.push(
        transaction.attempt(() => {
          insert(2);
          throw reason;
        }),
      );
      answers.push(transaction.attempt(() => insert(3)));
    });
    expect(answers).toEqual([undefined, reason, undefined]);
    expect(rows()).toEqual([1, 3]);
  });

  test('that meets a constraint fails alone', () => {
    const { transaction, insert, rows } = open();
    let answer: unknown;
    transaction.run(() => {
      insert(1);
      answer = transaction.attempt(() => insert(1));
    });
    expect(answer).toMatchObject({ errcode: 1555 });
    expect(rows()).toEqual([1]);
  });

  test('that meets a full disk ends the whole transaction', () => {
    const { database, transaction, insert, rows } = open();
    database.exec('PRAGMA max_page_count = 3');
    const work = (): void => {
      insert(1);
      transaction.attempt(() => insert(2, 'x'.repeat(100_000)));
    };
    expect(() => transaction.run(work)).toThrow('full');
    expect(rows()).toEqual([]);
    expect(database.isTransaction).toBe(false);
    database.exec('PRAGMA max_page_count = 1000');
    transaction.run(() => insert(3));
    expect(rows()).toEqual([3]);
  });
});
