// Frontend address: the private address that an internal frontend asks for, in its subnet.
// What must hold: a static address lies in its subnet, is none of those that Azure keeps, and no two frontends have it.
// Source of the codes and words: error messages as users of Azure report them.

import { type AddressPrefix, formatPrefix, isInside, parseAddress } from './address-prefix.ts';
import { balancerPath, childPath } from './balancer-reference.ts';
import { Failure } from './failure.ts';
import { textAt } from './json.ts';
import { childrenOf, type LoadBalancer, sameName } from './load-balancer.ts';
import { parseNetworkReference } from './network-reference.ts';
import { findNetworkPart, type NetworkResource } from './network-resource.ts';
import { subnetRanges } from './virtual-network.ts';

interface Asked {
  /** The frontend's ARM id. */
  readonly by: string;
  readonly subnet: string;
  readonly address: string;
}

/**
 * @param networks those that its frontends name
 * @param others all other balancers
 */
export function checkFrontendAddresses(
  subscriptionId: string,
  balancer: LoadBalancer,
  networks: readonly NetworkResource[],
  others: readonly LoadBalancer[],
): void {
  const taken = others.flatMap((other) => asked(subscriptionId, other));
  for (const one of asked(subscriptionId, balancer)) {
    const ranges = rangesOf(one.subnet, networks);
    if (ranges !== undefined) checkStaticAddress(one.address, ranges);
    const other = taken.find(
      ({ subnet, address }) => sameName(subnet, one.subnet) && isSame(address, one.address),
    );
    if (other !== undefined) {
      throw new Failure(
        'privateAddressTaken',
        `IP configuration ${one.by} is using the private IP address ${one.address} which is already allocated to resource ${other.by}.`,
      );
    }
    taken.push(one);
  }
}

function isSame(a: string, b: string): boolean {
  return parseAddress(a)?.value === parseAddress(b)?.value;
}

/** What is not static is handed out, whatever a client sends back of it. */
function asked(subscriptionId: string, balancer: LoadBalancer): readonly Asked[] {
  const path = balancerPath(subscriptionId, balancer.group, balancer.name);
  return childrenOf(balancer, 'frontendIPConfigurations').flatMap(({ name, properties }) => {
    const subnet = textAt(properties, 'subnet', 'id');
    const address = textAt(properties, 'privateIPAddress');
    const method = textAt(properties, 'privateIPAllocationMethod') ?? '';
    if (subnet === undefined || address === undefined || !sameName(method, 'Static')) return [];
    return [{ by: childPath(path, 'frontendIPConfigurations', name), subnet, address }];
  });
}

/** Undefined for a subnet that is not there. */
function rangesOf(
  subnet: string,
  networks: readonly NetworkResource[],
): readonly AddressPrefix[] | undefined {
  const reference = parseNetworkReference(subnet);
  const network = networks.find(
    ({ type, group, name }) =>
      type === 'virtualNetworks' &&
      sameName(group, reference?.group ?? '') &&
      sameName(name, reference?.name ?? ''),
  );
  const part = network && findNetworkPart(network, 'subnets', reference?.part?.name ?? '');
  return part && subnetRanges(part);
}

/** @param ranges those of its subnet */
export function checkStaticAddress(address: string, ranges: readonly AddressPrefix[]): void {
  const parsed = parseAddress(address);
  const range = parsed && ranges.find((one) => isInside(one, parsed));
  if (parsed === undefined || range === undefined) {
    throw new Failure(
      'privateAddressOutsideSubnet',
      `Private static IP address ${address} does not belong to the range of subnet prefix ${ranges.map(formatPrefix).join(', ')}.`,
    );
  }
  // The network itself, the router, two for name resolution, and the broadcast address.
  if (parsed.value >= range.first + 4n && parsed.value < range.last) return;
  throw new Failure(
    'privateAddressReserved',
    `Private static IP address ${address} falls within reserved IP range of subnet prefix ${formatPrefix(range)}.`,
  );
}
