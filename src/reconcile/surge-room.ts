// Surge room: how many replacements the quotas of its region leave room for at the moment. Azure looks before each batch and
// upgrades in place where there is not enough.

import { coresIn, regionOf } from '../app/ports/region-use.ts';
import { type Change, put } from '../app/ports/store.ts';
import { coresOfAnySize, roomFor } from '../domain/quota.ts';
import type { ModelVersion, ScaleSet } from '../domain/scale-set.ts';
import type { World } from './world.ts';

export interface SurgeRoom {
  readonly room: number;
  /** To be committed with replacements, so that nobody else takes the same room. */
  readonly held: readonly Change[];
}

/** @param target the model version that replacements are made from */
export async function surgeRoom(
  { store, quotas = {} }: World,
  set: ScaleSet,
  target: ModelVersion,
  models: readonly ModelVersion[],
): Promise<SurgeRoom> {
  const { location } = set.declared;
  const region = await regionOf(store, location);
  const used = await coresIn(store, location);
  const each = coresOfAnySize(models, [target.version, set.model]);
  return { room: roomFor(quotas, location, used, each), held: [put('region', region)] };
}
