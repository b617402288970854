// Which times a row holds that have passed when it is written. Deadlines lie ahead and do not count.

import type { Change } from '../app/ports/store.ts';
import type { Instance } from '../domain/instance.ts';
import type { RollingUpgrade } from '../domain/rolling-upgrade.ts';
import type { Time } from '../domain/time.ts';

/** The latest time that has passed in the changed row; 0 when it holds none. */
export function latestTimeOf(change: Change): Time {
  return Math.max(0, ...timesOf(change).filter((time) => time !== undefined));
}

function timesOf(change: Change): readonly (Time | undefined)[] {
  switch (change.kind) {
    case 'append':
      return [change.activity.time];
    case 'putModel':
      return [change.model.created];
    case 'removeModels':
    case 'remove':
      return [];
    case 'put':
      return timesOfRow(change);
  }
}

function timesOfRow(change: Change & { readonly kind: 'put' }): readonly (Time | undefined)[] {
  switch (change.table) {
    case 'group':
    case 'loadBalancer':
    case 'network':
    case 'disk':
      return [change.row.created];
    case 'deployment':
      return [
        change.row.created,
        change.row.ended,
        ...change.row.steps.flatMap(({ started, ended }) => [started, ended]),
      ];
    case 'scaleSet':
      return [change.row.created, change.row.settledAt, change.row.repairs?.since];
    case 'instance':
      return timesOfInstance(change.row);
    case 'operation':
      return [change.row.started, change.row.ended];
    case 'runCommand':
      return [change.row.created, change.row.execution?.startedAt, change.row.execution?.endedAt];
    case 'rollingUpgrade':
      return timesOfUpgrade(change.row);
    case 'region':
      return [];
  }
}

function timesOfInstance(row: Instance): readonly (Time | undefined)[] {
  return [
    row.created,
    row.task?.since,
    row.observed.bootedAt,
    row.settledAt,
    row.health?.since,
    row.repair?.begun,
    ...(row.extensions?.records.flatMap(({ since, endedAt }) => [since, endedAt]) ?? []),
  ];
}

function timesOfUpgrade({
  started,
  lastActionTime,
  batch,
  ended,
}: RollingUpgrade): readonly (Time | undefined)[] {
  return [started, lastActionTime, batch?.begun, ended];
}
