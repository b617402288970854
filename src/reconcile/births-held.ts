// Births held back: where a region's quotas are taken to the last core, a set makes the replacement of an instance only when that
// one has gone. Elsewhere it does not wait.
// What must hold: nobody is waited for but instances of the same set that are on their way out, so that the wait ends, and
// with it wakes the set's loop.

import { coresIn } from '../app/ports/region-use.ts';
import type { Instance } from '../domain/instance.ts';
import { type Cores, coresOfVersions, holdsHost, limitOf, type Quotas } from '../domain/quota.ts';
import type { ModelVersion, ScaleSet } from '../domain/scale-set.ts';
import type { World } from './world.ts';

/** How many of the members that are missing are not made yet. */
export async function birthsHeld(
  { store, quotas = {} }: World,
  set: ScaleSet,
  instances: readonly Instance[],
  model: ModelVersion,
): Promise<number> {
  const leaving = leavers(instances);
  if (leaving.length === 0) return 0;
  const { location } = set.declared;
  const used = await coresIn(store, location);
  const each = coresOfVersions([model], [model.version]);
  return isScarce(quotas, location, used, each.keys()) ? leaving.length : 0;
}

/** On their way out, and still with a host. */
export function leavers(instances: readonly Instance[]): readonly Instance[] {
  return instances.filter((one) => !one.wanted.exists && holdsHost(one));
}

/** More is granted of one of these counters than there is: somebody is waited for. */
export function isScarce(quotas: Quotas, location: string, used: Cores, counters: Iterable<string>): boolean {
  return [...counters].some((counter) => (used.get(counter) ?? 0) > limitOf(quotas, location, counter));
}
