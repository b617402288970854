// Disks: read, write and delete managed disks. Those that are attached are shown from their instance's row, and of them only
// the tags of a data disk may be changed. A deletion is an operation: the disk's content goes first, then its row.

import {
  changesTagsOnly,
  checkDiskName,
  declareDisk,
  type DeclaredDisk,
  patchedDisk,
} from '../domain/disk-declaration.ts';
import { diskUid } from '../domain/disk-name.ts';
import type { Disk } from '../domain/disk.ts';
import { Failure } from '../domain/failure.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Attachment, ManagedDisk } from '../domain/managed-disk.ts';
import type { Operation } from '../domain/operation.ts';
import { diskPath, instancePath } from '../domain/resource-path.ts';
import { busy } from '../domain/verb.ts';
import { beginOperation } from './begin-operation.ts';
import { finalEntry } from './final-entry.ts';
import { requireGroup, requireWritableGroup } from './find.ts';
import { allDisks, findDisk } from './find-disks.ts';
import { checkKeptLocation } from './kept-location.ts';
import { decideAndCommit, type Origin, type Plane } from './plane.ts';
import { type Change, put } from './ports/store.ts';

export interface DiskRef {
  readonly group: string;
  readonly name: string;
}

type DiskWrite = DiskRef & { readonly body: JsonObject };

export async function getDisk(plane: Plane, ref: DiskRef): Promise<ManagedDisk> {
  const found = await findDisk(plane, ref.group, ref.name);
  if (found !== undefined) return found;
  const group = await requireGroup(plane, ref.group);
  throw new Failure(
    'resourceNotFound',
    `The Resource 'Microsoft.Compute/disks/${ref.name}' under resource group '${group.name}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );
}

/** Of a group, or all. */
export async function listDisks(plane: Plane, group?: string): Promise<readonly ManagedDisk[]> {
  if (group !== undefined) await requireGroup(plane, group);
  return allDisks(plane, group);
}

export async function putDisk(plane: Plane, origin: Origin, request: DiskWrite): Promise<ManagedDisk> {
  checkDiskName(request.name);
  return decideAndCommit(plane, async () => {
    const group = await requireWritableGroup(plane, request.group);
    const current = await findDisk(plane, group.name, request.name);
    const declared = declareDisk(request.body, current?.disk);
    if (current !== undefined) {
      checkKeptLocation(current.disk, declared.location);
      return changed(plane, origin, current, declared);
    }
    const disk: Disk = {
      ...declared,
      uid: plane.ids.guid(),
      group: group.name,
      name: request.name,
      revision: 0,
      created: plane.clock.now(),
    };
    // So that a delete of the group at the same moment, or another disk of that name, sees this one or refuses it.
    const changes = [put('group', group), put('disk', disk), entry(plane, origin, disk)];
    return { changes, answer: { disk } };
  });
}

export async function patchDisk(plane: Plane, origin: Origin, request: DiskWrite): Promise<ManagedDisk> {
  return decideAndCommit(plane, async () => {
    await requireWritableGroup(plane, request.group);
    const current = await getDisk(plane, request);
    return changed(plane, origin, current, patchedDisk(request.body, current.disk));
  });
}

/** Undefined: there is none, and deleting what is gone is no failure. */
export async function deleteDisk(plane: Plane, origin: Origin, ref: DiskRef): Promise<Operation | undefined> {
  return decideAndCommit(
    plane,
    async (): Promise<{ changes: readonly Change[]; answer: Operation | undefined }> => {
      const group = await requireGroup(plane, ref.group);
      const found = await findDisk(plane, group.name, ref.name);
      if (found === undefined) return { changes: [], answer: undefined };
      const { disk, attachment } = found;
      if (attachment !== undefined) throw attached(plane, disk, attachment);
      const under = disk.deleting === undefined ? undefined : await plane.store.operation(disk.deleting);
      if (under !== undefined) return { changes: [], answer: under };
      const { operation, changes } = beginOperation(plane, origin, {
        id: plane.ids.guid(),
        name: 'Microsoft.Compute/disks/delete',
        awaits: { kind: 'diskGone', name: disk.name },
        group: disk.group,
        location: disk.location,
        below: `/providers/Microsoft.Compute/disks/${disk.name}`,
      });
      return { changes: [put('disk', { ...disk, deleting: operation.id }), ...changes], answer: operation };
    },
  );
}

/** In Azure's words. */
function attached(plane: Plane, disk: Disk, attachment: Attachment): Failure {
  return new Failure(
    'operationNotAllowed',
    `Disk ${disk.name} is attached to VM ${ownerPath(plane, attachment)}.`,
  );
}

function ownerPath({ subscriptionId }: Plane, { set, instance }: Attachment): string {
  return instancePath(subscriptionId, set, instance);
}

function changed(
  plane: Plane,
  origin: Origin,
  { disk, attachment }: ManagedDisk,
  declared: DeclaredDisk,
): { changes: readonly Change[]; answer: ManagedDisk } {
  if (disk.deleting !== undefined) throw busy();
  const next: Disk = { ...disk, ...declared };
  if (attachment === undefined) {
    return { changes: [put('disk', next), entry(plane, origin, next)], answer: { disk: next } };
  }
  const { instance } = attachment;
  if (!changesTagsOnly(disk, declared)) {
    throw new Failure(
      'operationNotAllowed',
      `Cannot resize disk ${disk.name} while it is attached to running VM ${ownerPath(plane, attachment)}. Resizing a disk of an Azure Virtual Machine requires the virtual machine to be deallocated. Please stop your VM and retry the operation.`,
    );
  }
  const isThis = (one: (typeof instance.dataDisks)[number]): boolean => diskUid(instance, one) === disk.uid;
  if (!instance.dataDisks.some(isThis)) {
    throw new Failure(
      'operationNotAllowed',
      `Disk ${disk.name} is the OS disk of VM ${ownerPath(plane, attachment)} and follows its model: nothing of it can be changed here.`,
    );
  }
  const resource: Disk = { ...disk, tags: declared.tags };
  const dataDisks = instance.dataDisks.map((one) => (isThis(one) ? { ...one, resource } : one));
  return {
    changes: [put('instance', { ...instance, dataDisks }), entry(plane, origin, resource)],
    answer: { disk: resource, attachment },
  };
}

/** It is as declared when it is written: no operation, one entry in the log. */
function entry(plane: Plane, origin: Origin, disk: Disk): Change {
  return finalEntry(plane, origin, {
    operationName: 'Microsoft.Compute/disks/write',
    resourceId: diskPath(plane.subscriptionId, disk.group, disk.name),
    group: disk.group,
  });
}
