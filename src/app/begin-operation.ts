// Begin operation: the row of a long-running request and its first line in the activity log, as changes to commit together
// with the intent itself.

import { operationEntry } from '../domain/activity-entry.ts';
import { type Beginning, begunOperation } from '../domain/begun-operation.ts';
import type { Operation } from '../domain/operation.ts';
import type { Origin, Plane } from './plane.ts';
import { type Change, put } from './ports/store.ts';

export function beginOperation(
  { subscriptionId, clock, ids }: Plane,
  { caller, correlationId, intent, deployment }: Origin,
  beginning: Beginning,
): { operation: Operation; changes: readonly Change[] } {
  const now = clock.now();
  const operation = begunOperation(beginning, {
    subscriptionId,
    caller,
    correlationId,
    now,
    ...(intent === undefined ? {} : { intent }),
    ...(deployment === undefined ? {} : { deployment }),
  });
  const activity = operationEntry(operation, 'Accepted', ids.guid(), now);
  return { operation, changes: [put('operation', operation), { kind: 'append', activity }] };
}
