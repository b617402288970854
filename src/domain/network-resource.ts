// Network resource: what was declared of a virtual network, a public IP address, a network security group or a NAT gateway.
// Load balancers have a row of their own. Who uses one, and which addresses are handed out, is derived from the rows of
// those who do and never stored here.

import { isObject, type JsonObject, listAt, objectAt, textAt } from './json.ts';
import { sameName } from './load-balancer.ts';
import type { Time } from './time.ts';

/** As the wire spells them, below Microsoft.Network. */
export const NETWORK_TYPES = [
  'virtualNetworks',
  'publicIPAddresses',
  'networkSecurityGroups',
  'natGateways',
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
}

/** The named parts that clients address one by one. */
export type NetworkPartKind = 'subnets' | 'securityRules';

export const PART_KINDS: Readonly<Partial<Record<NetworkType, NetworkPartKind>>> = {
  virtualNetworks: 'subnets',
  networkSecurityGroups: 'securityRules',
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
