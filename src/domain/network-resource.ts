// Network resource: what was declared of a virtual network, a public IP address, a network security group, a NAT gateway or a
// network interface. Load balancers have a row of their own. Who uses one, and which addresses are handed out, is derived from
// the rows of those who do: a network interface keeps its addresses and the machine that has it, the others nothing.

import type { GuestHandle } from './guest.ts';
import { isObject, type JsonObject, listAt, objectAt, textAt } from './json.ts';
import { sameName } from './load-balancer.ts';
import type { PrivateAddress } from './private-address.ts';
import type { Time } from './time.ts';

/** As the wire spells them, below Microsoft.Network. */
export const NETWORK_TYPES = [
  'virtualNetworks',
  'publicIPAddresses',
  'networkSecurityGroups',
  'natGateways',
  'networkInterfaces',
] as const;

export type NetworkType = (typeof NETWORK_TYPES)[number];

export interface NetworkResource {
  /** The wire's `resourceGuid`: one incarnation of the name. */
  readonly uid: string;
  readonly type: NetworkType;
  readonly group: string;
  readonly name: string;
  /** The store's lock; not shown. */
  readonly revision: number;
  /** A GUID, new with every accepted write; the wire shows it as a weak tag. */
  readonly etag: string;
  readonly created: Time;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly zones: readonly string[];
  /** The ARM `properties` as declared and completed, without what is read-only. */
  readonly properties: JsonObject;
  /** Whatever else stood at the top, `sku` for one. */
  readonly extra: JsonObject;
  /** Of a network interface: the machine that has it, if any. */
  readonly holder?: InterfaceHolder;
  /** Of a network interface: one of its subnet for each of its IP configurations. */
  readonly addresses?: readonly PrivateAddress[];
}

export interface InterfaceHolder {
  /** A machine keeps its guest as long as it is there. */
  readonly guest: GuestHandle;
  /** Whether it is the machine's first network interface. */
  readonly primary: boolean;
  /** As the machine declares it. */
  readonly declared: {
    readonly primary?: boolean;
    /** What becomes of the network interface when the machine is deleted. Absent: it stays (`Detach`). */
    readonly deleteOption?: DeleteOption;
  };
}

export type DeleteOption = 'Delete' | 'Detach';

/** The named parts that clients address one by one. */
export type NetworkPartKind = 'subnets' | 'securityRules' | 'ipConfigurations';

export const PART_KINDS: Readonly<Partial<Record<NetworkType, NetworkPartKind>>> = {
  virtualNetworks: 'subnets',
  networkSecurityGroups: 'securityRules',
  networkInterfaces: 'ipConfigurations',
};

export interface NetworkPart {
  readonly name: string;
  readonly properties: JsonObject;
}

type Declared = Pick<NetworkResource, 'properties'>;

/** The parts of a resource, in the order in which they were declared. */
export function networkParts({ properties }: Declared, kind: NetworkPartKind): readonly NetworkPart[] {
  return listAt(properties, kind)
    .filter(isObject)
    .map((part) => ({ name: textAt(part, 'name') ?? '', properties: objectAt(part, 'properties') ?? {} }));
}

export function findNetworkPart(
  resource: Declared,
  kind: NetworkPartKind,
  name: string,
): NetworkPart | undefined {
  return networkParts(resource, kind).find((part) => sameName(part.name, name));
}
