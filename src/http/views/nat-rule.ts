// Inbound NAT as clients see it: the rule that each instance behind a NAT pool has, and by which port each instance of a
// backend pool is reached. What must hold: a port that is shown is the one that is really listened on, as soon as any is.

import type { BalancerView } from '../../app/load-balancers.ts';
import type { JsonObject } from '../../arm/json.ts';
import { namedParts } from '../../domain/balancer-reference.ts';
import { type Member, type NatPlace, planNat } from '../../domain/balancing.ts';
import { sameName } from '../../domain/load-balancer.ts';
import { natRuleNames } from '../../domain/nat-rule.ts';
import { instanceInterfacePath } from '../../domain/machine-interface.ts';

export interface ShownBalancer extends BalancerView {
  /** Where the data plane really listens, by `Listener.key`. */
  readonly ports: ReadonlyMap<string, number>;
}

/** In the form of declared parts. */
export function instanceNatRules(shown: ShownBalancer, subscriptionId: string): readonly JsonObject[] {
  const places = planNat(shown.balancer, shown.members).filter(({ kind }) => kind === 'inboundNatPools');
  const names = natRuleNames(places);
  return places.map((place) => {
    const {
      frontendPortRangeStart: _first,
      frontendPortRangeEnd: _last,
      ...declared
    } = place.part.properties;
    const below = place.member.natIpConfigurations.get(place.part.name.toLowerCase());
    return {
      name: names.get(place) ?? '',
      properties: {
        ...declared,
        frontendPort: portOf(shown, place),
        ...(below === undefined
          ? {}
          : { backendIPConfiguration: { id: interfacePath(place.member, below, subscriptionId) } }),
      },
    };
  });
}

/** Of a backend pool that NAT rules name: each network interface in it, with its ports. */
export function poolAddresses(
  shown: ShownBalancer,
  pool: string,
  subscriptionId: string,
): readonly JsonObject[] {
  const byMember = Map.groupBy(natRulesOf(shown, pool), ({ member }) => member);
  return [...byMember].map(([member, places]) => ({
    name: member.instance.vmId,
    properties: {
      networkInterfaceIPConfiguration: { id: inPool(member, pool, subscriptionId) },
      inboundNatRulesPortMapping: places.map((place) => mappingBody(shown, place)),
    },
  }));
}

/** What `queryInboundNatRulePortMapping` answers about one network interface's IP configuration, or about a private address. */
export function portMappings(
  shown: ShownBalancer,
  pool: string,
  asked: { readonly id?: string | undefined; readonly address?: string | undefined },
  subscriptionId: string,
): JsonObject {
  const found = natRulesOf(shown, pool).filter(({ member }) =>
    asked.id === undefined
      ? asked.address !== undefined && addressesOf(member).includes(asked.address)
      : inPool(member, pool, subscriptionId).toLowerCase() === asked.id.toLowerCase(),
  );
  return { inboundNatRulePortMappings: found.map((place) => mappingBody(shown, place)) };
}

/** Those that name this pool, of every instance that has a network interface in it. */
function natRulesOf({ balancer, members }: ShownBalancer, pool: string): readonly NatPlace[] {
  return planNat(balancer, members).filter(
    ({ kind, part, member }) =>
      kind === 'inboundNatRules' &&
      member.ipConfigurations.has(pool.toLowerCase()) &&
      sameName(namedParts(part.properties, 'backendAddressPool')[0] ?? '', pool),
  );
}

function inPool(member: Member, pool: string, subscriptionId: string): string {
  return interfacePath(member, member.ipConfigurations.get(pool.toLowerCase()) ?? '', subscriptionId);
}

function addressesOf({ instance }: Member): readonly string[] {
  const own = instance.observed.address?.host;
  return [...(instance.addresses ?? []).map(({ address }) => address), ...(own === undefined ? [] : [own])];
}

function mappingBody(shown: ShownBalancer, place: NatPlace): JsonObject {
  return {
    inboundNatRuleName: place.part.name,
    protocol: place.part.properties['protocol'],
    frontendPort: portOf(shown, place),
    backendPort: place.listener.backendPort,
  };
}

function portOf({ ports }: ShownBalancer, { listener }: NatPlace): number {
  return ports.get(listener.key) ?? listener.port;
}

/** @param below as the member has it */
export function interfacePath({ set, instance }: Member, below: string, subscriptionId: string): string {
  if (below.startsWith('/')) return below;
  const [nic = '', ...rest] = below.split('/');
  return [instanceInterfacePath(subscriptionId, set, instance, nic), ...rest].join('/');
}
