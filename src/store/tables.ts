// The tables together, and how a commit is written to them. To be called inside a transaction, which the caller rolls
// back when this throws.

import type { DatabaseSync } from 'node:sqlite';

import { type Change, RevisionConflict } from '../app/ports/store.ts';
import type { Deployment } from '../domain/deployment.ts';
import type { Disk } from '../domain/disk.ts';
import type { LoadBalancer } from '../domain/load-balancer.ts';
import type { NetworkResource } from '../domain/network-resource.ts';
import type { ScaleSet } from '../domain/scale-set.ts';
import { type ActivityTable, openActivityTable } from './activity-table.ts';
import { type GroupTable, openGroupTable } from './group-table.ts';
import { type InstanceTable, openInstanceTable } from './instance-table.ts';
import { type LatestTable, openLatestTable } from './latest-table.ts';
import { type ModelTable, openModelTable } from './model-table.ts';
import { namedKey, type NamedTable, openNamedTable } from './named-table.ts';
import { type OperationTable, openOperationTable } from './operation-table.ts';
import type { Prepared } from './prepare.ts';
import { openRollingUpgradeTable, type RollingUpgradeTable } from './rolling-upgrade-table.ts';
import { nameKey, type RowTable } from './row.ts';
import { openRegionTable, type RegionTable } from './region-table.ts';
import { openRunCommandTable, type RunCommandTable } from './run-command-table.ts';

export interface Tables {
  readonly group: GroupTable;
  readonly scaleSet: NamedTable<ScaleSet>;
  readonly model: ModelTable;
  readonly instance: InstanceTable;
  readonly operation: OperationTable;
  readonly runCommand: RunCommandTable;
  readonly loadBalancer: NamedTable<LoadBalancer>;
  readonly network: NamedTable<NetworkResource>;
  readonly disk: NamedTable<Disk>;
  readonly deployment: NamedTable<Deployment>;
  readonly rollingUpgrade: RollingUpgradeTable;
  readonly region: RegionTable;
  readonly activity: ActivityTable;
  readonly latest: LatestTable;
}

export function openTables(database: DatabaseSync): Tables {
  return {
    group: openGroupTable(database),
    scaleSet: openNamedTable(database, 'scale_set'),
    model: openModelTable(database),
    instance: openInstanceTable(database),
    operation: openOperationTable(database),
    runCommand: openRunCommandTable(database),
    loadBalancer: openNamedTable(database, 'load_balancer'),
    network: openNamedTable(database, 'network_resource'),
    disk: openNamedTable(database, 'disk'),
    deployment: openNamedTable(database, 'deployment'),
    rollingUpgrade: openRollingUpgradeTable(database),
    region: openRegionTable(database),
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
    case 'region':
      return change.row.name;
    case 'scaleSet':
    case 'loadBalancer':
    case 'network':
    case 'disk':
    case 'deployment':
      return `${nameKey(change.row.group)}/${namedKey(change.row)} (${change.row.uid})`;
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
