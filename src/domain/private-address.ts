// Private addresses: which subnet each ip configuration of a model asks for, and the first free address of it. Pure.
// What must hold: no address is handed out twice, none outside its subnet's prefixes, and none that Azure keeps for itself:
// the first four of each prefix and its last (Azure's page on virtual networks: x.x.x.0 to x.x.x.3, and the last).

import { type AddressPrefix, formatAddress, isInside, parseAddress, parsePrefix } from './address-prefix.ts';
import type { OperationError } from './failure.ts';
import { type Json, type JsonObject, listAt, textAt } from './json.ts';
import { findNetworkPart, type NetworkResource } from './network-resource.ts';
import { subnetPrefixes } from './virtual-network.ts';

/** What one ip configuration of an instance was given. It stays while the instance is there and its model asks for that subnet. */
export interface PrivateAddress {
  readonly nic: string;
  readonly ipConfiguration: string;
  /** `Subnet.key`. */
  readonly subnet: string;
  readonly address: string;
}

export interface Subnet {
  /** One incarnation of the virtual network, and the subnet's name in lower case. */
  readonly key: string;
  readonly name: string;
  readonly prefixes: readonly string[];
}

/** An ip configuration that asks for an address. */
export interface AddressWish {
  readonly nic: string;
  readonly ipConfiguration: string;
  readonly version: 4 | 6;
  /** The subnet's ARM id. */
  readonly subnetId: string;
}

/** @param profile a model's `virtualMachineProfile` */
export function addressWishes(profile: JsonObject): readonly AddressWish[] {
  return listAt(profile, 'networkProfile', 'networkInterfaceConfigurations').flatMap((nic) =>
    listAt(nic, 'properties', 'ipConfigurations').flatMap((ip): readonly AddressWish[] => {
      const subnetId = textAt(ip, 'properties', 'subnet', 'id');
      if (subnetId === undefined) return [];
      return [
        {
          nic: textAt(nic, 'name') ?? '',
          ipConfiguration: textAt(ip, 'name') ?? '',
          version: versionOf(ip),
          subnetId,
        },
      ];
    }),
  );
}

function versionOf(ip: Json): 4 | 6 {
  return (textAt(ip, 'properties', 'privateIPAddressVersion') ?? '').toLowerCase() === 'ipv6' ? 6 : 4;
}

/** Undefined when the network has no such subnet. */
export function subnetOf(network: NetworkResource, name: string): Subnet | undefined {
  const found = findNetworkPart(network, 'subnets', name);
  if (found === undefined) return undefined;
  return {
    key: `${network.uid}/${name.toLowerCase()}`,
    name: found.name,
    prefixes: subnetPrefixes(found.properties),
  };
}

/** The prefix of the subnet in which an address lies. */
export function prefixAround({ prefixes }: Subnet, text: string): string | undefined {
  const address = parseAddress(text);
  return prefixes.find((prefix) => {
    const parsed = parsePrefix(prefix)?.prefix;
    return parsed !== undefined && address !== undefined && isInside(parsed, address);
  });
}

/** Everything that an instance holds on to: while an update is under way, also what it goes back to if that fails. */
export function heldBy({ addresses = [], task }: Holder): readonly PrivateAddress[] {
  const before = task?.undo?.addresses ?? [];
  return before.length === 0 ? addresses : [...addresses, ...before];
}

interface Holder {
  readonly addresses?: readonly PrivateAddress[];
  readonly task?: { readonly undo?: { readonly addresses?: readonly PrivateAddress[] } };
}

/** An ip configuration that asks, and the subnet that it means. */
export interface Wish {
  readonly wish: AddressWish;
  readonly subnet: Subnet;
}

/** Somebody who asks for addresses: those it has are kept where they are still what is asked for. */
export interface Asking {
  readonly has: readonly PrivateAddress[];
  readonly wishes: readonly Wish[];
}

/** All that was asked for, or the subnet that has none left; then nothing was taken for this asking. */
export type Given =
  | { readonly addresses: readonly PrivateAddress[]; readonly full?: undefined }
  | { readonly full: Subnet };

export type Taken = Pick<PrivateAddress, 'subnet' | 'address'>;

/** The subnets that one decision hands out addresses of. Made for it, and of no use afterwards. */
export class AddressDesk {
  readonly #shelves: ReadonlyMap<string, Shelf>;

  /** @param taken whatever anybody holds of these subnets, those who will ask included; of others, it is passed over */
  constructor(subnets: readonly Subnet[], taken: Iterable<Taken>) {
    this.#shelves = new Map(subnets.map((subnet) => [subnet.key, new Shelf(subnet)]));
    for (const one of taken) this.#shelves.get(one.subnet)?.take(one);
  }

  /** Takes this very address. False when it is not to be had: somebody has it, Azure keeps it, or it is of another subnet. */
  claim({ key }: Subnet, address: string): boolean {
    return this.#shelves.get(key)?.claim(address) ?? false;
  }

