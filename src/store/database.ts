// The SQLite database file: opened for one plane alone, and with every write durable before it is acknowledged.
// What must hold once it is open: journal WAL, synchronous FULL, an exclusive lock that ends with the process that has
// it (kill -9 leaves none behind), mode 0600.

import { chmodSync, closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { requireLocalFileSystem } from './file-system.ts';
import { migrate } from './migrations.ts';
import { BUSY, sqliteCode } from './sqlite-error.ts';

const IN_MEMORY = ':memory:';

/** Another plane has the database open. */
export class StoreInUse extends Error {
  constructor(path: string, options?: ErrorOptions) {
    super(`another plane is using ${path}`, options);
    this.name = 'StoreInUse';
  }
}

/**
 * Opens the file, making it when there is none (its directory must exist), and brings its schema up to date.
 * Throws StoreInUse, NetworkFileSystem, or an error that says what else is wrong.
 */
export function openDatabase(path: string): DatabaseSync {
  if (path === IN_MEMORY) {
    const database = new DatabaseSync(path);
    migrate(database);
    return database;
  }
  requireLocalFileSystem(dirname(path));
  makePrivate(path);
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    configure(database);
    requireDurable(pragmas(database));
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw sqliteCode(error) === BUSY ? new StoreInUse(path, { cause: error }) : error;
  }
}

/**
 * SQLite gives its other files the mode of the database. A file that exists is not opened here: closing any handle of a
 * file ends every POSIX lock that this process has on it.
 */
function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    chmodSync(path, 0o600);
  }
}

function configure(database: DatabaseSync): void {
  // Small pages: a changed row costs a page in the journal, and rows are a few hundred bytes. A long journal: each
  // checkpoint stops the plane for the length of a sync of the whole file. Rows hold secrets for a while (parameters of a
  // deployment, settings of an extension): what is deleted is overwritten, not only forgotten.
  database.exec(`
    PRAGMA page_size = 2048;
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA wal_autocheckpoint = 32768;
    PRAGMA cache_size = -65536;
    PRAGMA secure_delete = ON;
    BEGIN EXCLUSIVE; COMMIT;
  `);
}

export interface Pragmas {
  readonly journal_mode: unknown;
  readonly synchronous: unknown;
  readonly locking_mode: unknown;
}

function pragmas(database: DatabaseSync): Pragmas {
  const read = (name: keyof Pragmas): unknown => database.prepare(`PRAGMA ${name}`).get()?.[name];
  return {
    journal_mode: read('journal_mode'),
    synchronous: read('synchronous'),
    locking_mode: read('locking_mode'),
  };
}

const REQUIRED: Pragmas = { journal_mode: 'wal', synchronous: 2, locking_mode: 'exclusive' };

/** Throws when SQLite reports anything else than what was asked for: it does not refuse by itself. */
export function requireDurable(actual: Pragmas): void {
  for (const name of ['journal_mode', 'synchronous', 'locking_mode'] as const) {
    if (actual[name] === REQUIRED[name]) continue;
    throw new Error(
      `the database cannot be trusted with acknowledged writes: SQLite's ${name} is ${String(actual[name])} ` +
        `instead of ${String(REQUIRED[name])}`,
    );
  }
}
