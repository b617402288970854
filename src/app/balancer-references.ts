// Balancer references of a scale set: what its model names must be there. The rows that are named are written again with the
// set, so that a balancer's delete at the same moment sees the set or is refused.

import { needsOf } from '../domain/balancer-use.ts';
import { checkHealthProbe } from '../domain/health-probe.ts';
import { danglingReference } from '../domain/load-balancer-declaration.ts';
import { findChild, type LoadBalancer } from '../domain/load-balancer.ts';
import { objectAt } from '../domain/json.ts';
import { setPath } from '../domain/resource-path.ts';
import type { ScaleSet } from '../domain/scale-set.ts';
import { requireWritableGroup } from './find.ts';
import type { Plane } from './plane.ts';
import { type Change, put } from './ports/store.ts';

/** Throws Azure's InvalidResourceReference for a part that is not there, or in another region. */
export async function holdReferences(plane: Plane, set: ScaleSet): Promise<readonly Change[]> {
  const profile = objectAt(set.declared.properties, 'virtualMachineProfile') ?? {};
  const held = new Map<string, LoadBalancer>();
  for (const { id, kind, reference } of needsOf(plane.subscriptionId, profile)) {
    const balancer = reference && (await plane.store.loadBalancer(reference.group, reference.balancer));
    const fits =
      balancer?.location === set.declared.location && findChild(balancer, kind, reference?.name ?? '');
    if (balancer === undefined || !fits) {
      throw danglingReference(id, setPath(plane.subscriptionId, set));
    }
    if (kind === 'probes') {
      const path = setPath(plane.subscriptionId, set);
      checkHealthProbe(path, profile, { id, name: reference?.name ?? '' }, balancer);
    }
    // A balancer of a group that is going away goes with it.
    await requireWritableGroup(plane, balancer.group);
    held.set(balancer.uid, balancer);
  }
  return [...held.values()].map((balancer) => put('loadBalancer', balancer));
}
