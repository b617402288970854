// Frontend addresses: the private address of each frontend of an internal load balancer, one of its subnet: the declared one, or
// the first that is free. It stays while the frontend and its subnet do. What must hold: the virtual networks that the balancer
// names are written in the same commit, as `holdNetworkOfBalancer` has it.

import { childPath, balancerPath } from '../domain/balancer-reference.ts';
import { Failure } from '../domain/failure.ts';
import { isObject, type Json, type JsonObject, listAt, textAt } from '../domain/json.ts';
import { findChild, type LoadBalancer, sameName } from '../domain/load-balancer.ts';
import { type AddressDesk, subnetIsFull, type Subnet } from '../domain/private-address.ts';
import type { Plane } from './plane.ts';
import { openSubnetsBeside } from './ports/subnets.ts';

const KIND = 'frontendIPConfigurations';

export async function withFrontendAddresses(
  plane: Plane,
  balancer: LoadBalancer,
  current: LoadBalancer | undefined,
): Promise<LoadBalancer> {
  const frontends = listAt(balancer.properties, KIND);
  const ids = new Set(frontends.flatMap((one) => subnetId(one) ?? []));
  if (ids.size === 0) return balancer;
  const { subnets, desk } = await openSubnetsBeside(plane.store, plane.subscriptionId, ids, balancer);
  const path = balancerPath(plane.subscriptionId, balancer.group, balancer.name);
  const given = new Map<Json, string>();
  // What is declared or kept is taken before anything free is looked for.
  for (const frontend of frontends) {
    const subnet = subnets.get(subnetId(frontend) ?? '');
    const wanted = isStatic(frontend) ? textAt(frontend, 'properties', 'privateIPAddress') : undefined;
    const address = wanted ?? keptAddress(frontend, current);
    if (subnet === undefined || address === undefined) continue;
    const by = childPath(path, KIND, textAt(frontend, 'name') ?? '');
    if (desk.claim(subnet, address)) given.set(frontend, address);
    else if (wanted !== undefined) throw taken(address, by);
  }
  const next = frontends.map((frontend): Json => {
    const subnet = subnets.get(subnetId(frontend) ?? '');
    if (subnet === undefined || !isObject(frontend)) return frontend;
    return withAddress(frontend, given.get(frontend) ?? firstFree(desk, subnet, frontend));
  });
  return { ...balancer, properties: { ...balancer.properties, [KIND]: next } };
}

function subnetId(frontend: Json): string | undefined {
  return textAt(frontend, 'properties', 'subnet', 'id')?.toLowerCase();
}

function isStatic(frontend: Json): boolean {
  return sameName(textAt(frontend, 'properties', 'privateIPAllocationMethod') ?? '', 'Static');
}

/** What the frontend of that name had of the same subnet. */
function keptAddress(frontend: Json, current: LoadBalancer | undefined): string | undefined {
  const before = current && findChild(current, KIND, textAt(frontend, 'name') ?? '');
  if (before === undefined || subnetId({ properties: before.properties }) !== subnetId(frontend))
    return undefined;
  return textAt(before.properties, 'privateIPAddress');
}

function firstFree(desk: AddressDesk, subnet: Subnet, frontend: JsonObject): string {
  const isSix = sameName(textAt(frontend, 'properties', 'privateIPAddressVersion') ?? '', 'IPv6');
  const wish = { nic: '', ipConfiguration: '', version: isSix ? 6 : 4, subnetId: '' } as const;
  const found = desk.give({ has: [], wishes: [{ wish, subnet }] });
  const address = found.full === undefined ? found.addresses[0]?.address : undefined;
  if (address === undefined) throw new Failure('subnetIsFull', subnetIsFull(subnet, 1).message);
  return address;
}

function withAddress(frontend: JsonObject, privateIPAddress: string): JsonObject {
  const { properties } = frontend;
  return { ...frontend, properties: { ...(isObject(properties) ? properties : {}), privateIPAddress } };
}

/** By an instance, or by a frontend that was given it. That it is of the subnet at all has been checked. */
function taken(address: string, by: string): Failure {
  return new Failure(
    'privateAddressTaken',
    `IP configuration ${by} is using the private IP address ${address} which is already allocated to another resource.`,
  );
}
