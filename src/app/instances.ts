// Instances, read.

import { handleOf } from '../domain/guest.ts';
import type { Instance } from '../domain/instance.ts';
import { normalLocation } from '../domain/declaration.ts';
import { rulesOf } from '../domain/orchestration.ts';
import { setPath } from '../domain/resource-path.ts';
import { isSolo, type ModelVersion, type ScaleSet } from '../domain/scale-set.ts';
import { type InstanceRef, requireGroup, requireInstance, requireSet, type SetRef } from './find.ts';
import type { Plane } from './plane.ts';
import { requireModel } from './ports/require-model.ts';

export interface InstanceWithModel {
  readonly set: ScaleSet;
  readonly instance: Instance;
  /** The version that it runs, not the set's latest. */
  readonly model: ModelVersion;
}

export interface InstanceList {
  readonly set: ScaleSet;
  readonly models: ReadonlyMap<number, ModelVersion>;
  /** Ordered by id, without surplus; the same array object while nothing changed. */
  readonly instances: readonly Instance[];
}

export async function getInstance(plane: Plane, ref: InstanceRef): Promise<InstanceWithModel> {
  const { set, instance } = await requireInstance(plane, ref);
  return { set, instance, model: await requireModel(plane.store, set.uid, instance.model) };
}

export async function listInstances(plane: Plane, ref: SetRef): Promise<InstanceList> {
  return listOf(plane, await requireSet(plane, ref));
}

async function listOf(plane: Plane, set: ScaleSet): Promise<InstanceList> {
  const models = await plane.store.models(set.uid);
  return {
    set,
    models: new Map(models.map((model) => [model.version, model])),
    instances: listed(await plane.store.instances(set.uid)),
  };
}

/** The guest whose console is asked for. */
export async function consoleOf(plane: Plane, ref: InstanceRef): Promise<{ handle: string }> {
  const { instance } = await getInstance(plane, ref);
  return { handle: handleOf(instance) };
}

/** All machines of these sets, set by set: members of Flexible ones and those without a set. */
export async function listMachines(
  plane: Plane,
  where: { readonly group?: string; readonly location?: string; readonly set?: string },
): Promise<readonly InstanceList[]> {
  if (where.group !== undefined) await requireGroup(plane, where.group);
  const sets = await plane.store.scaleSets(where.group);
  const lists = sets.filter((set) => isAskedFor(plane, set, where)).map(async (set) => listOf(plane, set));
  return (await Promise.all(lists)).filter(({ instances }) => instances.length > 0);
}

/** `set`: an ARM id, in any case. */
function isAskedFor(
  { subscriptionId }: Plane,
  set: ScaleSet,
  where: { readonly location?: string; readonly set?: string },
): boolean {
  if (rulesOf(set.declared).instances !== 'machines') return false;
  if (where.location !== undefined && set.declared.location !== normalLocation(where.location)) return false;
  return where.set === undefined || isPathOf(subscriptionId, set, where.set);
}

function isPathOf(subscriptionId: string, set: ScaleSet, path: string): boolean {
  return !isSolo(set) && setPath(subscriptionId, set).toLowerCase() === path.toLowerCase();
}

const listedOf = new WeakMap<readonly Instance[], readonly Instance[]>();

function listed(instances: readonly Instance[]): readonly Instance[] {
  const known = listedOf.get(instances);
  if (known !== undefined) return known;
  const visible = instances.some((instance) => instance.surplus)
    ? instances.filter((instance) => !instance.surplus)
    : instances;
  listedOf.set(instances, visible);
  return visible;
}
