// What must hold of private addresses at any moment: no two of those who hold one in a subnet hold the same, each lies within
// the subnet and is none that Azure keeps; at rest, whoever's model names a subnet holds one of it.

import { parseNetworkReference } from '../../src/domain/network-reference.ts';
import { isInside, parseAddress, parsePrefix } from '../../src/domain/address-prefix.ts';
import type { Instance } from '../../src/domain/instance.ts';
import {
  addressWishes,
  heldBy,
  type PrivateAddress,
  type Subnet,
  subnetOf,
} from '../../src/domain/private-address.ts';
import { must } from './must.ts';
import type { Universe } from './universe.ts';

type Held = PrivateAddress & { readonly by: string };

async function everything({ store }: Universe): Promise<readonly Instance[]> {
  const sets = await store.scaleSets();
  return (await Promise.all(sets.map(({ uid }) => store.instances(uid)))).flat();
}

async function subnetsByKey({ store }: Universe): Promise<ReadonlyMap<string, Subnet>> {
  const networks = await store.networks('virtualNetworks');
  const all = networks.flatMap((network) => {
    const listed = (network.properties['subnets'] ?? []) as readonly { name: string }[];
    return listed.flatMap(({ name }) => subnetOf(network, name) ?? []);
  });
  return new Map(all.map((subnet) => [subnet.key, subnet]));
}

/** At any moment. */
export async function checkAddresses(universe: Universe): Promise<void> {
  const subnets = await subnetsByKey(universe);
  const seen = new Map<string, Held>();
  for (const row of await everything(universe)) {
    for (const one of heldBy(row)) {
      const held = { ...one, by: `${row.set}_${row.id}` };
      const other = seen.get(`${one.subnet} ${one.address}`);
      const isSelf = other?.by === held.by && other.nic === held.nic;
      must(other === undefined || isSelf, `${held.by} and ${other?.by} both have ${one.address}`);
      seen.set(`${one.subnet} ${one.address}`, held);
      const subnet = subnets.get(one.subnet);
      must(subnet !== undefined && isGiven(subnet, one.address), `${held.by} has ${one.address}`);
    }
  }
}

/** Of the addresses that a subnet gives: not the first four of a prefix, and not the last. */
function isGiven({ prefixes }: Subnet, text: string): boolean {
  const address = parseAddress(text);
  return prefixes.some((prefix) => {
    const parsed = parsePrefix(prefix)?.prefix;
    if (parsed === undefined || address === undefined || !isInside(parsed, address)) return false;
    return address.value >= parsed.first + 4n && address.value < parsed.last;
  });
}

/** At rest. */
export async function checkAddressed(universe: Universe): Promise<void> {
  await checkAddresses(universe);
  const { store } = universe;
  for (const row of await everything(universe)) {
    const model = await store.model(row.set, row.model);
    // One that was never made, for want of an address, has none.
    if (row.failure?.code === 'SubnetIsFull' && row.settledAt === undefined) continue;
    for (const wish of addressWishes(model?.profile ?? {})) {
      const found = row.addresses?.find(
        (one) => one.nic === wish.nic && one.ipConfiguration === wish.ipConfiguration,
      );
      must(
        found?.subnet === (await keyOf(universe, wish.subnetId)),
        `${row.set}_${row.id} of model ${row.model} has ${JSON.stringify(found)}`,
      );
    }
  }
}

async function keyOf({ store }: Universe, subnetId: string): Promise<string | undefined> {
  const { group = '', name = '', part } = parseNetworkReference(subnetId) ?? {};
  const network = await store.network('virtualNetworks', group, name);
  return network && subnetOf(network, part?.name ?? '')?.key;
}
