// Group resources: what is in a resource group beside its scale sets, which are deleted one by one. All of it is there as soon as
// it is written and goes with its group in one commit.

import type { LoadBalancer } from '../../domain/load-balancer.ts';
import { NETWORK_TYPES, type NetworkResource } from '../../domain/network-resource.ts';
import type { Change, Store } from './store.ts';

export type GroupResource =
  | { readonly table: 'loadBalancer'; readonly row: LoadBalancer }
  | { readonly table: 'network'; readonly row: NetworkResource };

/** Of a group, or of all. */
export async function groupResources(store: Store, group?: string): Promise<readonly GroupResource[]> {
  const balancers = await store.loadBalancers(group);
  const networks = await Promise.all(NETWORK_TYPES.map(async (type) => store.networks(type, group)));
  return [
    ...balancers.map((row): GroupResource => ({ table: 'loadBalancer', row })),
    ...networks.flat().map((row): GroupResource => ({ table: 'network', row })),
  ];
}

/** Written again as it is. */
export function kept(resource: GroupResource): Change {
  return { kind: 'put', ...resource };
}

export function removed(resource: GroupResource): Change {
  return { kind: 'remove', ...resource };
}
