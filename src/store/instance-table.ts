// Instances in SQL, by set and id.

import type { DatabaseSync } from 'node:sqlite';

import type { Instance } from '../domain/instance.ts';
import { changedOne, nameKey, parseRows, type RowTable } from './row.ts';

export interface InstanceTable extends RowTable<Instance> {
  all(): Iterable<Instance>;
}

export function openInstanceTable(database: DatabaseSync): InstanceTable {
  const insert = database.prepare(
    'INSERT INTO instance (set_uid, id, machine_key, revision, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const update = database.prepare(
    'UPDATE instance SET revision = ?, body = ? WHERE set_uid = ? AND id = ? AND revision = ?',
  );
  const remove = database.prepare('DELETE FROM instance WHERE set_uid = ? AND id = ? AND revision = ?');
  const all = database.prepare('SELECT body FROM instance ORDER BY set_uid, id');
  return {
    insert: (row, body) => changedOne(insert.run(row.set, row.id, machineKey(row), row.revision, body)),
    update: (row, body) => changedOne(update.run(row.revision, body, row.set, row.id, row.revision - 1)),
    remove: (row) => changedOne(remove.run(row.set, row.id, row.revision)),
    all: () => parseRows(all.iterate()),
  };
}

/** Of one machine in its group: a slash is in no name. */
function machineKey({ machine }: Instance): string | null {
  return machine === undefined ? null : `${nameKey(machine.group)}/${nameKey(machine.name)}`;
}
