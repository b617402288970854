// Load balancer reconciler: brings the listeners of a balancer in line with its row and with the instances behind it.

import { loadFleets } from '../app/ports/fleets.ts';
import { membersOf, planListeners } from '../domain/balancing.ts';
import type { Time } from '../domain/time.ts';
import type { World } from './world.ts';

/** The key is the balancer's uid. */
export async function lookAtLoadBalancer(world: World, uid: string): Promise<Time | undefined> {
  if (!world.balancer.connects) return undefined;
  const balancer = await world.store.loadBalancerByUid(uid);
  const listeners =
    balancer === undefined ? [] : planListeners(balancer, membersOf(balancer, await loadFleets(world.store)));
  await world.balancer.apply(uid, listeners);
  return undefined;
}

export async function balancerKeys(world: World): Promise<string[]> {
  return (await world.store.loadBalancers()).map((balancer) => balancer.uid);
}