  /** The first subnet that has too few addresses for so many who hold none and ask for all of this, and how many that would be. */
  shortage(wishes: readonly Wish[], count: number): { subnet: Subnet; needed: number } | undefined {
    const needs = new Map<string, { subnet: Subnet; family: 4 | 6; needed: number }>();
    for (const { wish, subnet } of wishes) {
      const key = `${wish.version} ${subnet.key}`;
      const needed = (needs.get(key)?.needed ?? 0) + count;
      needs.set(key, { subnet, family: wish.version, needed });
    }
    return [...needs.values()].find(
      ({ subnet, family, needed }) => needed > (this.#shelves.get(subnet.key)?.room(family) ?? 0),
    );
  }

  give({ has, wishes }: Asking): Given {
    const addresses: PrivateAddress[] = [];
    const fresh: PrivateAddress[] = [];
    for (const { wish, subnet } of wishes) {
      const kept = has.find((one) => isFor(one, wish, subnet));
      const address = kept?.address ?? this.#shelves.get(subnet.key)?.next(wish.version);
      if (address === undefined) {
        for (const one of fresh) this.#shelves.get(one.subnet)?.giveBack(one.address);
        return { full: subnet };
      }
      const { nic, ipConfiguration } = wish;
      const given = kept ?? { nic, ipConfiguration, subnet: subnet.key, address };
      if (kept === undefined) fresh.push(given);
      addresses.push(given);
    }
    return { addresses };
  }
}

function isFor(
  one: PrivateAddress,
  { nic, ipConfiguration, version }: AddressWish,
  { key }: Subnet,
): boolean {
  if (one.nic !== nic || one.ipConfiguration !== ipConfiguration || one.subnet !== key) return false;
  return (one.address.includes(':') ? 6 : 4) === version;
}

/** How many of the first Azure keeps, and of the last. */
const KEPT_FIRST = 4;
const KEPT_LAST = 1;

interface Block {
  readonly prefix: AddressPrefix;
  readonly first: number;
  /** Past the last that may be given. */
  readonly end: number;
  /** By their distance from the prefix's first, as all numbers here. */
  readonly taken: Set<number>;
  /** All before it are taken, or kept. */
  from: number;
}

/** One subnet's addresses. */
class Shelf {
  readonly #blocks: readonly Block[];

  constructor({ prefixes }: Subnet) {
    this.#blocks = prefixes.flatMap((text) => {
      const prefix = parsePrefix(text)?.prefix;
      return prefix === undefined ? [] : [blockOf(prefix)];
    });
  }

  take(one: Taken): void {
    const found = this.#find(valueOf(one));
    // What Azure keeps is nobody's, and does not count.
    if (found !== undefined && found.offset >= found.block.first && found.offset < found.block.end) {
      found.block.taken.add(found.offset);
    }
  }

  claim(text: string): boolean {
    const found = this.#find(parseAddress(text));
    if (found === undefined) return false;
    const { block, offset } = found;
    if (offset < block.first || offset >= block.end || block.taken.has(offset)) return false;
    block.taken.add(offset);
    return true;
  }

  giveBack(text: string): void {
    const found = this.#find(parseAddress(text));
    if (found === undefined) return;
    found.block.taken.delete(found.offset);
    found.block.from = Math.min(found.block.from, found.offset);
  }

  room(family: 4 | 6): number {
    return this.#blocks
      .filter(({ prefix }) => prefix.family === family)
      .reduce((sum, { first, end, taken }) => sum + Math.max(0, end - first) - taken.size, 0);
  }

  next(family: 4 | 6): string | undefined {
    for (const block of this.#blocks) {
      if (block.prefix.family !== family) continue;
      while (block.taken.has(block.from)) block.from += 1;
      if (block.from >= block.end) continue;
      block.taken.add(block.from);
      return formatAddress(family, block.prefix.first + BigInt(block.from));
    }
    return undefined;
  }

  #find(address: Address | undefined): { block: Block; offset: number } | undefined {
    const block = address && this.#blocks.find(({ prefix }) => isInside(prefix, address));
    return block && address && { block, offset: Number(address.value - block.prefix.first) };
  }
}

type Address = NonNullable<ReturnType<typeof parseAddress>>;

const known = new WeakMap<Taken, Address | undefined>();

/** Read once: a decision reads the addresses of all who hold any. */
function valueOf(one: Taken): Address | undefined {
  if (known.has(one)) return known.get(one);
  const value = parseAddress(one.address);
  known.set(one, value);
  return value;
}

function blockOf(prefix: AddressPrefix): Block {
  const end = Number(prefix.last - prefix.first + 1n) - KEPT_LAST;
  return { prefix, first: KEPT_FIRST, end, taken: new Set(), from: KEPT_FIRST };
}

/** Azure's words. @param count how many were asked for */
export function subnetIsFull({ name, prefixes }: Subnet, count: number): OperationError {
  return {
    code: 'SubnetIsFull',
    message: `Subnet ${name} with address prefix ${prefixes.join(',')} does not have enough capacity for ${count} IP addresses.`,
  };
}
