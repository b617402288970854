// Fleets: every scale set with the versions of its model and its instances, for those who look for what stands behind a balancer.

import type { Fleet } from '../../domain/balancing.ts';
import { modelsInUse } from '../../domain/rolling-upgrade.ts';
import type { Store } from './store.ts';

export async function loadFleets(store: Store): Promise<readonly Fleet[]> {
  const sets = await store.scaleSets();
  return Promise.all(
    sets.map(async (set) => ({
      set,
      models: await store.models(set.uid),
      instances: await store.instances(set.uid),
      held: modelsInUse((await store.rollingUpgrades(set.uid)).at(-1)),
    })),
  );
}
