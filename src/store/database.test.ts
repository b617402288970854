// The database file: what must be in force before anything is written to it.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';

import { describe, expect, onTestFinished, test } from 'vitest';

import { openDatabase, requireDurable, StoreInUse } from './database.ts';

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'muster-database-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

function open(path: string): DatabaseSync {
  const database = openDatabase(path);
  onTestFinished(() => {
    if (database.isOpen) database.close();
  });
  return database;
}

const mode = (path: string): number => statSync(path).mode & 0o777;

describe('an open database', () => {
  test('writes ahead, waits for the disk and is held by one process alone', () => {
    const database = open(join(directory(), 'muster.db'));
    const pragma = (name: string): unknown => database.prepare(`PRAGMA ${name}`).get()?.[name];
    expect(pragma('journal_mode')).toBe('wal');
    expect(pragma('synchronous')).toBe(2);
    expect(pragma('locking_mode')).toBe('exclusive');
  });

  test('keeps its files to their owner, whatever the umask', () => {
    const before = process.umask(0);
    onTestFinished(() => void process.umask(before));
    const path = directory();
    open(join(path, 'muster.db'));
    // There is no shared-memory file: nobody shares.
    expect(readdirSync(path).toSorted()).toEqual(['muster.db', 'muster.db-wal']);
    expect(readdirSync(path).map((name) => mode(join(path, name)))).toEqual([0o600, 0o600]);
  });

  test('keeps nothing of a row that was replaced or deleted once it is closed', () => {
    const path = join(directory(), 'muster.db');
    const database = open(path);
    const secret = (index: number): string => `secret-${index}-`.repeat(index % 2 === 0 ? 4 : 400);
    database.exec('CREATE TABLE spared (id INTEGER PRIMARY KEY, value TEXT) STRICT');
    const insert = database.prepare('INSERT INTO spared VALUES (?, ?)');
    for (let index = 0; index < 100; index += 1) insert.run(index, secret(index));
    database.exec("UPDATE spared SET value = 'shown' WHERE id < 50");
    database.exec('DELETE FROM spared WHERE id >= 50');
    database.close();
    const left = readFileSync(path, 'latin1');
    expect(left).toContain('shown');
    expect(left).not.toContain('secret-');
  });

  test('takes away rights that an older file gave', () => {
    const path = join(directory(), 'muster.db');
    openDatabase(path).close();
    chmodSync(path, 0o644);
    open(path);
    expect(mode(path)).toBe(0o600);
  });

  test('is refused to a second plane until it is closed', () => {
    const path = join(directory(), 'muster.db');
    const first = open(path);
    expect(() => openDatabase(path)).toThrow(StoreInUse);
    first.exec('DELETE FROM latest');
    first.close();
    expect(() => open(path)).not.toThrow();
  });
});

describe('opening', () => {
  test('says when the file is no database, and leaves it as it is', () => {
    const path = join(directory(), 'muster.db');
    writeFileSync(path, 'x'.repeat(5000));
    expect(() => openDatabase(path)).toThrow('not a database');
    expect(statSync(path).size).toBe(5000);
  });

  test('says when the directory is missing', () => {
    expect(() => openDatabase(join(directory(), 'none', 'muster.db'))).toThrow('ENOENT');
  });
});

describe('durability', () => {
  const inForce = { journal_mode: 'wal', synchronous: 2, locking_mode: 'exclusive' };

  test('is in force when SQLite says so', () => {
    expect(() => requireDurable(inForce)).not.toThrow();
  });

  test.for([
    ['journal_mode', { journal_mode: 'delete' }],
    ['journal_mode', { journal_mode: 'memory' }],
    ['synchronous', { synchronous: 1 }],
    ['synchronous', { synchronous: undefined }],
    ['locking_mode', { locking_mode: 'normal' }],
  ] as const)('is refused when %s is another: %o', ([name, other]) => {
    expect(() => requireDurable({ ...inForce, ...other })).toThrow(
      `SQLite's ${name} is ${String(Object.values(other)[0])}`,
    );
  });
});
