// Change disks: an instance with the data disks that a request says, and what is committed with its row: the rows of the disks
// that it takes.

import { namedDisks, planDisks } from '../domain/disk-plan.ts';
import type { DataDisk, Instance } from '../domain/instance.ts';
import type { Json } from '../domain/json.ts';
import type { ManagedDisk } from '../domain/managed-disk.ts';
import { sizeOf } from '../domain/model.ts';
import type { ModelVersion, ScaleSet } from '../domain/scale-set.ts';
import { requireWritableGroup } from './find.ts';
import { findDisk } from './find-disks.ts';
import type { Plane } from './plane.ts';
import { type Change, put, remove } from './ports/store.ts';

export interface DiskChange {
  readonly dataDisks: readonly DataDisk[];
  readonly changes: readonly Change[];
}

/** `asked`: the whole list. What it leaves out is detached. */
export async function changeDisks(
  plane: Plane,
  {
    set,
    instance,
    model,
  }: { readonly set: ScaleSet; readonly instance: Instance; readonly model: ModelVersion },
  asked: readonly Json[],
): Promise<DiskChange> {
  const found = new Map<string, ManagedDisk>();
  for (const name of namedDisks(instance, asked)) {
    const disk = await findDisk(plane, set.group, name);
    if (disk !== undefined) found.set(name, disk);
  }
  const { dataDisks, taken, chosen } = planDisks(
    {
      subscriptionId: plane.subscriptionId,
      set,
      instance,
      size: sizeOf(instance, model),
      now: plane.clock.now(),
      find: (name) => found.get(name.toLowerCase()),
    },
    asked,
  );
  return {
    dataDisks,
    changes: [
      ...taken.map((disk) => remove('disk', disk)),
      // So that of two that choose the same name for a new disk at the same moment, one sees the other's.
      ...(chosen ? [put('group', await requireWritableGroup(plane, set.group))] : []),
    ],
  };
}
