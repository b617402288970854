// Migrations: each step once, whole or not at all.
import { DatabaseSync } from 'node:sqlite';

import { describe, expect, test } from 'vitest';

import { migrate } from './migrations.ts';

const ONE = 'CREATE TABLE one (a INTEGER)';
const TWO = 'ALTER TABLE one ADD COLUMN b INTEGER; INSERT INTO one VALUES (1, 2)';

const database = (): DatabaseSync => new DatabaseSync(':memory:');
const version = (db: DatabaseSync): unknown => db.prepare('PRAGMA user_version').get()?.['user_version'];
const tables = (db: DatabaseSync): unknown[] =>
  db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .all()
    .map(({ name }) => name);

describe('migrate', () => {
  test('takes an empty database through every step', () => {
    const db = database();
    migrate(db, [ONE, TWO]);
    expect(version(db)).toBe(2);
    expect({ ...db.prepare('SELECT * FROM one').get() }).toEqual({ a: 1, b: 2 });
  });

  test('takes the steps that are missing, and those only', () => {
    const db = database();
    migrate(db, [ONE]);
    migrate(db, [ONE, TWO]);
    migrate(db, [ONE, TWO]);
    expect(version(db)).toBe(2);
    expect(db.prepare('SELECT * FROM one').all()).toHaveLength(1);
  });

  test('leaves everything as it was when a step fails', () => {
    const db = database();
    migrate(db, [ONE]);
    expect(() => migrate(db, [ONE, 'CREATE TABLE two (a INTEGER); SELECT nonsense'])).toThrow('nonsense');
    expect(db.isTransaction).toBe(false);
    expect(version(db)).toBe(1);
    expect(tables(db)).toEqual(['one']);
  });

  test('refuses a database of a newer version, and does not touch it', () => {
    const db = database();
    migrate(db, [ONE, TWO]);
    expect(() => migrate(db, [ONE])).toThrow('newer Muster');
    expect(version(db)).toBe(2);
  });

  test('makes the schema of this version', () => {
    const db = database();
    migrate(db);
    expect(tables(db)).toEqual([
      'activity',
      'deployment',
      'disk',
      'instance',
      'latest',
      'load_balancer',
      'model',
      'network_resource',
      'operation',
      'region',
      'resource_group',
      'rolling_upgrade',
      'run_command',
      'scale_set',
    ]);
  });
});
