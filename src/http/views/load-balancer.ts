// The load balancer as clients see it: what was declared, every part with its id, tag and state, and in each the parts and
// network interfaces that refer to it.

import type { BalancerView } from '../../app/load-balancers.ts';
import type { Json, JsonObject } from '../../arm/json.ts';
import { balancerPath, childPath } from '../../domain/balancer-reference.ts';
import type { Member } from '../../domain/balancing.ts';
import { isObject, listAt, textAt } from '../../domain/json.ts';
import { CHILD_KINDS, type ChildKind, type LoadBalancer } from '../../domain/load-balancer.ts';
import { instancePath } from '../../domain/resource-path.ts';

const TYPE = 'Microsoft.Network/loadBalancers';

export function loadBalancerBody({ balancer, members }: BalancerView, subscriptionId: string): JsonObject {
  const path = balancerPath(subscriptionId, balancer.group, balancer.name);
  const kinds = CHILD_KINDS.map((kind): [ChildKind, JsonObject[]] => [
    kind,
    partBodies({ balancer, members }, kind, subscriptionId),
  ]);
  return {
    name: balancer.name,
    id: path,
    etag: balancerTag(balancer),
    type: TYPE,
    location: balancer.location,
    tags: balancer.tags,
    sku: balancer.sku,
    ...balancer.extra,
    properties: {
      provisioningState: 'Succeeded',
      resourceGuid: balancer.uid,
      ...balancer.properties,
      ...Object.fromEntries(kinds),
    },
  };
}

/** The parts of a kind, or the one of that name. */
export function partBodies(
  { balancer, members }: BalancerView,
  kind: ChildKind,
  subscriptionId: string,
  name?: string,
): JsonObject[] {
  const path = balancerPath(subscriptionId, balancer.group, balancer.name);
  return listAt(balancer.properties, kind)
    .filter(isObject)
    .filter((child) => name === undefined || textAt(child, 'name') === name)
    .map((child) => childBody({ balancer, members, path, subscriptionId }, kind, child));
}

/** Azure's network provider has weak tags: `W/"guid"`. */
export function balancerTag({ etag }: Pick<LoadBalancer, 'etag'>): string {
  return `W/"${etag}"`;
}

interface Whole extends BalancerView {
  readonly path: string;
  readonly subscriptionId: string;
}

function childBody(whole: Whole, kind: ChildKind, child: JsonObject): JsonObject {
  const name = textAt(child, 'name') ?? '';
  const { properties, ...rest } = child;
  return {
    ...rest,
    id: childPath(whole.path, kind, name),
    etag: balancerTag(whole.balancer),
    type: `${TYPE}/${kind}`,
    properties: {
      provisioningState: 'Succeeded',
      ...(isObject(properties) ? properties : {}),
      ...referrers(whole, kind, name),
    },
  };
}

/** By the kind of the part referred to: the member in which each other kind refers to it. */
const REFERRERS: Partial<Record<ChildKind, readonly (readonly [kind: ChildKind, members: string[]])[]>> = {
  frontendIPConfigurations: [
    ['loadBalancingRules', ['frontendIPConfiguration']],
    ['inboundNatRules', ['frontendIPConfiguration']],
    ['inboundNatPools', ['frontendIPConfiguration']],
    ['outboundRules', ['frontendIPConfigurations']],
  ],
  backendAddressPools: [
    ['loadBalancingRules', ['backendAddressPool', 'backendAddressPools']],
    ['inboundNatRules', ['backendAddressPool']],
    ['outboundRules', ['backendAddressPool']],
  ],
  probes: [['loadBalancingRules', ['probe']]],
};

function referrers(whole: Whole, kind: ChildKind, name: string): JsonObject {
  const { balancer, path, members, subscriptionId } = whole;
  const id = childPath(path, kind, name).toLowerCase();
  const found = (REFERRERS[kind] ?? []).map(([by, through]): [string, Json] => [
    by,
    listAt(balancer.properties, by)
      .filter((child) => through.some((member) => names(child, member, id)))
      .map((child) => ({ id: childPath(path, by, textAt(child, 'name') ?? '') })),
  ]);
  const interfaces =
    kind === 'backendAddressPools'
      ? members.flatMap((member) => ipConfiguration(member, name, subscriptionId))
      : [];
  const all: [string, Json][] = [['backendIPConfigurations', interfaces], ...found];
  return Object.fromEntries(all.filter(([, list]) => Array.isArray(list) && list.length > 0));
}

function names(child: Json, member: string, id: string): boolean {
  const one = textAt(child, 'properties', member, 'id');
  const many = listAt(child, 'properties', member).map((item) => textAt(item, 'id'));
  return [one, ...many].some((other) => other?.toLowerCase() === id);
}

function ipConfiguration(member: Member, pool: string, subscriptionId: string): readonly JsonObject[] {
  const below = member.ipConfigurations.get(pool.toLowerCase());
  if (below === undefined) return [];
  const { set, instance } = member;
  const path = instancePath(subscriptionId, set.group, set.name, instance.id);
  return [{ id: `${path}/networkInterfaces/${below}` }];
}
