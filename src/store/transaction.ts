// A transaction, and attempts inside it that leave nothing behind when they fail.

import type { DatabaseSync } from 'node:sqlite';

import { CONSTRAINT, MISMATCH, sqliteCode, TOO_BIG } from './sqlite-error.ts';

export interface Transaction {
  /** Runs the work and commits. When anything throws, nothing of it is stored, and the error goes on. */
  run(work: () => void): void;
  /**
   * Within `run`: does the work, or undoes it and answers why it failed. An error after which the whole transaction
   * cannot go on is thrown.
   */
  attempt(work: () => void): unknown;
}

export function openTransaction(database: DatabaseSync): Transaction {
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const rollback = database.prepare('ROLLBACK');
  const savepoint = database.prepare('SAVEPOINT attempt');
  const undo = database.prepare('ROLLBACK TO attempt');
  const release = database.prepare('RELEASE attempt');
  return {
    run(work) {
      begin.run();
      try {
        work();
        commit.run();
      } catch (error) {
        // After some errors SQLite has rolled back by itself.
        if (database.isTransaction) rollback.run();
        throw error;
      }
    },
    attempt(work) {
      savepoint.run();
      try {
        work();
      } catch (error) {
        if (!isOfOneStatement(error)) throw error;
        undo.run();
        release.run();
        return error;
      }
      release.run();
      return undefined;
    },
  };
}

/** Whether the error says something about the values of one statement, and nothing about the database or its disk. */
function isOfOneStatement(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === undefined || code === TOO_BIG || code === CONSTRAINT || code === MISMATCH;
}
