// Rolling upgrades in SQL, by set and number. All that are kept are in memory as well (`image.ts`): they are few.

import type { DatabaseSync } from 'node:sqlite';

import type { RollingUpgrade } from '../domain/rolling-upgrade.ts';
import { changedOne, parseRows, type RowTable } from './row.ts';

export interface RollingUpgradeTable extends RowTable<RollingUpgrade> {
  all(): Iterable<RollingUpgrade>;
}

export function openRollingUpgradeTable(database: DatabaseSync): RollingUpgradeTable {
  const insert = database.prepare(
    'INSERT INTO rolling_upgrade (set_uid, number, revision, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const update = database.prepare(
    'UPDATE rolling_upgrade SET revision = ?, body = ? WHERE set_uid = ? AND number = ? AND revision = ?',
  );
  const remove = database.prepare(
    'DELETE FROM rolling_upgrade WHERE set_uid = ? AND number = ? AND revision = ?',
  );
  const all = database.prepare('SELECT body FROM rolling_upgrade ORDER BY set_uid, number');
  return {
    insert: (row, body) => changedOne(insert.run(row.set, row.number, row.revision, body)),
    update: (row, body) => changedOne(update.run(row.revision, body, row.set, row.number, row.revision - 1)),
    remove: (row) => changedOne(remove.run(row.set, row.number, row.revision)),
    all: () => parseRows(all.iterate()),
  };
}
