// Migrations: each step once, whole or not at all; and what an older Muster left behind is all there afterwards.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { describe, expect, test } from 'vitest';

import { instanceRow, modelRow, scaleSetRow, SET, uuid } from '../../test/testing/store-rows.ts';
import { temporaryDirectory } from '../../test/testing/temporary.ts';
import { put, RevisionConflict } from '../app/ports/store.ts';
import type { Instance } from '../domain/instance.ts';
import { MIGRATIONS, migrate } from './migrations.ts';
import { openSqliteStore } from './sqlite.ts';

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

describe('a database from before instances could be machines', () => {
  /** How many steps there were then. */
  const BEFORE = 5;
  const FLEX = uuid(2);
  const uniform = [0, 1, 7].map((id) => instanceRow(id, { revision: 3 }));
  const machine = (id: number, name: string): Instance =>
    instanceRow(id, { set: FLEX, machine: { group: 'prod', name } });

  /** A file with a set and its instances, written as they were then. */
  const left = (): string => {
    const path = join(temporaryDirectory(), 'muster.db');
    const db = new DatabaseSync(path);
    migrate(db, MIGRATIONS.slice(0, BEFORE));
    const set = scaleSetRow('web', { revision: 3, nextInstanceId: 8 });
    db.prepare('INSERT INTO scale_set VALUES (?, ?, ?, ?, ?)').run(
      SET,
      'prod',
      'web',
      3,
      JSON.stringify(set),
    );
    db.prepare('INSERT INTO model VALUES (?, ?, ?)').run(SET, 1, JSON.stringify(modelRow()));
    for (const row of uniform) {
      const body = JSON.stringify(row);
      db.prepare('INSERT INTO instance VALUES (?, ?, ?, ?)').run(row.set, row.id, row.revision, body);
    }
    db.close();
    return path;
  };

  test('opens with its sets and instances as they were', async () => {
    const store = openSqliteStore({ path: left() });
    expect(await store.scaleSet('prod', 'web')).toMatchObject({ uid: SET, nextInstanceId: 8 });
    expect(await store.instances(SET)).toEqual(uniform);
    expect(await store.instanceOf(`${SET}_7`)).toEqual(uniform[2]);
    await store.close();
  });

  test('goes on: its instances are changed, others are made beside them, and all of it is there again', async () => {
    const path = left();
    const first = openSqliteStore({ path });
    const [changed] = uniform as [Instance];
    await first.commit([put('instance', { ...changed, etag: 9 }), put('instance', instanceRow(8))]);
    await first.commit([put('instance', machine(0, 'web_1a2b3c4d'))]);
    await first.close();
    const second = openSqliteStore({ path });
    expect((await second.instances(SET)).map(({ id, etag }) => [id, etag])).toEqual([
      [0, 9],
      [1, 1],
      [7, 1],
      [8, 1],
    ]);
    expect(await second.machine('prod', 'WEB_1a2b3c4d')).toMatchObject({ set: FLEX, id: 0 });
    await second.close();
  });

  test('keeps the names of machines apart from then on, and those who have none from nothing', async () => {
    const path = left();
    const store = openSqliteStore({ path });
    await store.commit([put('instance', machine(0, 'one'))]);
    await expect(store.commit([put('instance', machine(1, 'ONE'))])).rejects.toThrow(RevisionConflict);
    await store.commit([put('instance', machine(1, 'two'))]);
    await store.close();
    // Also for who comes around the store's own memory.
    const db = new DatabaseSync(path);
    const again = db.prepare(
      "INSERT INTO instance (set_uid, id, machine_key, revision, body) VALUES ('x', 1, 'prod/two', 1, '{}')",
    );
    expect(() => again.run()).toThrow('UNIQUE');
    db.close();
  });
});
