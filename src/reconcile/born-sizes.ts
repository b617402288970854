// Born sizes: which size each member gets that is made next of an instance mix. Most were drawn when they were granted; what is
// to take the place of another is drawn here. Where the quotas leave no room it gets the size of one that is on its way out,
// and is made when that has gone.
// What must hold: nobody is made with a size that the mix does not have, nor beyond the quotas. Where the mix has lost the size
// of one that went and no other has room, its place stays empty until there is some, and the set says so.

import { coresIn } from '../app/ports/region-use.ts';
import { drawSizes } from '../app/ports/size-room.ts';
import type { Change } from '../app/ports/store.ts';
import { coresBesides, undrawn, withDrawn } from '../domain/drawn-sizes.ts';
import type { OperationError } from '../domain/failure.ts';
import type { Instance } from '../domain/instance.ts';
import { coresOf, coresOfSize, isSpot, missingMembers, replaced } from '../domain/quota.ts';
import type { ModelVersion, ScaleSet } from '../domain/scale-set.ts';
import { birthsHeld, isScarce, leavers } from './births-held.ts';
import type { World } from './world.ts';

export interface BornSizes {
  /** With the sizes of the members that are missing, as far as there is room. */
  readonly set: ScaleSet;
  /** How many of those are not made yet. */
  readonly held: number;
  /** To be committed with the set and those that are made. */
  readonly changes: readonly Change[];
  /** Nobody can be made, and nobody is waited for. */
  readonly failure?: OperationError;
}

/** Of a model with one size it is only how many have to wait. */
export async function bornSizes(
  world: World,
  given: ScaleSet,
  instances: readonly Instance[],
  model: ModelVersion,
): Promise<BornSizes> {
  if (missingMembers(given, instances) === 0) return { set: given, held: 0, changes: [] };
  if (model.mix === undefined) {
    return { set: given, held: await birthsHeld(world, given, instances, model), changes: [] };
  }
  const models = await world.store.models(given.uid);
  const count = undrawn(given, instances);
  const { sizes, fitting, held } = await drawSizes(world, {
    set: given,
    model,
    count,
    instead: { of: coresOf(given, instances, models), by: coresBesides(given, instances, models) },
  });
  const leaving = leavers(instances);
  const left = leaving.map(({ size }) => size).filter((size) => isInMix(model, size));
  const fresh = [...sizes.slice(0, fitting), ...left.slice(0, count - fitting)];
  const set = fresh.length === 0 ? given : withDrawn(given, [...(given.drawn ?? []), ...fresh]);
  const lacking = count - fresh.length;
  const changes = fresh.length === 0 ? [] : held;
  if (leaving.length === 0) {
    // Those that have a size are made first.
    const isShort = lacking > 0 && set.drawn === undefined;
    return { set, held: lacking, changes, ...(isShort ? { failure: noRoom(given, lacking) } : {}) };
  }
  const used = replaced(
    await coresIn(world.store, given.declared.location),
    coresOf(given, instances, models),
    coresOf(set, instances, models),
  );
  const counters = (set.drawn ?? []).flatMap((size) => [...coresOfSize(size, isSpot(model)).keys()]);
  const scarce = isScarce(world.quotas ?? {}, given.declared.location, used, counters);
  return { set, held: scarce ? Math.max(lacking, leaving.length) : lacking, changes };
}

/** The size of one that goes is not in the mix any more, and no size that is has room. */
function noRoom({ name, declared }: ScaleSet, count: number): OperationError {
  return {
    code: 'OperationNotAllowed',
    message: `Instances of the scale set '${name}' could not be replaced (${count}): no size of its instance mix has room in the quotas of ${declared.location}.`,
  };
}

function isInMix({ mix }: ModelVersion, size: string | undefined): size is string {
  return mix?.vmSizes.some(({ name }) => name === size) === true;
}
