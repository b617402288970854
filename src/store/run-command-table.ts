// Run commands in SQL, by key; of those that are resources, at most one of a name on an instance. Those that have not
// ended are kept in memory as well (`image.ts`).

import type { DatabaseSync } from 'node:sqlite';

import type { RunCommand } from '../domain/run-command.ts';
import { changedOne, nameKey, parseRow, parseRows, type RowTable } from './row.ts';

export interface RunCommandTable extends RowTable<RunCommand> {
  get(key: string): RunCommand | undefined;
  getByName(set: string, instance: number, name: string): RunCommand | undefined;
  ofInstance(set: string, instance: number): Iterable<RunCommand>;
  /** In the order in which they were made. */
  open(): Iterable<RunCommand>;
}

export function isOpen(command: RunCommand): boolean {
  return command.state !== 'ended';
}

export function openRunCommandTable(database: DatabaseSync): RunCommandTable {
  const insert = database.prepare(
    `INSERT INTO run_command (key, set_uid, instance, name_key, kind, open, revision, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const update = database.prepare(
    `UPDATE OR IGNORE run_command SET set_uid = ?, instance = ?, name_key = ?, kind = ?, open = ?, revision = ?, body = ?
     WHERE key = ? AND revision = ?`,
  );
  const remove = database.prepare('DELETE FROM run_command WHERE key = ? AND revision = ?');
  const get = database.prepare('SELECT body FROM run_command WHERE key = ?');
  const getByName = database.prepare(
    `SELECT body FROM run_command WHERE set_uid = ? AND instance = ? AND name_key = ? AND kind = 'resource'`,
  );
  const ofInstance = database.prepare(
    'SELECT body FROM run_command WHERE set_uid = ? AND instance = ? ORDER BY name_key, rowid',
  );
  const open = database.prepare('SELECT body FROM run_command WHERE open = 1 ORDER BY rowid');

  const columns = (row: RunCommand, body: string) =>
    [row.set, row.instance, nameKey(row.name), row.kind, isOpen(row) ? 1 : 0, row.revision, body] as const;
  const one = (result: Record<string, unknown> | undefined): RunCommand | undefined =>
    result === undefined ? undefined : (parseRow(result) as RunCommand);
  return {
    insert: (row, body) => changedOne(insert.run(row.key, ...columns(row, body))),
    update: (row, body) => changedOne(update.run(...columns(row, body), row.key, row.revision - 1)),
    remove: (row) => changedOne(remove.run(row.key, row.revision)),
    get: (key) => one(get.get(key)),
    getByName: (set, instance, name) => one(getByName.get(set, instance, nameKey(name))),
    ofInstance: (set, instance) => parseRows(ofInstance.iterate(set, instance)),
    open: () => parseRows(open.iterate()),
  };
}
