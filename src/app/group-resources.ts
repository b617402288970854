// Group resources: the list of them, and whether they may go with their group.

import { checkDeletable, interfaceUses, usesOf } from '../domain/balancer-use.ts';
import type { Fleet } from '../domain/balancing.ts';
import { sameName } from '../domain/load-balancer.ts';
import type { NetworkNeed } from '../domain/network-need.ts';
import { NETWORK_TYPES, type NetworkResource } from '../domain/network-resource.ts';
import { checkNetworkDeletable, usersOf } from '../domain/network-use.ts';
import { setPath } from '../domain/resource-path.ts';
import { checkInterfaceReleasable } from './interface-machine.ts';
import { machineNetworks } from './machine-networks.ts';
import { allNeeds } from './network-references.ts';
import type { Plane } from './plane.ts';
import { loadFleets } from './ports/fleets.ts';
import { type GroupResource, groupResources } from './ports/group-resources.ts';

/** `managedBy`: with whom it comes and goes. */
export async function listGroupResources(
  plane: Plane,
  group?: string,
): Promise<readonly (GroupResource & { readonly managedBy?: string })[]> {
  const made = await Promise.all(NETWORK_TYPES.map(async (type) => machineNetworks(plane, type, group)));
  return [
    ...(await groupResources(plane.store, group)),
    ...made.flat().map(({ resource: row, set }) => ({
      table: 'network' as const,
      row,
      managedBy: setPath(plane.subscriptionId, set),
    })),
  ];
}

/** What goes with a group: refused while something of another group uses one of them. */
export async function releasable(plane: Plane, group: string): Promise<readonly GroupResource[]> {
  const resources = await groupResources(plane.store, group);
  if (resources.length === 0) return resources;
  const others: Others = {
    fleets: (await loadFleets(plane.store)).filter(({ set }) => !sameName(set.group, group)),
    needs: (await allNeeds(plane)).filter((need) => !sameName(need.group, group)),
    interfaces: (await plane.store.networks('networkInterfaces')).filter(
      (row) => !sameName(row.group, group),
    ),
  };
  for (const resource of resources) {
    checkReleasable(plane.subscriptionId, resource, others);
    if (resource.table === 'network') await checkInterfaceReleasable(plane, resource.row);
  }
  return resources;
}

interface Others {
  readonly fleets: readonly Fleet[];
  readonly needs: readonly NetworkNeed[];
  readonly interfaces: readonly NetworkResource[];
}

function checkReleasable(
  subscriptionId: string,
  resource: GroupResource,
  { fleets, needs, interfaces }: Others,
): void {
  switch (resource.table) {
    case 'loadBalancer':
      return checkDeletable(subscriptionId, resource.row, [
        ...usesOf(subscriptionId, resource.row, fleets),
        ...interfaceUses(subscriptionId, resource.row, interfaces),
      ]);
    case 'network':
      return checkNetworkDeletable(subscriptionId, resource.row, usersOf(resource.row, needs));
  }
}
