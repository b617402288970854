// Public IP addresses in use: each serves one frontend, or one NAT gateway, at a time, and a frontend of its own kind only.

import { balancerPath } from '../domain/balancer-reference.ts';
import { Failure } from '../domain/failure.ts';
import { checkFrontendAddresses } from '../domain/frontend-address.ts';
import type { LoadBalancer } from '../domain/load-balancer.ts';
import { balancerNeeds, type NetworkNeed } from '../domain/network-need.ts';
import { networkPath } from '../domain/network-reference.ts';
import { checkSameSku, skuOf } from '../domain/public-ip-address.ts';
import { allNeeds, held, namedResources, withoutLost } from './network-references.ts';
import type { Plane } from './plane.ts';
import type { Change } from './ports/store.ts';

/**
 * Of a balancer, for what its frontends name.
 * @param current the balancer as it is; undefined when it is to be made
 */
export async function holdNetworkOfBalancer(
  plane: Plane,
  balancer: LoadBalancer,
  current: LoadBalancer | undefined,
): Promise<readonly Change[]> {
  const before = current === undefined ? [] : balancerNeeds(plane.subscriptionId, current);
  const needs = await withoutLost(plane, balancerNeeds(plane.subscriptionId, balancer), before);
  if (needs.length === 0) return [];
  const path = balancerPath(plane.subscriptionId, balancer.group, balancer.name);
  const named = await namedResources(plane, needs, balancer.location);
  for (const address of named.filter(({ type }) => type === 'publicIPAddresses')) {
    checkSameSku(
      { path, sku: balancer.sku.name },
      { path: networkPath(plane.subscriptionId, address), sku: skuOf(address) },
    );
  }
  checkAddressesFree(needs, await allNeeds(plane), path);
  const others = (await plane.store.loadBalancers()).filter(({ uid }) => uid !== balancer.uid);
  checkFrontendAddresses(plane.subscriptionId, balancer, named, others);
  return held(named);
}

/**
 * @param needs what the resource that is written names
 * @param all what every row there is names
 * @param path the ARM id of the resource that is written: what it named before does not count
 */
export function checkAddressesFree(
  needs: readonly NetworkNeed[],
  all: readonly NetworkNeed[],
  path: string,
): void {
  const own = `${path}/`.toLowerCase();
  const isAddress = ({ type }: NetworkNeed): boolean => type === 'publicIPAddresses';
  const others = all.filter(({ by }) => !`${by}/`.toLowerCase().startsWith(own));
  const taken = new Map(others.filter(isAddress).map(({ id, by }) => [id.toLowerCase(), by]));
  for (const { id, by } of needs.filter(isAddress)) {
    const other = taken.get(id.toLowerCase());
    if (other !== undefined) {
      throw new Failure(
        'publicIPAddressTaken',
        `IP configuration ${by} is referencing public IP address ${id} that is already allocated to resource ${other}.`,
      );
    }
    taken.set(id.toLowerCase(), by);
  }
}
