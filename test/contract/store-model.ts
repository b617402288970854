// A store so naive that it is plainly right: maps, copied whole for each commit. What every real store is held against.

import type { Change, Rows, Table } from '../../src/app/ports/store.ts';
import type { Activity } from '../../src/domain/activity.ts';
import type { ModelVersion } from '../../src/domain/scale-set.ts';

type RowMaps = { readonly [T in Table]: Map<string, Rows[T]> };

export interface Contents extends RowMaps {
  readonly models: Map<string, ModelVersion>;
  readonly activity: readonly Activity[];
}

export function noContents(): Contents {
  return {
    group: new Map(),
    scaleSet: new Map(),
    instance: new Map(),
    operation: new Map(),
    runCommand: new Map(),
    loadBalancer: new Map(),
    network: new Map(),
    disk: new Map(),
    deployment: new Map(),
    rollingUpgrade: new Map(),
    region: new Map(),
    models: new Map(),
    activity: [],
  };
}

export function copyOf(contents: Contents): Contents {
  return {
    group: new Map(contents.group),
    scaleSet: new Map(contents.scaleSet),
    instance: new Map(contents.instance),
    operation: new Map(contents.operation),
    runCommand: new Map(contents.runCommand),
    loadBalancer: new Map(contents.loadBalancer),
    network: new Map(contents.network),
    disk: new Map(contents.disk),
    deployment: new Map(contents.deployment),
    rollingUpgrade: new Map(contents.rollingUpgrade),
    region: new Map(contents.region),
    models: new Map(contents.models),
    activity: contents.activity,
  };
}

/** What the contents are after the change; undefined when it does not fit. */
export function afterChange(before: Contents, change: Change): Contents | undefined {
  const after = copyOf(before);
  switch (change.kind) {
    case 'append':
      return { ...after, activity: [...after.activity, change.activity] };
    case 'putModel': {
      const key = `${change.model.set} ${change.model.version}`;
      if (after.models.has(key)) return undefined;
      after.models.set(key, change.model);
      return after;
    }
    case 'removeModels':
      for (const [key, model] of after.models) {
        if (model.set === change.set && (change.versions?.includes(model.version) ?? true))
          after.models.delete(key);
      }
      return after;
    default:
      return afterRowChange(after, change);
  }
}

function afterRowChange(after: Contents, change: Change & { kind: 'put' | 'remove' }): Contents | undefined {
  const rows = after[change.table] as Map<string, typeof change.row>;
  const key = keyOf(change);
  if ((rows.get(key)?.revision ?? 0) !== change.row.revision) return undefined;
  if (change.kind === 'remove') return rows.delete(key) ? after : undefined;
  const unique = uniqueOf(change);
  for (const [otherKey, row] of rows) {
    const other = { ...change, row } as typeof change;
    if (otherKey !== key && unique !== undefined && uniqueOf(other) === unique) return undefined;
  }
  rows.set(key, { ...change.row, revision: change.row.revision + 1 });
  return after;
}

export function keyOf(change: Change & { kind: 'put' | 'remove' }): string {
  switch (change.table) {
    case 'group':
      return change.row.name.toLowerCase();
    case 'region':
      return change.row.name;
    case 'scaleSet':
    case 'loadBalancer':
    case 'network':
    case 'disk':
    case 'deployment':
      return change.row.uid;
    case 'instance':
      return `${change.row.set} ${change.row.id}`;
    case 'operation':
      return change.row.id;
    case 'runCommand':
      return change.row.key;
    case 'rollingUpgrade':
      return `${change.row.set} ${change.row.number}`;
  }
}

/** What no other row of the table may share, beside the key. */
function uniqueOf(change: Change & { kind: 'put' | 'remove' }): string | undefined {
  switch (change.table) {
    case 'scaleSet':
      return `${change.row.type ?? ''} ${change.row.group} ${change.row.name}`.toLowerCase();
    case 'instance': {
      const { machine } = change.row;
      return machine === undefined ? undefined : `${machine.group} ${machine.name}`.toLowerCase();
    }
    case 'loadBalancer':
    case 'disk':
    case 'deployment':
      return `${change.row.group} ${change.row.name}`.toLowerCase();
    case 'network':
      return `${change.row.type} ${change.row.group} ${change.row.name}`.toLowerCase();
    case 'runCommand': {
      const { set, instance, kind, name } = change.row;
      return kind === 'resource' ? `${set} ${instance} ${name}`.toLowerCase() : undefined;
    }
    default:
      return undefined;
  }
}
