// Scale sets in SQL, by uid; at most one of a name in a group.

import type { DatabaseSync } from 'node:sqlite';

import type { ScaleSet } from '../domain/scale-set.ts';
import { changedOne, nameKey, parseRows, type RowTable } from './row.ts';

export interface ScaleSetTable extends RowTable<ScaleSet> {
  all(): Iterable<ScaleSet>;
}

export function openScaleSetTable(database: DatabaseSync): ScaleSetTable {
  const insert = database.prepare(
    `INSERT INTO scale_set (uid, group_key, name_key, revision, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const update = database.prepare(
    `UPDATE OR IGNORE scale_set SET group_key = ?, name_key = ?, revision = ?, body = ? WHERE uid = ? AND revision = ?`,
  );
  const remove = database.prepare('DELETE FROM scale_set WHERE uid = ? AND revision = ?');
  const all = database.prepare('SELECT body FROM scale_set ORDER BY group_key, name_key');
  return {
    insert: (row, body) =>
      changedOne(insert.run(row.uid, nameKey(row.group), nameKey(row.name), row.revision, body)),
    update: (row, body) =>
      changedOne(
        update.run(nameKey(row.group), nameKey(row.name), row.revision, body, row.uid, row.revision - 1),
      ),
    remove: (row) => changedOne(remove.run(row.uid, row.revision)),
    all: () => parseRows(all.iterate()),
  };
}
