// Network use: who names a network resource, and what may therefore not be taken away.
// What must hold: nothing that is named ever goes, be it whole or a part of it.
// Source of the words: error messages as users of Azure report them.

import { contains, formatPrefix } from './address-prefix.ts';
import { Failure } from './failure.ts';
import { sameName } from './load-balancer.ts';
import type { NetworkNeed } from './network-need.ts';
import { leadsTo, networkPath, parseNetworkReference } from './network-reference.ts';
import { findNetworkPart, type NetworkPart, networkParts, type NetworkResource } from './network-resource.ts';
import { subnetRanges } from './virtual-network.ts';

/** Those that name the resource or a part of it. */
export function usersOf(resource: NetworkResource, needs: readonly NetworkNeed[]): readonly NetworkNeed[] {
  return needs.filter(({ id }) => {
    const reference = parseNetworkReference(id);
    return reference !== undefined && leadsTo(reference, resource);
  });
}

/** Of those users, the ones that name this part. */
export function usersOfPart(users: readonly NetworkNeed[], name: string): readonly NetworkNeed[] {
  return users.filter(({ id }) => sameName(parseNetworkReference(id)?.part?.name ?? '', name));
}

/** @param users those of this resource that would not go with it */
export function checkNetworkDeletable(
  subscriptionId: string,
  resource: NetworkResource,
  users: readonly NetworkNeed[],
): void {
  const [first] = users;
  if (first === undefined) return;
  const path = networkPath(subscriptionId, resource);
  const by = [...new Set(users.map((user) => user.by))];
  switch (resource.type) {
    case 'virtualNetworks':
      throw subnetInUse(parseNetworkReference(first.id)?.part?.name ?? '', first);
    case 'networkSecurityGroups':
      throw new Failure(
        'securityGroupInUse',
        `Network security group ${path} cannot be deleted because it is in use by the following resources: ${by.join(', ')}. In order to delete the Network security group, remove the association with the resource(s). To learn how to do this, see aka.ms/deletensg.`,
      );
    case 'publicIPAddresses':
      throw new Failure(
        'publicIPAddressInUse',
        `Public IP address ${path} can not be deleted since it is still allocated to resource ${first.by}. In order to delete the public IP, disassociate/detach the Public IP address from the resource. To learn how to do this, see aka.ms/deletepublicip.`,
      );
    case 'natGateways':
      throw new Failure(
        'natGatewayInUse',
        `NAT Gateway ${path} is still configured on ${by.length} subnets. Remove NAT Gateway from all referenced subnets and then delete NAT Gateway.`,
      );
    case 'networkInterfaces':
      // Nothing names one but the machine that has it, which its own row says (`checkInterfaceFree`).
      return;
  }
}

/** The declaration keeps every subnet that is named, and every address that one of them may have handed out. */
export function checkNetworkKept(
  before: NetworkResource,
  next: Pick<NetworkResource, 'properties'>,
  users: readonly NetworkNeed[],
): void {
  if (before.type !== 'virtualNetworks') return;
  for (const subnet of networkParts(before, 'subnets')) {
    const [user] = usersOfPart(users, subnet.name);
    if (user === undefined) continue;
    const kept = findNetworkPart(next, 'subnets', subnet.name);
    if (kept === undefined) throw subnetInUse(subnet.name, user);
    checkRangeKept(subnet, kept);
  }
}

function checkRangeKept(subnet: NetworkPart, kept: NetworkPart): void {
  const ranges = subnetRanges(kept);
  const lost = subnetRanges(subnet).find((range) => !ranges.some((wider) => contains(wider, range)));
  if (lost === undefined) return;
  throw new Failure(
    'prefixInUse',
    `IpPrefix '${formatPrefix(lost)}' on Subnet ${subnet.name} has active allocations and cannot be deleted.`,
  );
}

function subnetInUse(name: string, { by }: NetworkNeed): Failure {
  return new Failure(
    'subnetInUse',
    `Subnet ${name} is in use by ${by} and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.`,
  );
}
