// Drawn sizes: those of an instance mix that are granted to members still to be made. Pure.
// What must hold: they are of the mix that the members are made from, and never more than members are missing.

import { coresOf, type Cores, missingMembers } from './quota.ts';
import type { Instance } from './instance.ts';
import type { ModelVersion, ScaleSet } from './scale-set.ts';

interface SetAndInstances {
  readonly set: ScaleSet;
  readonly instances: readonly Instance[];
}

/** An empty list looks as a set does that never was a mix. */
export function withDrawn(set: ScaleSet, sizes: readonly string[]): ScaleSet {
  const { drawn: _before, ...rest } = set;
  return sizes.length === 0 ? rest : { ...rest, drawn: sizes };
}

/** The set after a write, with the sizes that are granted already and that its members may still get. */
export function keepDrawn(
  before: SetAndInstances | undefined,
  { set, instances }: SetAndInstances,
  model: ModelVersion,
): ScaleSet {
  if (before === undefined) return withDrawn(set, []);
  const wereMissing = missingMembers(before.set, before.instances);
  const granted = (before.set.drawn ?? []).slice(0, wereMissing);
  const fit = granted.filter((size) => model.mix?.vmSizes.some(({ name }) => name === size));
  return withDrawn(set, fit.slice(0, missingMembers(set, instances)));
}

/** How many members are to be made for which no size is drawn. */
export function undrawn(set: ScaleSet, instances: readonly Instance[]): number {
  return Math.max(0, missingMembers(set, instances) - (set.drawn?.length ?? 0));
}

/** What the set takes but for those for which no size is drawn. */
export function coresBesides(
  set: ScaleSet,
  instances: readonly Instance[],
  models: readonly ModelVersion[],
): Cores {
  const { declared } = set;
  const capacity = declared.sku.capacity - undrawn(set, instances);
  return coresOf(
    { ...set, declared: { ...declared, sku: { ...declared.sku, capacity } } },
    instances,
    models,
  );
}
