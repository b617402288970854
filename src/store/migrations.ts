// The schema and its history. Each entry takes the database from the version before it to its own number, in one
// transaction; an entry that was released is never changed, only followed by another.
//
// A row is a JSON body, with the columns that it is found or guarded by beside it. Keys that compare without case are
// stored in lower case (`…_key`).

import type { DatabaseSync } from 'node:sqlite';

import { openTransaction } from './transaction.ts';

export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE resource_group (
    name_key TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;

  CREATE TABLE scale_set (
    uid TEXT PRIMARY KEY,
    group_key TEXT NOT NULL,
    name_key TEXT NOT NULL,
    revision INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (group_key, name_key)
  ) STRICT;

  CREATE TABLE model (
    set_uid TEXT NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (set_uid, version)
  ) STRICT;

  CREATE TABLE instance (
    set_uid TEXT NOT NULL,
    id INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (set_uid, id)
  ) STRICT;

  CREATE TABLE operation (
    id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    ended INTEGER,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX operation_open ON operation (id) WHERE ended IS NULL;
  CREATE INDEX operation_ended ON operation (ended) WHERE ended IS NOT NULL;

  CREATE TABLE run_command (
    key TEXT PRIMARY KEY,
    set_uid TEXT NOT NULL,
    instance INTEGER NOT NULL,
    name_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    open INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX run_command_of_instance ON run_command (set_uid, instance, name_key);
  CREATE UNIQUE INDEX run_command_resource ON run_command (set_uid, instance, name_key) WHERE kind = 'resource';
  CREATE INDEX run_command_open ON run_command (key) WHERE open = 1;

  CREATE TABLE activity (
    sequence INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    group_key TEXT NOT NULL,
    resource_key TEXT NOT NULL,
    correlation_id TEXT NOT NULL,
    caller TEXT NOT NULL,
    status TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX activity_time ON activity (time);
  CREATE INDEX activity_group ON activity (group_key, time);
  CREATE INDEX activity_resource ON activity (resource_key, time);
  CREATE INDEX activity_correlation ON activity (correlation_id, time);

  CREATE TABLE latest (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    time INTEGER NOT NULL
  ) STRICT;
  INSERT INTO latest VALUES (1, 0);
  `,
  `
  CREATE TABLE load_balancer (
    uid TEXT PRIMARY KEY,
    group_key TEXT NOT NULL,
    name_key TEXT NOT NULL,
    revision INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (group_key, name_key)
  ) STRICT;
  `,
  `
  CREATE TABLE rolling_upgrade (
    set_uid TEXT NOT NULL,
    number INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (set_uid, number)
  ) STRICT;
  `,
  `
  CREATE TABLE network_resource (
    uid TEXT PRIMARY KEY,
    group_key TEXT NOT NULL,
    name_key TEXT NOT NULL,
    revision INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (group_key, name_key)
  ) STRICT;
  CREATE TABLE disk (
    uid TEXT PRIMARY KEY,
    group_key TEXT NOT NULL,
    name_key TEXT NOT NULL,
    revision INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (group_key, name_key)
  ) STRICT;
  CREATE TABLE deployment (
    uid TEXT PRIMARY KEY,
    group_key TEXT NOT NULL,
    name_key TEXT NOT NULL,
    revision INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (group_key, name_key)
  ) STRICT;
  `,
  `
  CREATE TABLE region (
    name TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  `,
  `
  ALTER TABLE instance ADD COLUMN machine_key TEXT;
  CREATE UNIQUE INDEX instance_machine ON instance (machine_key) WHERE machine_key IS NOT NULL;
  `,
];

/** Brings the database to the newest version. Throws when it is newer than this code. */
export function migrate(database: DatabaseSync, migrations: readonly string[] = MIGRATIONS): void {
  const from = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (from > migrations.length) {
    throw new Error(
      `the database was made by a newer Muster: it is at version ${from}, this one knows ${migrations.length}`,
    );
  }
  const transaction = openTransaction(database);
  migrations.slice(from).forEach((sql, index) => {
    transaction.run(() => database.exec(`${sql}; PRAGMA user_version = ${from + index + 1}`));
  });
}
