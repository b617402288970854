// The network resource as clients see it: what was declared, every part with its id, tag and state, and in each who names it.

import type { NetworkView } from '../../app/network-resources.ts';
import type { Json, JsonObject } from '../../arm/json.ts';
import { isObject, listAt, objectAt, textAt } from '../../domain/json.ts';
import { sameName } from '../../domain/load-balancer.ts';
import { macAddress } from '../../domain/network-interface.ts';
import type { NetworkNeed } from '../../domain/network-need.ts';
import { networkPartPath, networkPath } from '../../domain/network-reference.ts';
import {
  type NetworkPartKind,
  type NetworkResource,
  type NetworkType,
  PART_KINDS,
} from '../../domain/network-resource.ts';
import { DEFAULT_RULES } from '../../domain/network-security-group.ts';
import { usersOfPart } from '../../domain/network-use.ts';

/** The kinds of parts that are shown; default rules are every group's. */
export type ShownPartKind = NetworkPartKind | 'defaultSecurityRules';

/** @param host where a public IP address leads */
export function networkBody(view: NetworkView, subscriptionId: string, host?: string): JsonObject {
  const { resource } = view;
  const { type, location, tags, zones, extra, properties, uid, name } = resource;
  const kind = PART_KINDS[type];
  return {
    name,
    id: networkPath(subscriptionId, resource),
    etag: networkTag(resource),
    type: `Microsoft.Network/${type}`,
    location,
    tags,
    ...(zones.length === 0 ? {} : { zones }),
    ...extra,
    properties: {
      provisioningState: 'Succeeded',
      resourceGuid: uid,
      ...properties,
      ...(kind === undefined ? {} : { [kind]: networkPartBodies(view, kind, subscriptionId) }),
      ...SHOWN[type](view, { subscriptionId, host }),
    },
  };
}

/** Azure's network provider has weak tags: `W/"guid"`. */
export function networkTag({ etag }: Pick<NetworkResource, 'etag'>): string {
  return `W/"${etag}"`;
}

/** The parts of a kind, or the one of that name. */
export function networkPartBodies(
  view: NetworkView,
  kind: ShownPartKind,
  subscriptionId: string,
  name?: string,
): readonly JsonObject[] {
  const { resource } = view;
  const parts =
    kind === 'defaultSecurityRules'
      ? DEFAULT_RULES.map((rule): JsonObject => ({ ...rule }))
      : listAt(resource.properties, kind).filter(isObject);
  return parts
    .filter((part) => name === undefined || textAt(part, 'name')?.toLowerCase() === name.toLowerCase())
    .map((part) => partBody(view, kind, part, networkPath(subscriptionId, resource)));
}

function partBody(view: NetworkView, kind: ShownPartKind, part: JsonObject, path: string): JsonObject {
  const { properties, ...rest } = part;
  const name = textAt(part, 'name') ?? '';
  return {
    ...rest,
    id: networkPartPath(path, kind, name),
    etag: networkTag(view.resource),
    type: `Microsoft.Network/${view.resource.type}/${kind}`,
    properties: {
      provisioningState: 'Succeeded',
      ...(kind === 'subnets' || kind === 'ipConfigurations' ? {} : RULE_LISTS),
      ...(isObject(properties) ? properties : {}),
      ...(kind === 'subnets' ? subnetUsers(usersOfPart(view.users, name)) : {}),
      ...(kind === 'ipConfigurations' ? addressOf(view.resource, name) : {}),
    },
  };
}

/** Azure shows the lists of a rule also where it has none. */
const RULE_LISTS: JsonObject = {
  sourcePortRanges: [],
  destinationPortRanges: [],
  sourceAddressPrefixes: [],
  destinationAddressPrefixes: [],
};

/** Frontends are IP configurations too; those of a set's instances are shown with their network interfaces. */
function subnetUsers(users: readonly NetworkNeed[]): JsonObject {
  return listed(
    'ipConfigurations',
    users.filter(({ by }) => /\/(?:frontendIPConfigurations|ipConfigurations)\//.test(by)),
  );
}

/** Also the one that was handed out. */
function addressOf({ addresses = [] }: NetworkResource, name: string): JsonObject {
  const found = addresses.find(({ ipConfiguration }) => sameName(ipConfiguration, name));
  return found === undefined ? {} : { privateIPAddress: found.address };
}

type Shown = (
  view: NetworkView,
  show: { readonly subscriptionId: string; readonly host: string | undefined },
) => JsonObject;

/** What Azure shows of each type beside what was declared. */
const SHOWN: Readonly<Record<NetworkType, Shown>> = {
  virtualNetworks: () => ({}),
  publicIPAddresses: ({ resource, users }, { host }) => {
    const [user] = users;
    // A dynamic one has no address before something uses it.
    const isGiven =
      user !== undefined || textAt(resource.properties, 'publicIPAllocationMethod') === 'Static';
    return {
      ...(isGiven && host !== undefined ? { ipAddress: host } : {}),
      ...(user === undefined ? {} : userOf(user)),
    };
  },
  networkSecurityGroups: (view, { subscriptionId }) => ({
    defaultSecurityRules: networkPartBodies(view, 'defaultSecurityRules', subscriptionId),
    ...listed(
      'subnets',
      view.users.filter(({ by }) => by.includes('/subnets/')),
    ),
    ...listed(
      'networkInterfaces',
      view.users.filter(({ by }) => by.includes('/networkInterfaces/')),
    ),
  }),
  natGateways: ({ users }) => listed('subnets', users),
  networkInterfaces: shownOfInterface,
};

function shownOfInterface({ resource, machine }: NetworkView): JsonObject {
  const { properties, holder } = resource;
  return {
    dnsSettings: { ...objectAt(properties, 'dnsSettings'), appliedDnsServers: [] },
    hostedWorkloads: [],
    tapConfigurations: [],
    vnetEncryptionSupported: false,
    ...(machine === undefined || holder === undefined
      ? {}
      : {
          macAddress: macAddress(machine.vmId, machine.nic),
          primary: holder.primary,
          virtualMachine: { id: machine.path },
        }),
  };
}

function userOf({ by }: NetworkNeed): JsonObject {
  return by.includes('/natGateways/') ? { natGateway: { id: by } } : { ipConfiguration: { id: by } };
}

function listed(member: string, users: readonly NetworkNeed[]): JsonObject {
  const ids = [...new Set(users.map(({ by }) => by))];
  return ids.length === 0 ? {} : { [member]: ids.map((id): Json => ({ id })) };
}
