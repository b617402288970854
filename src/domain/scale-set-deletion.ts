// Scale set deletion: the set is marked, whatever was going on in it is preempted, and the loop does the rest.

import type { Operation, OperationStatus } from './operation.ts';
import { preempted } from './operation-outcome.ts';
import type { ScaleSet } from './scale-set.ts';
import type { Time } from './time.ts';

/** `forced`: no instance is told beforehand. */
export function markDeleting(set: ScaleSet, operation: string, forced = false): ScaleSet {
  return {
    ...set,
    etag: set.etag + 1,
    generation: set.generation + 1,
    operation,
    deleting: true,
    ...(forced ? { forced } : {}),
  };
}

/** The set's open operations as they end because of it, except those that wait for just that. */
export function preemptAll(open: readonly Operation[], now: Time): readonly Operation[] {
  const running: OperationStatus = 'InProgress';
  return open
    .filter(({ awaits, status }) => status === running && awaits.kind !== 'scaleSetGone')
    .map((operation) => preempted(operation, now));
}
