// Network references: the ids of network resources and of their parts, as others name them.

import { sameName } from './load-balancer.ts';
import {
  findNetworkPart,
  NETWORK_TYPES,
  type NetworkPartKind,
  type NetworkResource,
  type NetworkType,
  PART_KINDS,
} from './network-resource.ts';
import { groupPath } from './resource-path.ts';

export interface NetworkReference {
  readonly subscriptionId: string;
  readonly group: string;
  /** As it came: also of a type that is not served. */
  readonly type: string;
  readonly name: string;
  readonly part?: { readonly kind: string; readonly name: string };
}

const PATTERN =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Network\/([^/]+)\/([^/]+)(?:\/([^/]+)\/([^/]+))?$/i;

/** Undefined when the text is no id of something in Microsoft.Network, or of a part of it. */
export function parseNetworkReference(id: string): NetworkReference | undefined {
  const match = PATTERN.exec(id);
  if (match === null) return undefined;
  const [, subscriptionId = '', group = '', type = '', name = '', kind, part] = match;
  const whole = { subscriptionId, group, type, name };
  return kind === undefined || part === undefined ? whole : { ...whole, part: { kind, name: part } };
}

/** `virtualNetworks/subnets`. */
export function typeNamed({ type, part }: NetworkReference): string {
  return part === undefined ? type : `${type}/${part.kind}`;
}

export function servedType(type: string): NetworkType | undefined {
  return NETWORK_TYPES.find((known) => sameName(known, type));
}

export function networkPath(
  subscriptionId: string,
  { type, group, name }: Pick<NetworkResource, 'type' | 'group' | 'name'>,
): string {
  return `${groupPath(subscriptionId, group)}/providers/Microsoft.Network/${type}/${name}`;
}

export function networkPartPath(
  whole: string,
  kind: NetworkPartKind | 'defaultSecurityRules',
  name: string,
): string {
  return `${whole}/${kind}/${name}`;
}

/** Whether the reference, be it of the resource or of a part of it, leads anywhere. */
export function leadsTo(reference: NetworkReference, resource: NetworkResource): boolean {
  const { type, group, name, part } = reference;
  const isThere =
    sameName(type, resource.type) && sameName(group, resource.group) && sameName(name, resource.name);
  if (!isThere || part === undefined) return isThere;
  const kind = PART_KINDS[resource.type];
  return (
    kind !== undefined &&
    sameName(kind, part.kind) &&
    findNetworkPart(resource, kind, part.name) !== undefined
  );
}
