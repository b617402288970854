// Network needs: which network resources a row names, where it names them, and by which member. One list for every kind of row,
// so that what must be there when something is written and what may not go while it is named are the same.

import { unreadable } from './network-format.ts';
import type { Fleet } from './balancing.ts';
import { namingProfile } from './interface-resource.ts';
import { balancerPath, childPath } from './balancer-reference.ts';
import { type Json, type JsonObject, listAt, objectAt, textAt } from './json.ts';
import { childrenOf, type LoadBalancer, sameName } from './load-balancer.ts';
import { networkPartPath, networkPath, parseNetworkReference, typeNamed } from './network-reference.ts';
import { networkParts, type NetworkResource } from './network-resource.ts';
import { setPath } from './resource-path.ts';

export interface NetworkNeed {
  /** As it stands there. */
  readonly id: string;
  /** What it must be of, below Microsoft.Network: `virtualNetworks/subnets`. Also types that are not served, and so are never there. */
  readonly type: string;
  /** The ARM id of the part that names it. */
  readonly by: string;
  /** What Azure's messages call the part. */
  readonly member: string;
  /** The resource group of the one that names it. */
  readonly group: string;
  /** The ARM id of the whole, where Azure's word for what is not there is about it and not about the part. */
  readonly whole?: string;
}

type Naming = readonly (readonly [member: string, type: string])[];

const SUBNET = 'virtualNetworks/subnets';
const BY_SUBNET: Naming = [
  ['networkSecurityGroup', 'networkSecurityGroups'],
  ['natGateway', 'natGateways'],
  ['routeTable', 'routeTables'],
  ['serviceEndpointPolicies', 'serviceEndpointPolicies'],
];
const BY_NETWORK: Naming = [['ddosProtectionPlan', 'ddosProtectionPlans']];
const BY_SECURITY_RULE: Naming = [
  ['sourceApplicationSecurityGroups', 'applicationSecurityGroups'],
  ['destinationApplicationSecurityGroups', 'applicationSecurityGroups'],
];
const BY_ADDRESS: Naming = [['publicIPPrefix', 'publicIPPrefixes']];
const BY_GATEWAY: Naming = [
  ['publicIpAddresses', 'publicIPAddresses'],
  ['publicIpPrefixes', 'publicIPPrefixes'],
];
const BY_FRONTEND: Naming = [
  ['subnet', SUBNET],
  ['publicIPAddress', 'publicIPAddresses'],
  ['publicIPPrefix', 'publicIPPrefixes'],
];
const BY_INTERFACE: Naming = [['networkSecurityGroup', 'networkSecurityGroups']];
const BY_IP_CONFIGURATION: Naming = [
  ['subnet', SUBNET],
  ['applicationSecurityGroups', 'applicationSecurityGroups'],
];
/** Of a network interface that is a resource of its own. */
const BY_OWN_IP_CONFIGURATION: Naming = [...BY_IP_CONFIGURATION, ['publicIPAddress', 'publicIPAddresses']];

interface Namer {
  readonly by: string;
  readonly group: string;
  readonly whole?: string;
}

export function resourceNeeds(
  subscriptionId: string,
  resource: Pick<NetworkResource, 'type' | 'group' | 'name' | 'properties'>,
): readonly NetworkNeed[] {
  const by = networkPath(subscriptionId, resource);
  const { group, properties } = resource;
  switch (resource.type) {
    case 'virtualNetworks':
      return [
        ...named({ by, group }, properties, BY_NETWORK),
        ...networkParts(resource, 'subnets').flatMap((subnet) =>
          named({ by: networkPartPath(by, 'subnets', subnet.name), group }, subnet.properties, BY_SUBNET),
        ),
      ];
    case 'networkSecurityGroups':
      return networkParts(resource, 'securityRules').flatMap((rule) =>
        named(
          { by: networkPartPath(by, 'securityRules', rule.name), group },
          rule.properties,
          BY_SECURITY_RULE,
        ),
      );
    case 'publicIPAddresses':
      return named({ by, group }, properties, BY_ADDRESS);
    case 'natGateways':
      return named({ by, group }, properties, BY_GATEWAY);
    case 'networkInterfaces':
      return [
        ...named({ by, group }, properties, BY_INTERFACE),
        ...networkParts(resource, 'ipConfigurations').flatMap((ip) =>
          named(
            { by: networkPartPath(by, 'ipConfigurations', ip.name), group, whole: by },
            ip.properties,
            BY_OWN_IP_CONFIGURATION,
          ),
        ),
      ];
  }
}

export function balancerNeeds(
  subscriptionId: string,
  balancer: Pick<LoadBalancer, 'group' | 'name' | 'properties'>,
): readonly NetworkNeed[] {
  const { group } = balancer;
  const path = balancerPath(subscriptionId, group, balancer.name);
  return childrenOf(balancer, 'frontendIPConfigurations').flatMap(({ name, properties }) =>
    named({ by: childPath(path, 'frontendIPConfigurations', name), group }, properties, BY_FRONTEND),
  );
}

/** @param profile `properties.virtualMachineProfile` */
export function modelNeeds(
  subscriptionId: string,
  set: { readonly group: string; readonly name: string },
  profile: JsonObject,
): readonly NetworkNeed[] {
  const namer = { by: setPath(subscriptionId, set), group: set.group };
  return listAt(profile, 'networkProfile', 'networkInterfaceConfigurations').flatMap((nic) => [
    ...named(namer, objectAt(nic, 'properties') ?? {}, BY_INTERFACE),
    ...listAt(nic, 'properties', 'ipConfigurations').flatMap((ip) => [
      ...named(namer, objectAt(ip, 'properties') ?? {}, BY_IP_CONFIGURATION),
      ...named(
        namer,
        objectAt(ip, 'properties', 'publicIPAddressConfiguration', 'properties') ?? {},
        BY_ADDRESS,
      ),
    ]),
  ]);
}

/** Of every version of its model that an instance has, or may come back to. */
export function fleetNeeds(subscriptionId: string, fleet: Fleet): readonly NetworkNeed[] {
  const { set, models, instances, held } = fleet;
  const naming = models
    .map((model) => ({
      version: model.version,
      needs: modelNeeds(subscriptionId, set, namingProfile(model)),
    }))
    .filter(({ needs }) => needs.length > 0);
  // Most sets name nothing, and have many instances.
  if (naming.length === 0) return [];
  const versions = new Set([
    set.model,
    ...held,
    ...instances.flatMap((one) => [one.model, one.wanted.model]),
  ]);
  return naming.filter(({ version }) => versions.has(version)).flatMap(({ needs }) => needs);
}

function named(namer: Namer, properties: JsonObject, naming: Naming): readonly NetworkNeed[] {
  return naming.flatMap(([member, type]) => {
    const value = properties[member];
    const items = Array.isArray(value) ? (value as readonly Json[]) : value === undefined ? [] : [value];
    return items.map((item) => ({ id: textAt(item, 'id') ?? '', type, member, ...namer }));
  });
}

/** Throws Azure's words for an id that can be of no such thing. */
export function checkNeed({ id, type, by, member }: NetworkNeed): void {
  const reference = parseNetworkReference(id);
  const problem =
    reference === undefined
      ? (['InvalidJsonReferenceFormat', 'is not formatted correctly'] as const)
      : (['InvalidJsonReferenceWrongType', 'is referencing resource of a wrong type'] as const);
  if (reference !== undefined && sameName(typeNamed(reference), type)) return;
  throw unreadable(
    problem[0],
    `Reference Id ${id} ${problem[1]}. The Id is expected to reference resources of type ${type}. Path ${by}/${member}.`,
  );
}
