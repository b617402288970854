// Group resources: the list of them, and whether they may go with their group.

import { checkDeletable, usesOf } from '../domain/balancer-use.ts';
import type { Fleet } from '../domain/balancing.ts';
import { sameName } from '../domain/load-balancer.ts';
import type { NetworkNeed } from '../domain/network-need.ts';
import { checkNetworkDeletable, usersOf } from '../domain/network-use.ts';
import { allNeeds } from './network-references.ts';
import type { Plane } from './plane.ts';
import { loadFleets } from './ports/fleets.ts';
import { type GroupResource, groupResources } from './ports/group-resources.ts';

export async function listGroupResources(plane: Plane, group?: string): Promise<readonly GroupResource[]> {
  return groupResources(plane.store, group);
}

/** What goes with a group: refused while something of another group uses one of them. */
export async function releasable(plane: Plane, group: string): Promise<readonly GroupResource[]> {
  const resources = await groupResources(plane.store, group);
  if (resources.length === 0) return resources;
  const others: Others = {
    fleets: (await loadFleets(plane.store)).filter(({ set }) => !sameName(set.group, group)),
    needs: (await allNeeds(plane)).filter((need) => !sameName(need.group, group)),
  };
  for (const resource of resources) checkReleasable(plane.subscriptionId, resource, others);
  return resources;
}

interface Others {
  readonly fleets: readonly Fleet[];
  readonly needs: readonly NetworkNeed[];
}

function checkReleasable(subscriptionId: string, resource: GroupResource, { fleets, needs }: Others): void {
  switch (resource.table) {
    case 'loadBalancer':
      return checkDeletable(subscriptionId, resource.row, usesOf(subscriptionId, resource.row, fleets));
    case 'network':
      return checkNetworkDeletable(subscriptionId, resource.row, usersOf(resource.row, needs));
  }
}
