// Regions in SQL, by name: a row for each of whose quotas something was granted.

import type { DatabaseSync } from 'node:sqlite';

import type { Region } from '../domain/quota.ts';
import { changedOne, parseRows, type RowTable } from './row.ts';

export interface RegionTable extends RowTable<Region> {
  all(): Iterable<Region>;
}

export function openRegionTable(database: DatabaseSync): RegionTable {
  const insert = database.prepare(
    'INSERT INTO region (name, revision, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const update = database.prepare('UPDATE region SET revision = ?, body = ? WHERE name = ? AND revision = ?');
  const remove = database.prepare('DELETE FROM region WHERE name = ? AND revision = ?');
  const all = database.prepare('SELECT body FROM region ORDER BY name');
  return {
    insert: (row, body) => changedOne(insert.run(row.name, row.revision, body)),
    update: (row, body) => changedOne(update.run(row.revision, body, row.name, row.revision - 1)),
    remove: (row) => changedOne(remove.run(row.name, row.revision)),
    all: () => parseRows(all.iterate()),
  };
}
