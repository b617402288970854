// The tables together, and how a commit is written to them. To be called inside a transaction, which the caller rolls
// back when this throws.

import type { DatabaseSync } from 'node:sqlite';

import { type Change, RevisionConflict } from '../app/ports/store.ts';
import { type ActivityTable, openActivityTable } from './activity-table.ts';
import { type GroupTable, openGroupTable } from './group-table.ts';
import { type InstanceTable, openInstanceTable } from './instance-table.ts';
import { type LatestTable, openLatestTable } from './latest-table.ts';
import { type LoadBalancerTable, openLoadBalancerTable } from './load-balancer-table.ts';
import { type ModelTable, openModelTable } from './model-table.ts';
import { type OperationTable, openOperationTable } from './operation-table.ts';
import type { Prepared } from './prepare.ts';
import { openRollingUpgradeTable, type RollingUpgradeTable } from './rolling-upgrade-table.ts';
import type { RowTable } from './row.ts';
import { openRunCommandTable, type RunCommandTable } from './run-command-table.ts';
import { openScaleSetTable, type ScaleSetTable } from './scale-set-table.ts';

export interface Tables {
  readonly group: GroupTable;
  readonly scaleSet: ScaleSetTable;
  readonly model: ModelTable;
  readonly instance: InstanceTable;
  readonly operation: OperationTable;
  readonly runCommand: RunCommandTable;
  readonly loadBalancer: LoadBalancerTable;
  readonly rollingUpgrade: RollingUpgradeTable;
  readonly activity: ActivityTable;
  readonly latest: LatestTable;
}

export function openTables(database: DatabaseSync): Tables {
  return {
    group: openGroupTable(database),
    scaleSet: openScaleSetTable(database),
    model: openModelTable(database),
    instance: openInstanceTable(database),
    operation: openOperationTable(database),
    runCommand: openRunCommandTable(database),
    loadBalancer: openLoadBalancerTable(database),
    rollingUpgrade: openRollingUpgradeTable(database),
    activity: openActivityTable(database),
    latest: openLatestTable(database),
  };
}

/** Throws RevisionConflict at the first change that does not fit what is stored. */
export function write(tables: Tables, { changes, bodies }: Prepared): void {
  changes.forEach((change, index) => {
    writeOne(tables, change, bodies[index] as string);
  });
}

function writeOne(tables: Tables, change: Change, text: string): void {
  switch (change.kind) {
    case 'put':
    case 'remove': {
      const table = tables[change.table] as RowTable<typeof change.row>;
      const fits = change.kind === 'remove' ? table.remove(change.row) : put(table, change.row, text);
      if (!fits) throw new RevisionConflict(change.table, keyOf(change));
      return;
    }
    case 'putModel': {
      const { set, version } = change.model;
      if (!tables.model.insert(change.model, text)) throw new RevisionConflict('model', `${set} ${version}`);
      return;
    }
    case 'removeModels':
      return tables.model.remove(change.set, change.versions);
    case 'append':
      return tables.activity.append(change.activity, text);
  }
}

function put<Row extends { readonly revision: number }>(
  table: RowTable<Row>,
  row: Row,
  text: string,
): boolean {
  return row.revision === 1 ? table.insert(row, text) : table.update(row, text);
}

function keyOf(change: Change & { readonly kind: 'put' | 'remove' }): string {
  switch (change.table) {
    case 'group':
      return change.row.name;
    case 'scaleSet':
    case 'loadBalancer':
      return `${change.row.group}/${change.row.name} (${change.row.uid})`;
    case 'instance':
      return `${change.row.set}_${change.row.id}`;
    case 'operation':
      return change.row.id;
    case 'runCommand':
      return change.row.key;
    case 'rollingUpgrade':
      return `${change.row.set} ${change.row.number}`;
  }
}
