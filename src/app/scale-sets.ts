// Scale sets, read.

import { normalLocation } from '../domain/declaration.ts';
import { Failure } from '../domain/failure.ts';
import type { Instance } from '../domain/instance.ts';
import { rulesOf } from '../domain/orchestration.ts';
import { isSolo, type ScaleSet } from '../domain/scale-set.ts';
import { requireGroup, requireSet, type SetRef } from './find.ts';
import type { Plane } from './plane.ts';

export async function getScaleSet(plane: Plane, ref: SetRef): Promise<ScaleSet> {
  return requireSet(plane, ref);
}

/** Of a group, of a location, or all. */
export async function listScaleSets(
  plane: Plane,
  where: { readonly group?: string; readonly location?: string },
): Promise<readonly ScaleSet[]> {
  if (where.group !== undefined) await requireGroup(plane, where.group);
  const sets = (await plane.store.scaleSets(where.group)).filter((set) => !isSolo(set));
  if (where.location === undefined) return sets;
  const location = normalLocation(where.location);
  return sets.filter((set) => set.declared.location === location);
}

/** What Azure says of reads that only a Uniform set has. `what`: below its path. */
export function notInMode(what: string, { name }: ScaleSet): Failure {
  return new Failure(
    'badRequest',
    `Operation 'VirtualMachineScaleSets.${what}.GET' is not allowed on Virtual Machine Scale Set '${name}'.`,
  );
}

/** The set with its listed instances, for its instance view. */
export async function scaleSetView(
  plane: Plane,
  ref: SetRef,
): Promise<{ set: ScaleSet; instances: readonly Instance[] }> {
  const set = await requireSet(plane, ref);
  if (!rulesOf(set.declared).setInstanceView) throw notInMode('instanceView', set);
  const instances = await plane.store.instances(set.uid);
  return { set, instances: instances.filter((instance) => !instance.surplus) };
}
