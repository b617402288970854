// Balancer loops: one for each balancer's listeners, one for the guests whose health is its probe, and one that whatever may
// change who stands behind a balancer wakes.

import type { Change } from '../app/ports/store.ts';
import { wakeProbed } from './health-probe.ts';
import { balancerKeys, lookAtLoadBalancer } from './load-balancer.ts';
import type { Loop } from './loop.ts';
import type { World } from './world.ts';

type Start = (
  name: string,
  look: typeof lookAtLoadBalancer,
  concurrency: number,
  keys?: () => Promise<string[]>,
) => Loop;

export interface BalancerLoops {
  readonly loadBalancer: Loop;
  readonly probed: Loop;
  readonly balancers: Loop;
}

export function startBalancerLoops(
  world: World,
  start: Start,
  wakeHealth: (handle: string) => void,
): BalancerLoops {
  const loadBalancer = start('loadBalancer', lookAtLoadBalancer, 2, () => balancerKeys(world));
  return {
    loadBalancer,
    probed: start('probed', (_, uid) => wakeProbed(world, uid, wakeHealth), 1),
    balancers: start('balancers', () => wakeAll(world, loadBalancer), 1),
  };
}

async function wakeAll(world: World, loadBalancer: Loop): Promise<undefined> {
  for (const uid of await balancerKeys(world)) loadBalancer.wake(uid);
}

/** To be called for each committed change. Where nothing listens for anybody, only a balancer's own row matters. */
export function wakeBalancers(
  { balancer }: Pick<World, 'balancer'>,
  loops: BalancerLoops,
  change: Change,
): void {
  if (change.kind === 'append') return;
  if (change.kind !== 'putModel' && change.kind !== 'removeModels' && change.table === 'loadBalancer') {
    loops.probed.wake(change.row.uid);
    loops.loadBalancer.wake(change.row.uid);
  }
  if (balancer.connects && concernsMembers(change)) loops.balancers.wake('all');
}

function concernsMembers(change: Change): boolean {
  if (change.kind === 'putModel') return true;
  if (change.kind !== 'put' && change.kind !== 'remove') return false;
  return change.table === 'instance' || change.table === 'scaleSet';
}
