// Delete a scale set: it is marked and whatever went on in it is preempted; the loop removes its instances, then it.

import { operationEntry } from '../domain/activity-entry.ts';
import type { Operation } from '../domain/operation.ts';
import { markDeleting, preemptAll } from '../domain/scale-set-deletion.ts';
import type { ScaleSet } from '../domain/scale-set.ts';
import { acknowledged } from '../domain/terminate-notice.ts';
import { beginOperation } from './begin-operation.ts';
import { checkConditions, type Conditions } from './conditions.ts';
import { requireGroup, type SetRef } from './find.ts';
import { decideAndCommit, type Origin, type Plane } from './plane.ts';
import { type Change, put } from './ports/store.ts';

/** Answers undefined when there is no such set: that is no failure (azure-wire section 2). */
export async function deleteScaleSet(
  plane: Plane,
  origin: Origin,
  request: SetRef & Conditions & { readonly force?: boolean },
): Promise<Operation | undefined> {
  return decideAndCommit(
    plane,
    async (): Promise<{ changes: readonly Change[]; answer: Operation | undefined }> => {
      const set = await plane.store.scaleSet(request.group, request.name);
      if (set === undefined) {
        await requireGroup(plane, request.group);
        return { changes: [], answer: undefined };
      }
      checkConditions(set.etag, request);
      if (set.deleting) {
        const underWay = await plane.store.operation(set.operation);
        if (request.force !== true) return { changes: [], answer: underWay };
        const forced: ScaleSet = { ...set, forced: true };
        return { changes: [put('scaleSet', forced), ...(await hurried(plane, set))], answer: underWay };
      }
      const { operation, changes } = beginOperation(plane, origin, {
        id: plane.ids.guid(),
        name: 'Microsoft.Compute/virtualMachineScaleSets/delete',
        awaits: { kind: 'scaleSetGone' },
        group: set.group,
        location: set.declared.location,
        set,
      });
      const now = plane.clock.now();
      const preempted = preemptAll(await plane.store.openOperations(set.uid), now).flatMap(
        (ended): readonly Change[] => [
          put('operation', ended),
          { kind: 'append', activity: operationEntry(ended, 'Failed', plane.ids.guid(), now) },
        ],
      );
      return {
        changes: [
          put('scaleSet', markDeleting(set, operation.id, request.force)),
          ...(request.force === true ? await hurried(plane, set) : []),
          ...preempted,
          ...changes,
        ],
        answer: operation,
      };
    },
  );
}

/** Those that are waiting for the end of their notice, as they go on at once. */
async function hurried(plane: Plane, set: ScaleSet): Promise<readonly Change[]> {
  const now = plane.clock.now();
  return (await plane.store.instances(set.uid)).flatMap((instance) => {
    const after = acknowledged(instance, now);
    return after === instance ? [] : [put('instance', after)];
  });
}
