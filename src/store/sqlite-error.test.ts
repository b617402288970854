// Error codes of the SQLite that is really there.
import { DatabaseSync } from 'node:sqlite';

import { expect, test } from 'vitest';

import { BUSY, CONSTRAINT, sqliteCode } from './sqlite-error.ts';

function errorOf(work: () => void): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}

test('an error is known by its code, without the extension that says more', () => {
  const database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE t (a INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)');
  const error = errorOf(() => database.exec('INSERT INTO t VALUES (1)'));
  expect(error).toMatchObject({ errcode: CONSTRAINT | (6 << 8) });
  expect(sqliteCode(error)).toBe(CONSTRAINT);
});

test('an error of anything else has none', () => {
  expect(sqliteCode(new Error('other'))).toBeUndefined();
  expect(sqliteCode(Object.assign(new Error('other'), { errcode: 'text' }))).toBeUndefined();
  expect(sqliteCode({ errcode: BUSY })).toBeUndefined();
  expect(sqliteCode(undefined)).toBeUndefined();
});
