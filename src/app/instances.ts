// Instances, read.

import { guestHandle } from '../domain/guest.ts';
import type { Instance } from '../domain/instance.ts';
import type { ModelVersion, ScaleSet } from '../domain/scale-set.ts';
import { type InstanceRef, requireInstance, requireSet, type SetRef } from './find.ts';
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
  const set = await requireSet(plane, ref);
  const instance = await requireInstance(plane, set, ref.instanceId);
  return { set, instance, model: await requireModel(plane.store, set.uid, instance.model) };
}

export async function listInstances(plane: Plane, ref: SetRef): Promise<InstanceList> {
  const set = await requireSet(plane, ref);
  const models = await plane.store.models(set.uid);
  return {
    set,
    models: new Map(models.map((model) => [model.version, model])),
    instances: listed(await plane.store.instances(set.uid)),
  };
}

/** The guest whose console is asked for. */
export async function consoleOf(plane: Plane, ref: InstanceRef): Promise<{ handle: string }> {
  const { set, instance } = await getInstance(plane, ref);
  return { handle: guestHandle(set.uid, instance.id) };
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
