// Simulate eviction: what Azure does to a Spot instance when it needs the room. Answered at once; the instance goes (or is
// deallocated, by the set's eviction policy) afterwards.

import { aboutInstance } from '../domain/begun-operation.ts';
import { Failure } from '../domain/failure.ts';
import type { Instance } from '../domain/instance.ts';
import { textAt } from '../domain/json.ts';
import { busy, newTask, withTask } from '../domain/verb.ts';
import { leaving } from './act-on-instances.ts';
import { beginOperation } from './begin-operation.ts';
import { type InstanceRef, requireMember } from './find.ts';
import { decideAndCommit, type Origin, type Plane } from './plane.ts';
import { requireModel } from './ports/require-model.ts';
import { put } from './ports/store.ts';

export async function simulateEviction(plane: Plane, origin: Origin, request: InstanceRef): Promise<void> {
  await decideAndCommit(plane, async () => {
    const { set, instance } = await requireMember(plane, request, 'simulateEviction');
    const { profile } = await requireModel(plane.store, set.uid, instance.model);
    if (textAt(profile, 'priority')?.toLowerCase() !== 'spot') {
      throw new Failure(
        'operationNotAllowed',
        "Operation 'simulateEviction' is allowed only for Spot Virtual Machines",
      );
    }
    if (instance.task !== undefined) throw busy();
    const deletes = textAt(profile, 'evictionPolicy')?.toLowerCase() === 'delete';
    const { operation, changes } = beginOperation(
      plane,
      origin,
      aboutInstance(set, instance, { id: plane.ids.guid(), action: 'simulateEviction/action' }),
    );
    const evicted = evict(instance, deletes, operation.id, plane.clock.now());
    const instances = await plane.store.instances(set.uid);
    const evictions = deletes ? leaving(set, instances, [evicted]) : [put('instance', evicted)];
    return { changes: [...evictions, ...changes], answer: undefined };
  });
}

function evict(instance: Instance, deletes: boolean, operation: string, now: number): Instance {
  const wanted = deletes
    ? { ...instance.wanted, exists: false }
    : { ...instance.wanted, power: 'deallocated' as const };
  return withTask(instance, wanted, newTask('evict', operation, now));
}
