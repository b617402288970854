// Disk list: what the action `attachDetachDataDisks` says, as the whole list of data disks that it comes to.

import { Failure } from './failure.ts';
import type { DataDisk, Instance } from './instance.ts';
import { isObject, type Json, type JsonObject, listAt, textAt } from './json.ts';
import { diskPath } from './resource-path.ts';

/** A VM has no more. */
const LUNS = 64;

export function listedDisks(
  subscriptionId: string,
  group: string,
  instance: Instance,
  body: JsonObject,
): readonly Json[] {
  const pathOf = ({ name }: DataDisk): string => diskPath(subscriptionId, group, name).toLowerCase();
  const gone = listAt(body, 'dataDisksToDetach').map((disk) => idOf(disk, 'dataDisksToDetach'));
  for (const id of gone) {
    if (!instance.dataDisks.some((disk) => pathOf(disk) === id.toLowerCase())) {
      throw new Failure('invalidParameter', `Disk '${id}' is not attached to the VM.`, {
        target: 'dataDisksToDetach.diskId',
      });
    }
  }
  const leaves = new Set(gone.map((id) => id.toLowerCase()));
  const present = instance.dataDisks.map((disk): JsonObject => ({
    ...disk.declared,
    lun: disk.lun,
    diskSizeGB: disk.sizeGiB,
    toBeDetached: disk.detaching === true || leaves.has(pathOf(disk)),
  }));
  const luns = new Set(instance.dataDisks.map(({ lun }) => lun));
  const coming = listAt(body, 'dataDisksToAttach').filter(isObject);
  for (const disk of coming) if (typeof disk['lun'] === 'number') luns.add(disk['lun']);
  return [...present, ...coming.map((disk) => attachment(disk, luns))];
}

/** Without a lun, the lowest that is free (Azure: "lun would be auto assigned"). */
function attachment({ diskId, lun, ...rest }: JsonObject, luns: Set<number>): JsonObject {
  const id = idOf({ diskId }, 'dataDisksToAttach');
  const free = typeof lun === 'number' ? lun : lowestFree(luns);
  luns.add(free);
  return { ...rest, lun: free, createOption: 'Attach', managedDisk: { id } };
}

function lowestFree(luns: ReadonlySet<number>): number {
  return Array.from({ length: LUNS }, (_, lun) => lun).find((lun) => !luns.has(lun)) ?? LUNS;
}

function idOf(disk: Json, list: string): string {
  const id = textAt(disk, 'diskId');
  if (id !== undefined) return id;
  throw new Failure('invalidParameter', `Required parameter '${list}.diskId' is missing (null).`, {
    target: `${list}.diskId`,
  });
}
