// Attach and detach data disks: the action on an instance that names only the disks that come and go. Everything else stays.

import { aboutInstance } from '../domain/begun-operation.ts';
import { listedDisks } from '../domain/disk-list.ts';
import { sameGuestDisks } from '../domain/disk-plan.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Operation } from '../domain/operation.ts';
import { beginOperation } from './begin-operation.ts';
import { changeDisks } from './change-disks.ts';
import { type InstanceRef, requireMember, requireWritableGroup, updateWord } from './find.ts';
import { decideAndCommit, type Origin, type Plane } from './plane.ts';
import { requireModel } from './ports/require-model.ts';
import { put } from './ports/store.ts';
import { reconfigured } from './put-instance.ts';

export async function attachDetachDisks(
  plane: Plane,
  origin: Origin,
  request: InstanceRef & { readonly body: JsonObject },
): Promise<Operation> {
  return decideAndCommit(plane, async () => {
    await requireWritableGroup(plane, request.group);
    const { set, instance } = await requireMember(plane, request, updateWord(request));
    const model = await requireModel(plane.store, set.uid, instance.model);
    const asked = listedDisks(plane.subscriptionId, set.group, instance, request.body);
    const disks = await changeDisks(plane, { set, instance, model }, asked);
    const { operation, changes } = beginOperation(
      plane,
      origin,
      aboutInstance(set, instance, { id: plane.ids.guid(), action: ATTACH_DETACH }),
    );
    const changed = { ...instance, dataDisks: disks.dataDisks };
    const next = sameGuestDisks(instance.dataDisks, disks.dataDisks)
      ? changed
      : reconfigured(instance, changed, operation.id, plane.clock.now());
    return { changes: [put('instance', next), ...disks.changes, ...changes], answer: operation };
  });
}

const ATTACH_DETACH = 'attachDetachDataDisks/action';
