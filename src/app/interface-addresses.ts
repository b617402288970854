// Interface addresses: the private address of each IP configuration of a network interface that is a resource of its own: the
// declared one, or the first that is free. It stays while the configuration and its subnet do. What must hold: the virtual
// network that it names is written in the same commit, so that of two who read the same rows one is refused.

import { parsePrefix } from '../domain/address-prefix.ts';
import { Failure } from '../domain/failure.ts';
import { checkStaticAddress } from '../domain/frontend-address.ts';
import { interfaceConfiguration } from '../domain/interface-resource.ts';
import { textAt } from '../domain/json.ts';
import { networkPartPath, networkPath } from '../domain/network-reference.ts';
import { findNetworkPart, type NetworkResource } from '../domain/network-resource.ts';
import {
  type AddressDesk,
  addressWishes,
  type PrivateAddress,
  subnetIsFull,
  type Wish,
} from '../domain/private-address.ts';
import type { Plane } from './plane.ts';
import { type Beside, openSubnetsBeside } from './ports/subnets.ts';

/**
 * @param bare as it is declared
 * Throws Azure's words for an address that is not to be had, and for a subnet that has none left.
 */
export async function withInterfaceAddresses(
  { store, subscriptionId }: Plane,
  bare: NetworkResource,
  current: NetworkResource | undefined,
): Promise<NetworkResource> {
  const networkInterfaceConfigurations = [interfaceConfiguration(subscriptionId, bare)];
  const asked = addressWishes({ networkProfile: { networkInterfaceConfigurations } });
  const ids = new Set(asked.map(({ subnetId }) => subnetId.toLowerCase()));
  const { subnets, desk } = await openSubnetsBeside(store, subscriptionId, ids, besideOf(bare));
  const wishes = asked.flatMap((wish): readonly Wish[] => {
    const subnet = subnets.get(wish.subnetId.toLowerCase());
    return subnet === undefined ? [] : [{ wish, subnet }];
  });
  const path = networkPath(subscriptionId, bare);
  const declared = wishes.flatMap((wish) => claimed(desk, bare, path, wish));
  const others = wishes.filter(({ wish }) => !declared.some((one) => isOf(one, wish)));
  const kept = others.flatMap((wish) => claimedAgain(desk, current, wish));
  const given = desk.give({ has: kept, wishes: others });
  if (given.full !== undefined) throw new Failure('subnetIsFull', subnetIsFull(given.full, 1).message);
  const all = [...declared, ...given.addresses];
  const addresses = wishes.flatMap(({ wish }) => all.find((one) => isOf(one, wish)) ?? []);
  return { ...bare, addresses };
}

function besideOf({ uid, name, holder }: NetworkResource): Beside {
  return holder === undefined ? { uid } : { uid, machine: { guest: holder.guest, nic: name } };
}

function isOf(one: PrivateAddress, { ipConfiguration }: Wish['wish']): boolean {
  return one.ipConfiguration === ipConfiguration;
}

/** The address that the IP configuration declares, if it does. */
function claimed(
  desk: AddressDesk,
  bare: NetworkResource,
  path: string,
  { wish, subnet }: Wish,
): readonly PrivateAddress[] {
  const { nic, ipConfiguration } = wish;
  const properties = findNetworkPart(bare, 'ipConfigurations', ipConfiguration)?.properties ?? {};
  const address = textAt(properties, 'privateIPAddress');
  if (address === undefined) return [];
  checkStaticAddress(
    address,
    subnet.prefixes.flatMap((prefix) => parsePrefix(prefix)?.prefix ?? []),
  );
  if (desk.claim(subnet, address)) return [{ nic, ipConfiguration, subnet: subnet.key, address }];
  throw new Failure(
    'privateAddressTaken',
    `IP configuration ${networkPartPath(path, 'ipConfigurations', ipConfiguration)} is using the private IP address ${address} which is already allocated to another resource.`,
  );
}

/** What it had of the same subnet, unless another configuration declares that address now. */
function claimedAgain(
  desk: AddressDesk,
  current: NetworkResource | undefined,
  { wish, subnet }: Wish,
): readonly PrivateAddress[] {
  const before = current?.addresses?.find(
    (one) =>
      isOf(one, wish) && one.subnet === subnet.key && one.address.includes(':') === (wish.version === 6),
  );
  return before !== undefined && desk.claim(subnet, before.address) ? [before] : [];
}
