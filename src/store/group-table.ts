// Resource groups in SQL, by name without case.

import type { DatabaseSync } from 'node:sqlite';

import type { ResourceGroup } from '../domain/resource-group.ts';
import { changedOne, nameKey, parseRows, type RowTable } from './row.ts';

export interface GroupTable extends RowTable<ResourceGroup> {
  all(): Iterable<ResourceGroup>;
}

export function openGroupTable(database: DatabaseSync): GroupTable {
  const insert = database.prepare(
    'INSERT INTO resource_group (name_key, revision, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const update = database.prepare(
    'UPDATE resource_group SET revision = ?, body = ? WHERE name_key = ? AND revision = ?',
  );
  const remove = database.prepare('DELETE FROM resource_group WHERE name_key = ? AND revision = ?');
  const all = database.prepare('SELECT body FROM resource_group ORDER BY name_key');
  return {
    insert: (row, body) => changedOne(insert.run(nameKey(row.name), row.revision, body)),
    update: (row, body) => changedOne(update.run(row.revision, body, nameKey(row.name), row.revision - 1)),
    remove: (row) => changedOne(remove.run(nameKey(row.name), row.revision)),
    all: () => parseRows(all.iterate()),
  };
}
