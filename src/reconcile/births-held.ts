// Births held back: where a region's quotas are taken to the last core, a set makes the replacement of an instance only when that
// one has gone. Elsewhere it does not wait.
// What must hold: nobody is waited for but instances of the same set that are on their way out, so that the wait ends, and
// with it wakes the set's loop.

import { coresIn } from '../app/ports/region-use.ts';
import type { Instance } from '../domain/instance.ts';
import { coresOfVersions, holdsHost, limitOf } from '../domain/quota.ts';
import type { ModelVersion, ScaleSet } from '../domain/scale-set.ts';
import type { World } from './world.ts';

/** How many of the members that are missing are not made yet. */
export async function birthsHeld(
  { store, quotas = {} }: World,
  set: ScaleSet,
  instances: readonly Instance[],
  model: ModelVersion,
): Promise<number> {
  const leaving = instances.filter((one) => !one.wanted.exists && holdsHost(one));
  if (leaving.length === 0) return 0;
  const { location } = set.declared;
  const used = await coresIn(store, location);
  const isScarce = [...coresOfVersions([model], [model.version]).keys()].some(
    (counter) => (used.get(counter) ?? 0) > limitOf(quotas, location, counter),
  );
  return isScarce ? leaving.length : 0;
}
