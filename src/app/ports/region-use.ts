// Region use: what is taken of a region's quotas, and the row that is written with whatever takes more. Whoever decides by the
// two reads the row first: what is granted meanwhile makes the commit conflict.

import { type Cores, coresOf, type Region, sumOf } from '../../domain/quota.ts';
import type { Store } from './store.ts';

type Reading = Pick<Store, 'region' | 'scaleSets' | 'instances' | 'models'>;

/** A new row where nothing was granted yet. */
export async function regionOf(store: Reading, location: string): Promise<Region> {
  return (await store.region(location)) ?? { name: location, revision: 0 };
}

/** What all sets of a location take. */
export async function coresIn(store: Reading, location: string): Promise<Cores> {
  const sets = (await store.scaleSets()).filter(({ declared }) => declared.location === location);
  const each = sets.map(async (set) =>
    coresOf(set, await store.instances(set.uid), await store.models(set.uid)),
  );
  return sumOf(await Promise.all(each));
}
