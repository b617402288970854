// Begin operation: the row of a long-running request and its first line in the activity log, as changes to commit together
// with the intent itself.

import { operationEntry } from '../domain/activity-entry.ts';
import type { Awaits, Operation } from '../domain/operation.ts';
import { groupPath, scaleSetPath } from '../domain/resource-path.ts';
import type { ScaleSet } from '../domain/scale-set.ts';
import type { Origin, Plane } from './plane.ts';
import { type Change, put } from './ports/store.ts';

interface Beginning {
  readonly id: string;
  /** ARM's name of what was asked. */
  readonly name: string;
  readonly awaits: Awaits;
  readonly group: string;
  readonly location: string;
  readonly set?: ScaleSet;
  readonly instances?: readonly number[];
  /** Appended to the path of the set or group. */
  readonly below?: string;
}

export function beginOperation(
  plane: Plane,
  origin: Origin,
  beginning: Beginning,
): { operation: Operation; changes: readonly Change[] } {
  const { set } = beginning;
  const base =
    set === undefined
      ? groupPath(plane.subscriptionId, beginning.group)
      : scaleSetPath(plane.subscriptionId, beginning.group, set.name);
  const now = plane.clock.now();
  const operation: Operation = {
    id: beginning.id,
    revision: 0,
    awaits: beginning.awaits,
    group: beginning.group,
    ...(set === undefined ? {} : { set: set.uid, setName: set.name }),
    instances: beginning.instances ?? [],
    failures: [],
    location: beginning.location,
    name: beginning.name,
    resourceId: `${base}${beginning.below ?? ''}`,
    caller: origin.caller,
    correlationId: origin.correlationId,
    started: now,
    status: 'InProgress',
  };
  const activity = operationEntry(operation, 'Accepted', plane.ids.guid(), now);
  return { operation, changes: [put('operation', operation), { kind: 'append', activity }] };
}
