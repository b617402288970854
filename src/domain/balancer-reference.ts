// Balancer references: the ids by which a scale set's model names parts of a load balancer, and by which a balancer's rules
// name its other parts.

import { CHILD_KINDS, type ChildKind, type LoadBalancer, sameName } from './load-balancer.ts';
import { type Json, type JsonObject, listAt, textAt } from './json.ts';
import { groupPath } from './resource-path.ts';

export interface ChildReference {
  readonly id: string;
  readonly subscriptionId: string;
  readonly group: string;
  readonly balancer: string;
  readonly kind: ChildKind;
  readonly name: string;
}

const PATTERN =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Network\/loadBalancers\/([^/]+)\/([^/]+)\/([^/]+)$/i;

/** Undefined when the text names no part of a load balancer. */
export function parseChildReference(id: string): ChildReference | undefined {
  const [, subscriptionId = '', group = '', balancer = '', word = '', name = ''] = PATTERN.exec(id) ?? [];
  const kind = CHILD_KINDS.find((known) => sameName(known, word));
  return kind === undefined ? undefined : { id, subscriptionId, group, balancer, kind, name };
}

export function balancerPath(subscriptionId: string, group: string, name: string): string {
  return `${groupPath(subscriptionId, group)}/providers/Microsoft.Network/loadBalancers/${name}`;
}

export function childPath(balancer: string, kind: ChildKind, name: string): string {
  return `${balancer}/${kind}/${name}`;
}

export function isOf(reference: ChildReference, balancer: Pick<LoadBalancer, 'group' | 'name'>): boolean {
  return sameName(reference.group, balancer.group) && sameName(reference.balancer, balancer.name);
}

/** What a model's network profile names, as it stands there. */
export interface ModelReference {
  readonly kind: ChildKind;
  readonly id: string;
  /**
   * Of the network interface that stands behind it: `nic/ipConfigurations/ip`, or its whole ARM id where the network interface is
   * a resource of its own. Absent for the health probe.
   */
  readonly ipConfiguration?: string;
}

const NAMED_BY: readonly (readonly [member: string, kind: ChildKind])[] = [
  ['loadBalancerBackendAddressPools', 'backendAddressPools'],
  ['loadBalancerInboundNatPools', 'inboundNatPools'],
];
/** Network interfaces that are resources of their own name single rules too. */
const NAMED_BY_RESOURCE = [...NAMED_BY, ['loadBalancerInboundNatRules', 'inboundNatRules']] as const;

/** @param profile `properties.virtualMachineProfile` */
export function modelReferences(profile: JsonObject): readonly ModelReference[] {
  const probe = textAt(profile, 'networkProfile', 'healthProbe', 'id');
  const nics = listAt(profile, 'networkProfile', 'networkInterfaceConfigurations');
  return [
    ...nics.flatMap((nic) => listAt(nic, 'properties', 'ipConfigurations').flatMap((ip) => namedBy(nic, ip))),
    ...(probe === undefined ? [] : [{ kind: 'probes' as const, id: probe }]),
  ];
}

function namedBy(nic: Json, ip: Json): readonly ModelReference[] {
  const interfaceName = textAt(nic, 'id') ?? textAt(nic, 'name') ?? '';
  const ipConfiguration = `${interfaceName}/ipConfigurations/${textAt(ip, 'name') ?? ''}`;
  const naming = textAt(nic, 'id') === undefined ? NAMED_BY : NAMED_BY_RESOURCE;
  return naming.flatMap(([member, kind]) =>
    listAt(ip, 'properties', member).flatMap((item): readonly ModelReference[] => {
      const id = textAt(item, 'id');
      return id === undefined ? [] : [{ kind, id, ipConfiguration }];
    }),
  );
}

/** The names of the parts that a member of a rule names: one `{ id }`, or a list of them. */
export function namedParts(properties: JsonObject, member: string): readonly string[] {
  const value = properties[member];
  const items = Array.isArray(value) ? (value as readonly Json[]) : [value ?? null];
  return items.flatMap((item) => {
    const name = parseChildReference(textAt(item, 'id') ?? '')?.name;
    return name === undefined ? [] : [name];
  });
}

/** The pools of a load-balancing rule: its list, or where there is none the one pool. */
export function poolsOf(rule: JsonObject): readonly string[] {
  const listed = namedParts(rule, 'backendAddressPools');
  return listed.length > 0 ? listed : namedParts(rule, 'backendAddressPool');
}
