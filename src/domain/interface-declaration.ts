// Interface declaration: the rules of a network interface that is a resource of its own.
// What must hold: it has an IP configuration, exactly one of them is the primary one, and all are of one subnet.
// Sources: Microsoft's swagger (members, defaults); error codes and texts as users of Azure report them.

import { without } from './declaration.ts';
import { Failure } from './failure.ts';
import { isObject, type Json, type JsonObject, listAt, objectAt, textAt } from './json.ts';
import { sameName } from './load-balancer.ts';
import {
  checkChildNames,
  childName,
  lacking,
  unreadable,
  withBareReferences,
  wordOf,
} from './network-format.ts';

interface At {
  /** ARM id. */
  readonly path: string;
  readonly name: string;
}

interface Part {
  readonly name: string;
  readonly properties: JsonObject;
}

export function completeInterface(at: At, given: JsonObject): JsonObject {
  const parts = listAt(given, 'ipConfigurations').map((part) => readPart(at, part));
  if (parts.length === 0) throw lacking('ipConfigurations', at.path);
  checkChildNames(at.path, parts);
  checkOneSubnet(at, parts);
  return {
    ...withBareReferences(given, 'networkSecurityGroup'),
    ipConfigurations: withPrimary(at, parts).map(({ name, properties }): Json => ({ name, properties })),
    dnsSettings: dnsFrom(objectAt(given, 'dnsSettings') ?? {}),
    enableAcceleratedNetworking: given['enableAcceleratedNetworking'] ?? false,
    enableIPForwarding: given['enableIPForwarding'] ?? false,
    disableTcpStateTracking: given['disableTcpStateTracking'] ?? false,
    nicType: wordOf(given, 'nicType', ['Standard', 'Elastic'], at.path),
  };
}

/** What may be declared of an IP configuration and is read here or held for others. */
const MEMBERS = [
  'privateIPAddress',
  'privateIPAllocationMethod',
  'privateIPAddressVersion',
  'subnet',
  'primary',
  'publicIPAddress',
  'loadBalancerBackendAddressPools',
  'loadBalancerInboundNatRules',
  'applicationSecurityGroups',
];
const REFERENCES = [
  'subnet',
  'publicIPAddress',
  'loadBalancerBackendAddressPools',
  'loadBalancerInboundNatRules',
  'applicationSecurityGroups',
];

function readPart({ path }: At, part: Json): Part {
  const name = childName(part, 'ipConfigurations');
  const where = `${path}/ipConfigurations/${name}`;
  const given = Object.entries(objectAt(part, 'properties') ?? {}).filter(([key]) => MEMBERS.includes(key));
  const bare = withBareReferences(Object.fromEntries(given), ...REFERENCES);
  if (textAt(bare, 'subnet', 'id') === undefined) throw lacking('subnet', where);
  const method = wordOf(bare, 'privateIPAllocationMethod', ['Dynamic', 'Static'], where);
  const address = textAt(bare, 'privateIPAddress');
  if (method === 'Static' && address === undefined) throw lacking('privateIPAddress', where);
  return {
    name,
    properties: {
      // What is not static is handed out, whatever a client sends back of it.
      ...(method === 'Static' ? bare : without(bare, 'privateIPAddress')),
      privateIPAllocationMethod: method,
      privateIPAddressVersion: wordOf(bare, 'privateIPAddressVersion', ['IPv4', 'IPv6'], where),
    },
  };
}

function checkOneSubnet({ path, name }: At, parts: readonly Part[]): void {
  const [first, ...rest] = parts.map(({ properties }) => textAt(properties, 'subnet', 'id') ?? '');
  const other = rest.find((id) => !sameName(id, first ?? ''));
  if (other === undefined) return;
  throw new Failure(
    'ipConfigurationsDifferInSubnet',
    `IP configurations on network interface ${name} cannot use different subnets: ${first} and ${other}. Resource: ${path}.`,
  );
}

/** The only one is the primary one, whatever was said; of several, one must say so. */
function withPrimary({ name }: At, parts: readonly Part[]): readonly Part[] {
  const said = parts.filter(({ properties }) => properties['primary'] === true);
  if (parts.length > 1 && said.length === 0) {
    throw new Failure(
      'primaryIpConfigurationUnclear',
      `Network Interface ${name} specifies multiple IPConfigurations but none of the IPConfigurations is specified as Primary.`,
    );
  }
  if (said.length > 1) {
    throw new Failure(
      'primaryIpConfigurationUnclear',
      `Network Interface ${name} specifies multiple IPConfigurations as Primary. Only one of them can be.`,
    );
  }
  const primary = said[0] ?? parts[0];
  if (primary?.properties['privateIPAddressVersion'] === 'IPv6') {
    throw unreadable(
      'InvalidPropertyValue',
      `The primary IP configuration of network interface ${name} must be of version IPv4.`,
    );
  }
  return parts.map((part) => ({ ...part, properties: { ...part.properties, primary: part === primary } }));
}

function dnsFrom(given: JsonObject): JsonObject {
  const label = textAt(given, 'internalDnsNameLabel');
  return {
    dnsServers: listAt(given, 'dnsServers').filter((one) => !isObject(one)),
    ...(label === undefined ? {} : { internalDnsNameLabel: label }),
  };
}
