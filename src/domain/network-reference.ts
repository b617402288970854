// Network references: the ids of network resources and of their parts, as others name them.

import { isObject, type Json, type JsonObject } from './json.ts';
import { sameName } from './load-balancer.ts';
import {
  findNetworkPart,
  NETWORK_TYPES,
  type NetworkPartKind,
  networkParts,
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

/**
 * The same with every id of these resources and of their parts as they themselves are spelled. Clients compare the two letter for
 * letter (az, `vm list-ip-addresses`).
 */
export function withOwnIds(
  subscriptionId: string,
  properties: JsonObject,
  named: readonly NetworkResource[],
): JsonObject {
  const ids = named.flatMap((resource) => {
    const path = networkPath(subscriptionId, resource);
    const kind = PART_KINDS[resource.type];
    const parts = kind === undefined ? [] : networkParts(resource, kind);
    return [path, ...parts.map(({ name }) => `${path}/${kind}/${name}`)];
  });
  const spelled = new Map(ids.map((id) => [id.toLowerCase(), id]));
  const read = (value: Json | undefined): Json => {
    if (Array.isArray(value)) return value.map((item: Json) => read(item));
    if (!isObject(value)) return value ?? null;
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [
        key,
        key === 'id' && typeof one === 'string' ? (spelled.get(one.toLowerCase()) ?? one) : read(one),
      ]),
    );
  };
  return read(properties) as JsonObject;
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
