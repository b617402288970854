// Load balancers in SQL, by uid; at most one of a name in a group.

import type { DatabaseSync } from 'node:sqlite';

import type { LoadBalancer } from '../domain/load-balancer.ts';
import { changedOne, nameKey, parseRows, type RowTable } from './row.ts';

export interface LoadBalancerTable extends RowTable<LoadBalancer> {
  all(): Iterable<LoadBalancer>;
}

export function openLoadBalancerTable(database: DatabaseSync): LoadBalancerTable {
  const insert = database.prepare(
    `INSERT INTO load_balancer (uid, group_key, name_key, revision, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const update = database.prepare(
    `UPDATE OR IGNORE load_balancer SET group_key = ?, name_key = ?, revision = ?, body = ? WHERE uid = ? AND revision = ?`,
  );
  const remove = database.prepare('DELETE FROM load_balancer WHERE uid = ? AND revision = ?');
  const all = database.prepare('SELECT body FROM load_balancer ORDER BY group_key, name_key');
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
