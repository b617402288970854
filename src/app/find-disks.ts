// Find disks: managed disks by group and name, whether they are attached to nothing or part of an instance.

import { osDiskName } from '../domain/disk-name.ts';
import type { DataDisk, Instance } from '../domain/instance.ts';
import { dataDiskResource, type ManagedDisk, osDiskResource } from '../domain/managed-disk.ts';
import type { ScaleSet } from '../domain/scale-set.ts';
import type { Plane } from './plane.ts';
import { requireModel } from './ports/require-model.ts';

/** Of one group or of all: what is attached to nothing first, then the disks of each instance. Surplus instances are not listed, nor are their disks. */
export async function allDisks(plane: Plane, group?: string): Promise<readonly ManagedDisk[]> {
  const unattached = (await plane.store.disks(group)).map((disk) => ({ disk }));
  const attached: ManagedDisk[] = [];
  for (const set of await plane.store.scaleSets(group)) {
    for (const instance of await plane.store.instances(set.uid)) {
      if (instance.surplus) continue;
      attached.push(await osDiskOf(plane, set, instance));
      for (const disk of instance.dataDisks) attached.push(dataDiskOf(set, instance, disk));
    }
  }
  return [...unattached, ...attached];
}

export async function findDisk(plane: Plane, group: string, name: string): Promise<ManagedDisk | undefined> {
  const disk = await plane.store.disk(group, name);
  if (disk !== undefined) return { disk };
  const wanted = name.toLowerCase();
  for (const set of await plane.store.scaleSets(group)) {
    for (const instance of await plane.store.instances(set.uid)) {
      const found = instance.dataDisks.find((one) => one.name.toLowerCase() === wanted);
      if (found !== undefined) return dataDiskOf(set, instance, found);
      if (osDiskName(set.name, instance).toLowerCase() === wanted) return osDiskOf(plane, set, instance);
    }
  }
  return undefined;
}

function dataDiskOf(set: ScaleSet, instance: Instance, disk: DataDisk): ManagedDisk {
  const attachment = { set, instance, isDetaching: disk.detaching === true };
  return { disk: dataDiskResource(set, instance, disk), attachment };
}

async function osDiskOf(plane: Plane, set: ScaleSet, instance: Instance): Promise<ManagedDisk> {
  const model = await requireModel(plane.store, set.uid, instance.model);
  return {
    disk: osDiskResource(plane.subscriptionId, { set, model, instance }),
    attachment: { set, instance, isDetaching: false },
  };
}
