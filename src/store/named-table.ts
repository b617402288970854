// A table in SQL of rows with a group and a name: by uid, at most one of a name in a group. Network resources of different
// types may share a name.

import type { DatabaseSync } from 'node:sqlite';

import { changedOne, nameKey, parseRows, type RowTable } from './row.ts';

interface Named {
  readonly uid: string;
  readonly group: string;
  readonly name: string;
  readonly revision: number;
  /** Where one name may stand for several things. */
  readonly type?: string;
}

export interface NamedTable<Row extends Named> extends RowTable<Row> {
  /** Ordered by group and name. */
  all(): Iterable<Row>;
}

export type NamedTableName = 'scale_set' | 'load_balancer' | 'network_resource' | 'disk' | 'deployment';

export function openNamedTable<Row extends Named>(
  database: DatabaseSync,
  table: NamedTableName,
): NamedTable<Row> {
  const insert = database.prepare(
    `INSERT INTO ${table} (uid, group_key, name_key, revision, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const update = database.prepare(
    `UPDATE OR IGNORE ${table} SET group_key = ?, name_key = ?, revision = ?, body = ? WHERE uid = ? AND revision = ?`,
  );
  const remove = database.prepare(`DELETE FROM ${table} WHERE uid = ? AND revision = ?`);
  const all = database.prepare(`SELECT body FROM ${table} ORDER BY group_key, name_key`);
  return {
    insert: (row, body) =>
      changedOne(insert.run(row.uid, nameKey(row.group), namedKey(row), row.revision, body)),
    update: (row, body) =>
      changedOne(
        update.run(nameKey(row.group), namedKey(row), row.revision, body, row.uid, row.revision - 1),
      ),
    remove: (row) => changedOne(remove.run(row.uid, row.revision)),
    all: () => parseRows(all.iterate()),
  };
}

/** What is unique within a group: a slash is in no name and in no type. */
export function namedKey({ type, name }: Pick<Named, 'type' | 'name'>): string {
  return nameKey(type === undefined ? name : `${type}/${name}`);
}
