// The load balancer as clients see it: what was declared, every part with its id, tag and state, and in each the parts and
// network interfaces that refer to it.

import type { Json, JsonObject } from '../../arm/json.ts';
import { balancerPath, childPath } from '../../domain/balancer-reference.ts';
import type { Member } from '../../domain/balancing.ts';
import { isObject, listAt, textAt } from '../../domain/json.ts';
import { CHILD_KINDS, type ChildKind, type LoadBalancer, sameName } from '../../domain/load-balancer.ts';
import { instanceNatRules, interfacePath, poolAddresses, type ShownBalancer } from './nat-rule.ts';

const TYPE = 'Microsoft.Network/loadBalancers';

export function loadBalancerBody(shown: ShownBalancer, subscriptionId: string): JsonObject {
  const { balancer } = shown;
  const path = balancerPath(subscriptionId, balancer.group, balancer.name);
  const kinds = CHILD_KINDS.map((kind): [ChildKind, JsonObject[]] => [
    kind,
    partBodies(shown, kind, subscriptionId),
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
  shown: ShownBalancer,
  kind: ChildKind,
  subscriptionId: string,
  name?: string,
): JsonObject[] {
  const { balancer } = shown;
  const path = balancerPath(subscriptionId, balancer.group, balancer.name);
  const natRules = instanceNatRules(shown, subscriptionId);
  const whole: Whole = { ...shown, path, subscriptionId, natRules };
  return partsOf(whole, kind)
    .filter((child) => name === undefined || sameName(textAt(child, 'name') ?? '', name))
    .map((child) => childBody(whole, kind, child));
}

/** Those that were declared, and the rules of a NAT pool's instances. */
function partsOf({ balancer, natRules }: Whole, kind: ChildKind): readonly JsonObject[] {
  const declared = listAt(balancer.properties, kind).filter(isObject);
  return kind === 'inboundNatRules' ? [...declared, ...natRules] : declared;
}

/** Azure's network provider has weak tags: `W/"guid"`. */
export function balancerTag({ etag }: Pick<LoadBalancer, 'etag'>): string {
  return `W/"${etag}"`;
}

interface Whole extends ShownBalancer {
  readonly path: string;
  readonly subscriptionId: string;
  readonly natRules: readonly JsonObject[];
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
  const { path, members, subscriptionId } = whole;
  const id = childPath(path, kind, name).toLowerCase();
  const found = (REFERRERS[kind] ?? []).map(([by, through]): [string, Json] => [
    by,
    partsOf(whole, by)
      .filter((child) => through.some((member) => names(child, member, id)))
      .map((child) => ({ id: childPath(path, by, textAt(child, 'name') ?? '') })),
  ]);
  const interfaces =
    kind === 'backendAddressPools'
      ? members.flatMap((member) => ipConfiguration(member, name, subscriptionId))
      : [];
  const named = whole.interfaces.filter((use) => use.kind === kind && sameName(use.name, name));
  const shown = new Set(interfaces.map((one) => one['id']));
  const unattached = named.filter(({ by }) => !shown.has(by)).map(({ by }) => ({ id: by }));
  const all: [string, Json][] = [
    ['backendIPConfigurations', kind === 'backendAddressPools' ? [...interfaces, ...unattached] : []],
    ...found,
    ['loadBalancerBackendAddresses', kind === 'backendAddressPools' ? addressesOf(whole, name) : []],
  ];
  const lists = Object.fromEntries(all.filter(([, list]) => Array.isArray(list) && list.length > 0));
  const [leads] = kind === 'inboundNatRules' ? named : [];
  return leads === undefined ? lists : { ...lists, backendIPConfiguration: { id: leads.by } };
}

/** Of a pool: those that were declared, and those of the instances that NAT rules lead to. */
function addressesOf(whole: Whole, pool: string): readonly Json[] {
  const child = partsOf(whole, 'backendAddressPools').find((one) =>
    sameName(textAt(one, 'name') ?? '', pool),
  );
  const declared = listAt(child, 'properties', 'loadBalancerBackendAddresses');
  return [...declared, ...poolAddresses(whole, pool, whole.subscriptionId)];
}

function names(child: Json, member: string, id: string): boolean {
  const one = textAt(child, 'properties', member, 'id');
  const many = listAt(child, 'properties', member).map((item) => textAt(item, 'id'));
  return [one, ...many].some((other) => other?.toLowerCase() === id);
}

function ipConfiguration(member: Member, pool: string, subscriptionId: string): readonly JsonObject[] {
  const below = member.ipConfigurations.get(pool.toLowerCase());
  if (below === undefined) return [];
  return [{ id: interfacePath(member, below, subscriptionId) }];
}
