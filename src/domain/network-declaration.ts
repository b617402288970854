// Network declaration: how the body of a PUT becomes what is declared of a network resource. PUT replaces the resource, as in
// Azure's network provider: what is left out is gone. Read-only members are dropped, defaults filled in, nulls say nothing.
// What must hold: declaring a resource as it is shown changes nothing. These types have no secrets, and members of `properties`
// that they do not have are dropped, so that whatever was sent to the wrong address is not shown to all.
// Source: the members are those of Microsoft's swagger of Microsoft.Network.

import { normalLocation, without, withoutNulls } from './declaration.ts';
import { checkTags, checkZones } from './declaration-rules.ts';
import { missing } from './parameter-failure.ts';
import { Failure } from './failure.ts';
import { asText, type JsonObject, listAt, objectAt, tagsFrom, textAt } from './json.ts';
import { sameName } from './load-balancer.ts';
import { completeInterface } from './interface-declaration.ts';
import { numberOf, withBareReferences } from './network-format.ts';
import type { NetworkResource, NetworkType } from './network-resource.ts';
import { completeSecurityGroup } from './network-security-group.ts';
import { completePublicIPAddress } from './public-ip-address.ts';
import { completeVirtualNetwork } from './virtual-network.ts';

export type DeclaredNetwork = Pick<
  NetworkResource,
  'type' | 'group' | 'name' | 'location' | 'tags' | 'zones' | 'properties' | 'extra'
>;

interface At {
  readonly path: string;
  readonly name: string;
  readonly location: string;
  readonly sku: string;
}

interface Facts {
  /** What it is when nothing is said; types without have none. */
  readonly sku?: string;
  /** What may be declared of it. What else Azure shows of it, it takes no notice of when it comes back. */
  readonly members: readonly string[];
  readonly complete: (at: At, given: JsonObject, before: JsonObject | undefined) => JsonObject;
}

const FACTS: Readonly<Record<NetworkType, Facts>> = {
  virtualNetworks: {
    members: [
      'addressSpace',
      'dhcpOptions',
      'flowTimeoutInMinutes',
      'subnets',
      'virtualNetworkPeerings',
      'enableDdosProtection',
      'enableVmProtection',
      'ddosProtectionPlan',
      'bgpCommunities',
      'encryption',
      'ipAllocations',
      'privateEndpointVNetPolicies',
    ],
    complete: completeVirtualNetwork,
  },
  publicIPAddresses: {
    sku: 'Basic',
    members: [
      'publicIPAllocationMethod',
      'publicIPAddressVersion',
      'dnsSettings',
      'ddosSettings',
      'ipTags',
      'publicIPPrefix',
      'idleTimeoutInMinutes',
      'servicePublicIPAddress',
      'migrationPhase',
      'linkedPublicIPAddress',
      'deleteOption',
    ],
    complete: completePublicIPAddress,
  },
  networkSecurityGroups: { members: ['flushConnection', 'securityRules'], complete: completeSecurityGroup },
  natGateways: {
    sku: 'Standard',
    members: [
      'idleTimeoutInMinutes',
      'publicIpAddresses',
      'publicIpAddressesV6',
      'publicIpPrefixes',
      'publicIpPrefixesV6',
      'sourceVirtualNetwork',
      'serviceGateway',
    ],
    complete: completeNatGateway,
  },
  networkInterfaces: {
    members: [
      'ipConfigurations',
      'networkSecurityGroup',
      'dnsSettings',
      'enableAcceleratedNetworking',
      'enableIPForwarding',
      'disableTcpStateTracking',
      'workloadType',
      'nicType',
      'auxiliaryMode',
      'auxiliarySku',
      'migrationPhase',
    ],
    complete: completeInterface,
  },
};

const TOP = ['id', 'name', 'type', 'etag', 'location', 'tags', 'zones', 'sku', 'properties'];

/** @param body has passed the wire's schema */
export function declareNetwork(
  at: Pick<NetworkResource, 'type' | 'group' | 'name'> & { readonly path: string },
  body: JsonObject,
  current: NetworkResource | undefined,
): DeclaredNetwork {
  const { type, group, name, path } = at;
  const given = textAt(body, 'location');
  if (given === undefined) throw missing('location');
  const location = normalLocation(given);
  const tags = tagsFrom(body['tags']) ?? {};
  checkTags(tags);
  const zones = listAt(body, 'zones').map(asText);
  checkZones(zones);
  const { members, complete, sku: usual } = FACTS[type];
  const sku = usual === undefined ? undefined : skuFrom(body, usual, current);
  const properties = complete(
    { path, name, location, sku: textAt(sku, 'name') ?? '' },
    only(withoutNulls(objectAt(body, 'properties') ?? {}) as JsonObject, members),
    current?.properties,
  );
  const extra = withoutNulls(without(body, ...TOP)) as JsonObject;
  return {
    type,
    group,
    name,
    location,
    tags,
    zones,
    properties,
    extra: { ...(sku === undefined ? {} : { sku }), ...extra },
  };
}

function only(properties: JsonObject, members: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(properties).filter(([member]) => members.includes(member)));
}

function skuFrom(body: JsonObject, usual: string, current: NetworkResource | undefined): JsonObject {
  const before = objectAt(current?.extra, 'sku');
  const sku = {
    name: textAt(body, 'sku', 'name') ?? textAt(before, 'name') ?? usual,
    tier: textAt(body, 'sku', 'tier') ?? textAt(before, 'tier') ?? 'Regional',
  };
  if (before !== undefined && !sameName(textAt(before, 'name') ?? '', sku.name)) {
    throw new Failure('propertyChangeNotAllowed', "Changing property 'sku.name' is not allowed.", {
      target: 'sku.name',
    });
  }
  return sku;
}

function completeNatGateway({ path }: At, given: JsonObject): JsonObject {
  const named = withBareReferences(given, 'publicIpAddresses');
  return { ...named, idleTimeoutInMinutes: numberOf(given, 'idleTimeoutInMinutes', [4, 120, 4], path) };
}
