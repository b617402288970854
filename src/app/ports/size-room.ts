// Size room: sizes drawn from an instance mix, by what a region's quotas have left beside all that is granted there. Whoever
// draws writes the region's row with what it draws for: of two who read the same room one is refused.

import type { Instance } from '../../domain/instance.ts';
import { type Cores, coresLeft, coresOfSize, isSpot, type Quotas, replaced } from '../../domain/quota.ts';
import { resized, sizeUnder } from '../../domain/resize.ts';
import type { ModelVersion, ScaleSet } from '../../domain/scale-set.ts';
import { chooseSizes, mostThatFit } from '../../domain/size-choice.ts';
import { coresIn, regionOf } from './region-use.ts';
import { type Change, put, type Store } from './store.ts';

export interface Draw {
  readonly set: ScaleSet;
  /** Whose mix it is; of a model without one nothing is drawn. */
  readonly model: ModelVersion;
  readonly count: number;
  /** What the set takes as it is counted now, and as it is to be counted beside what is drawn. */
  readonly instead?: { readonly of: Cores; readonly by: Cores };
}

export interface Drawn {
  /** One for each. Those from `fitting` on have no room: they are what the strategy prefers. */
  readonly sizes: readonly string[];
  readonly fitting: number;
  readonly held: readonly Change[];
}

const NOTHING: Drawn = { sizes: [], fitting: 0, held: [] };

export async function drawSizes(
  { store, quotas = {} }: { readonly store: Store; readonly quotas?: Quotas },
  { set, model, count, instead }: Draw,
): Promise<Drawn> {
  if (model.mix === undefined || count <= 0) return NOTHING;
  const { location } = set.declared;
  const region = await regionOf(store, location);
  const total = await coresIn(store, location);
  const used = instead === undefined ? total : replaced(total, instead.of, instead.by);
  const spot = isSpot(model);
  const counters = model.mix.vmSizes.flatMap(({ name }) => [...coresOfSize(name, spot).keys()]);
  const left = coresLeft(quotas, location, used, counters);
  return {
    sizes: chooseSizes(model.mix, left, count, spot),
    fitting: Math.min(count, mostThatFit(model.mix, left, spot)),
    held: [put('region', region)],
  };
}

export interface Resizing {
  /** The row with the size that it has under the new version. */
  readonly resize: (instance: Instance) => Instance;
  /** To be committed with the rows. */
  readonly held: readonly Change[];
}

/** Of instances that are brought to another version of their set's model. One for which no size has room keeps its own. */
export async function resizing(
  world: { readonly store: Store; readonly quotas?: Quotas },
  set: ScaleSet,
  instances: readonly Instance[],
  to: ModelVersion,
): Promise<Resizing> {
  const models = new Map((await world.store.models(set.uid)).map((model) => [model.version, model]));
  const lacks = (instance: Instance): boolean => {
    const from = models.get(instance.model);
    return from !== undefined && sizeUnder(instance, from, to) === undefined;
  };
  const lacking = instances.filter(lacks);
  const { sizes, fitting, held } = await drawSizes(world, { set, model: to, count: lacking.length });
  const drawn = new Map(lacking.slice(0, fitting).map(({ id }, index) => [id, sizes[index]]));
  return {
    resize(instance) {
      const from = models.get(instance.model);
      return from === undefined ? instance : resized(instance, from, to, drawn.get(instance.id));
    },
    held,
  };
}
