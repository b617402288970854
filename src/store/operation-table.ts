// Operations in SQL, by id. Those that have not ended are kept in memory as well (`image.ts`).

import type { DatabaseSync } from 'node:sqlite';

import type { Operation } from '../domain/operation.ts';
import type { Time } from '../domain/time.ts';
import { changedOne, parseRow, parseRows, type RowTable } from './row.ts';

export interface OperationTable extends RowTable<Operation> {
  get(id: string): Operation | undefined;
  /** In the order in which they were accepted. */
  open(): Iterable<Operation>;
  /** Removes up to `limit` of those that ended before then; answers how many. */
  prune(before: Time, limit: number): number;
}

export function openOperationTable(database: DatabaseSync): OperationTable {
  const insert = database.prepare(
    'INSERT INTO operation (id, revision, ended, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const update = database.prepare(
    'UPDATE operation SET revision = ?, ended = ?, body = ? WHERE id = ? AND revision = ?',
  );
  const remove = database.prepare('DELETE FROM operation WHERE id = ? AND revision = ?');
  const get = database.prepare('SELECT body FROM operation WHERE id = ?');
  const open = database.prepare('SELECT body FROM operation WHERE ended IS NULL ORDER BY rowid');
  const prune = database.prepare(
    'DELETE FROM operation WHERE rowid IN (SELECT rowid FROM operation WHERE ended < ? ORDER BY ended LIMIT ?)',
  );
  return {
    insert: (row, body) => changedOne(insert.run(row.id, row.revision, row.ended ?? null, body)),
    update: (row, body) =>
      changedOne(update.run(row.revision, row.ended ?? null, body, row.id, row.revision - 1)),
    remove: (row) => changedOne(remove.run(row.id, row.revision)),
    get(id) {
      const result = get.get(id);
      return result === undefined ? undefined : (parseRow(result) as Operation);
    },
    open: () => parseRows(open.iterate()),
    prune: (before, limit) => Number(prune.run(before, limit).changes),
  };
}
