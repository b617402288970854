// Managed disks: the resource itself, its lists, and the action that attaches and detaches them.

import { attachDetachDisks } from '../../app/attach-detach-disks.ts';
import { deleteDisk, type DiskRef, getDisk, listDisks, patchDisk, putDisk } from '../../app/disks.ts';
import type { DISK_ROUTES } from '../../arm/disk-routes.ts';
import { attachDetachBody, diskBody as diskSchema } from '../../arm/disk-schemas.ts';
import { textAt } from '../../domain/json.ts';
import { type Call, type Handler, instanceRef, nameOf } from '../context.ts';
import { readBody } from '../json-body.ts';
import { checkLocation } from '../location.ts';
import { longRunning } from '../long-running.ts';
import { type Answer, empty, json } from '../response.ts';
import { diskBody } from '../views/disk.ts';

const TYPE = 'Microsoft.Compute/disks';

const listAllDisks: Handler = async (call) => list(call);

const listDisksByGroup: Handler = async (call) => list(call, nameOf(call, 'group'));

async function list(call: Call, group?: string): Promise<Answer> {
  const { plane } = call.context;
  const disks = await listDisks(plane, group);
  return json(200, { value: disks.map((disk) => diskBody(disk, plane.subscriptionId)) });
}

const putDiskRoute: Handler = async (call) => {
  const body = readBody(call.request, diskSchema, 'required');
  checkLocation(textAt(body, 'location'), TYPE);
  const { plane } = call.context;
  const disk = await putDisk(plane, call.origin, { ...diskRef(call), body });
  return json(200, diskBody(disk, plane.subscriptionId));
};

const patchDiskRoute: Handler = async (call) => {
  const body = readBody(call.request, diskSchema, 'required');
  const { plane } = call.context;
  const disk = await patchDisk(plane, call.origin, { ...diskRef(call), body });
  return json(200, diskBody(disk, plane.subscriptionId));
};

const getDiskRoute: Handler = async (call) => {
  const { plane } = call.context;
  return json(200, diskBody(await getDisk(plane, diskRef(call)), plane.subscriptionId));
};

const deleteDiskRoute: Handler = async (call) => {
  const operation = await deleteDisk(call.context.plane, call.origin, diskRef(call));
  return operation === undefined ? empty(204) : longRunning(call, { operation });
};

export const attachDetachRoute: Handler = async (call) => {
  const body = readBody(call.request, attachDetachBody, 'required');
  const operation = await attachDetachDisks(call.context.plane, call.origin, { ...instanceRef(call), body });
  return longRunning(call, { operation });
};

function diskRef(call: Call): DiskRef {
  return { group: nameOf(call, 'group'), name: nameOf(call, 'disk') };
}

export const DISK_HANDLERS: Readonly<Record<keyof typeof DISK_ROUTES, Handler>> = {
  'disks.listAll': listAllDisks,
  'disks.listByGroup': listDisksByGroup,
  'disks.put': putDiskRoute,
  'disks.patch': patchDiskRoute,
  'disks.get': getDiskRoute,
  'disks.delete': deleteDiskRoute,
};
