// Quota, held: what a request takes in addition is checked against all that its region has granted, and the region's row is
// written with it. It is read before anything that is counted: whatever is granted meanwhile makes the commit conflict, and the
// request is decided again (ADR 0013).

import { coresBesides, keepDrawn, undrawn, withDrawn } from '../domain/drawn-sizes.ts';
import type { Instance } from '../domain/instance.ts';
import { additional, checkQuota, type Cores, coresOf, type Quotas } from '../domain/quota.ts';
import type { ModelVersion, ScaleSet } from '../domain/scale-set.ts';
import type { Plane } from './plane.ts';
import { coresIn, regionOf } from './ports/region-use.ts';
import { drawSizes } from './ports/size-room.ts';
import { type Change, put } from './ports/store.ts';

/** A set as it is, or as a request leaves it. */
export interface SetAndInstances {
  readonly set: ScaleSet;
  readonly instances: readonly Instance[];
}

export interface Granted {
  /** With a size drawn for each member that is still to be made, where the set is an instance mix. */
  readonly set: ScaleSet;
  readonly held: readonly Change[];
}

/**
 * What a write of the set is granted: room for what it takes in addition, from an instance mix in those sizes that have it.
 * @param before undefined where there was no such set
 * @param model the version that the set has afterwards
 */
export async function grant(
  plane: Plane,
  before: SetAndInstances | undefined,
  after: SetAndInstances,
  model: ModelVersion,
): Promise<Granted> {
  const { instances } = after;
  const models = [...(await plane.store.models(after.set.uid)), model];
  const kept = keepDrawn(before, after, model);
  const { sizes } = await drawSizes(plane, {
    set: kept,
    model,
    count: undrawn(kept, instances),
    instead: {
      of: before === undefined ? new Map() : coresOf(before.set, before.instances, models),
      by: coresBesides(kept, instances, models),
    },
  });
  const set = withDrawn(kept, [...(kept.drawn ?? []), ...sizes]);
  return { set, held: await holdQuota(plane, before, { set, instances }, model) };
}

/**
 * The change that goes with a request that takes more; nothing with one that does not.
 * @param before undefined where there was no such set
 * @param model the version that the request makes, where it makes one
 */
export async function holdQuota(
  plane: Plane,
  before: SetAndInstances | undefined,
  after: SetAndInstances,
  model?: ModelVersion,
): Promise<readonly Change[]> {
  const { location } = after.set.declared;
  const region = await regionOf(plane.store, location);
  const models = [...(await plane.store.models(after.set.uid)), ...(model === undefined ? [] : [model])];
  const took: Cores = before === undefined ? new Map() : coresOf(before.set, before.instances, models);
  const more = additional(took, coresOf(after.set, after.instances, models));
  if (more.size === 0) return [];
  checkQuota(quotasOf(plane), location, await coresIn(plane.store, location), more);
  return [put('region', region)];
}

export function quotasOf({ quotas }: Plane): Quotas {
  return quotas ?? {};
}
