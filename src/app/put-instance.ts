// PUT of an instance: its protection policy, tags, data disks and user data. The rest of what is sent is the set's to say
// and is ignored, as clients send back the whole instance that they read.

import { checkBase64, checkTags } from '../domain/declaration-rules.ts';
import type { DataDisk, Instance, ProtectionPolicy } from '../domain/instance.ts';
import { flagAt, type Json, type JsonObject, listAt, objectAt, tagsFrom, textAt } from '../domain/json.ts';
import { sameGuestDisks } from '../domain/disk-plan.ts';
import type { Operation } from '../domain/operation.ts';
import type { Time } from '../domain/time.ts';
import { aboutInstance } from '../domain/begun-operation.ts';
import { busy, newTask, undoable, withTask } from '../domain/verb.ts';
import { changeDisks } from './change-disks.ts';
import { beginOperation } from './begin-operation.ts';
import { checkConditions, type Conditions } from './conditions.ts';
import { type InstanceRef, parentNotFound, requireMember, requireWritableGroup, updateWord } from './find.ts';
import type { InstanceWithModel } from './instances.ts';
import { decideAndCommit, type Origin, type Plane } from './plane.ts';
import { requireModel } from './ports/require-model.ts';
import { put } from './ports/store.ts';

export interface PutInstanceRequest extends InstanceRef, Conditions {
  readonly body: JsonObject;
}

export async function putInstance(
  plane: Plane,
  origin: Origin,
  request: PutInstanceRequest,
): Promise<InstanceWithModel & { operation: Operation }> {
  return decideAndCommit(plane, async () => {
    await requireWritableGroup(plane, request.group);
    await requireParent(plane, request);
    const { set, instance: current } = await requireMember(plane, request, updateWord(request));
    checkConditions(current.etag, request);
    const model = await requireModel(plane.store, set.uid, current.model);
    const { operation, changes } = beginOperation(
      plane,
      origin,
      aboutInstance(set, current, { id: plane.ids.guid(), action: 'write' }),
    );
    const asked = disksAsked(request.body);
    const disks =
      asked === undefined ? undefined : await changeDisks(plane, { set, instance: current, model }, asked);
    const instance = configured(current, request.body, disks?.dataDisks ?? current.dataDisks, {
      operation: operation.id,
      now: plane.clock.now(),
    });
    return {
      changes: [put('instance', instance), ...(disks?.changes ?? []), ...changes],
      answer: { set, instance, model, operation },
    };
  });
}

/** A list that is left out changes nothing; one that is sent is the whole of it. */
function disksAsked(body: JsonObject): readonly Json[] | undefined {
  const storage = objectAt(body, 'properties', 'storageProfile');
  return Array.isArray(storage?.['dataDisks']) ? listAt(storage, 'dataDisks') : undefined;
}

/** Azure has words of its own for an instance whose set is not there. */
async function requireParent(plane: Plane, request: PutInstanceRequest): Promise<void> {
  if (
    request.instanceId !== undefined &&
    (await plane.store.scaleSet(request.group, request.name)) === undefined
  ) {
    throw parentNotFound(request.name);
  }
}

function configured(
  current: Instance,
  body: JsonObject,
  dataDisks: readonly DataDisk[],
  { operation, now }: { readonly operation: string; readonly now: Time },
): Instance {
  const properties = objectAt(body, 'properties') ?? {};
  const tags = tagsFrom(body['tags']) ?? current.tags;
  checkTags(tags);
  checkBase64(properties, ['userData']);
  const protection = protectionOf(properties, current.protection);
  const userData = textAt(properties, 'userData') ?? current.userData;
  const changed: Instance = {
    ...current,
    etag: current.etag + 1,
    tags,
    dataDisks,
    ...(protection === undefined ? {} : { protection }),
    ...(userData === undefined ? {} : { userData }),
    ownModel: current.ownModel || userData !== current.userData,
  };
  // Tags and protection are the plane's to keep; only what the guest must be given is a verb, and waits its turn.
  if (sameGuestDisks(current.dataDisks, dataDisks) && userData === current.userData) return changed;
  return reconfigured(current, { ...changed, etag: current.etag }, operation, now);
}

/** `changed`, which a request made of `current`, with the verb in hand that gives it to its guest. */
export function reconfigured(current: Instance, changed: Instance, operation: string, now: Time): Instance {
  if (current.task !== undefined) throw busy();
  const turn = { kind: 'reconfigure', generation: current.generation + 1 } as const;
  const task = newTask('configure', operation, now);
  return undoable(current, withTask(changed, { ...current.wanted, turn }, task));
}

function protectionOf(
  properties: JsonObject,
  current: ProtectionPolicy | undefined,
): ProtectionPolicy | undefined {
  const policy = objectAt(properties, 'protectionPolicy');
  if (policy === undefined) return current;
  return {
    protectFromScaleIn: flagAt(policy, 'protectFromScaleIn') ?? false,
    protectFromScaleSetActions: flagAt(policy, 'protectFromScaleSetActions') ?? false,
  };
}
