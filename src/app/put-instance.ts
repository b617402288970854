// PUT of an instance: its protection policy, tags, data disks and user data. The rest of what is sent is the set's to say
// and is ignored, as clients send back the whole instance that they read.

import { checkBase64, checkDataDisks, checkTags } from '../domain/declaration-rules.ts';
import { Failure } from '../domain/failure.ts';
import type { DataDisk, Instance, ProtectionPolicy } from '../domain/instance.ts';
import { flagAt, type JsonObject, listAt, objectAt, tagsFrom, textAt } from '../domain/json.ts';
import { dataDiskName } from '../domain/model.ts';
import type { Operation } from '../domain/operation.ts';
import type { ScaleSet } from '../domain/scale-set.ts';
import { aboutInstance } from '../domain/begun-operation.ts';
import { busy, CONFIGURE_LIMIT, undoable, withTask } from '../domain/verb.ts';
import { beginOperation } from './begin-operation.ts';
import { checkConditions, type Conditions } from './conditions.ts';
import { type InstanceRef, requireLiveSet, requireMember, requireWritableGroup } from './find.ts';
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
    const set = await requireParent(plane, request);
    const current = await requireMember(plane, set, request.instanceId);
    checkConditions(current.etag, request);
    const model = await requireModel(plane.store, set.uid, current.model);
    const { operation, changes } = beginOperation(
      plane,
      origin,
      aboutInstance(set, current.id, { id: plane.ids.guid(), action: 'write' }),
    );
    const instance = configured(set, current, request.body, operation.id, plane.clock.now());
    return { changes: [put('instance', instance), ...changes], answer: { set, instance, model, operation } };
  });
}

/** Azure has words of its own for an instance whose set is not there. */
async function requireParent(plane: Plane, request: PutInstanceRequest): Promise<ScaleSet> {
  if ((await plane.store.scaleSet(request.group, request.name)) === undefined) {
    throw new Failure(
      'parentResourceNotFound',
      `Can not perform requested operation on nested resource. Parent resource '${request.name}' not found.`,
    );
  }
  return requireLiveSet(plane, request, 'Update Virtual Machine Scale Set VM');
}

function configured(
  set: ScaleSet,
  current: Instance,
  body: JsonObject,
  operation: string,
  now: number,
): Instance {
  const properties = objectAt(body, 'properties') ?? {};
  const tags = tagsFrom(body['tags']) ?? current.tags;
  checkTags(tags);
  checkBase64(properties, ['userData']);
  const protection = protectionOf(properties, current.protection);
  const dataDisks = disksOf(set, current, properties);
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
  if (sameDisks(current.dataDisks, dataDisks) && userData === current.userData) return changed;
  if (current.task !== undefined) throw busy();
  const turn = { kind: 'reconfigure', generation: current.generation + 1 } as const;
  const asked = withTask(
    { ...changed, etag: current.etag },
    { ...current.wanted, turn },
    { operation, verb: 'configure', since: now, deadline: now + CONFIGURE_LIMIT, graceful: true },
  );
  return undoable(current, asked);
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

/** A list that is left out changes nothing; one that is sent is the whole of it: what it leaves out is detached. */
function disksOf(set: ScaleSet, current: Instance, properties: JsonObject): readonly DataDisk[] {
  const storage = objectAt(properties, 'storageProfile');
  if (storage === undefined || !Array.isArray(storage['dataDisks'])) return current.dataDisks;
  return checkDataDisks(listAt(storage, 'dataDisks')).map((declared): DataDisk => {
    const lun = Number(declared['lun']);
    const present = current.dataDisks.find((disk) => disk.lun === lun);
    const sizeGiB = Number(declared['diskSizeGB']);
    if (present !== undefined && sizeGiB < present.sizeGiB) {
      throw new Failure(
        'operationNotAllowed',
        `Disk of size ${sizeGiB} GB at lun ${lun} cannot be made smaller than it is, ${present.sizeGiB} GB.`,
      );
    }
    const name = present?.name ?? textAt(declared, 'name') ?? dataDiskName(set.name, current, lun);
    return { lun, sizeGiB, name, declared, fromModel: present?.fromModel ?? false };
  });
}

/** What the guest must be given is the same: everything else about a disk is the plane's to keep. */
function sameDisks(a: readonly DataDisk[], b: readonly DataDisk[]): boolean {
  const given = (disk: DataDisk, other: DataDisk): boolean =>
    other.lun === disk.lun && other.sizeGiB === disk.sizeGiB;
  return a.length === b.length && a.every((disk) => b.some((other) => given(disk, other)));
}
