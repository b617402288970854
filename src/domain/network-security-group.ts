// Network security group: the rules of its rules, and the rules that every group has. They filter nothing here: guests share
// this machine's loopback.
// What must hold: no two rules of a group have the same direction and priority.
// Sources: Microsoft's swagger and page of network security groups (default rules, ranges), error texts as users of Azure report them.

import { parseAddress, parsePrefix } from './address-prefix.ts';
import { without } from './declaration.ts';
import { Failure } from './failure.ts';
import { asText, isObject, type Json, type JsonObject, listAt, objectAt } from './json.ts';
import { checkChildNames, childName, lacking, wordOf } from './network-format.ts';

const LEAST_PRIORITY = 100;
const MOST_PRIORITY = 4096;
const PROTOCOLS = ['*', 'Tcp', 'Udp', 'Icmp', 'Esp', 'Ah'] as const;
const LEARN = 'To learn more, see aka.ms/nsgrules.';
/** Each end of a rule says where by one of these members, and by which ports. */
const ENDS = ['source', 'destination'] as const;

export function completeSecurityGroup({ path }: { readonly path: string }, given: JsonObject): JsonObject {
  const securityRules = listAt(given, 'securityRules').map((rule) => completeRule(path, rule));
  checkChildNames(path, securityRules);
  checkPriorities(securityRules);
  return { ...given, securityRules };
}

type Rule = JsonObject & { readonly name: string; readonly properties: JsonObject };

function completeRule(path: string, rule: Json): Rule {
  const name = childName(rule, 'securityRules');
  const where = `${path}/securityRules/${name}`;
  const given = without(objectAt(rule, 'properties') ?? {}, 'provisioningState');
  for (const member of ['protocol', 'access', 'direction', 'priority']) {
    if (given[member] === undefined) throw lacking(member, where);
  }
  for (const end of ENDS) checkEnd(given, end, where);
  const rest = isObject(rule) ? without(rule, 'id', 'etag', 'type', 'properties') : {};
  return {
    ...rest,
    name,
    properties: {
      ...given,
      protocol: wordOf(given, 'protocol', PROTOCOLS, where),
      access: wordOf(given, 'access', ['Allow', 'Deny'], where),
      direction: wordOf(given, 'direction', ['Inbound', 'Outbound'], where),
      priority: priorityOf(given['priority']),
    },
  };
}

function priorityOf(given: Json | undefined): number {
  if (typeof given === 'number' && given >= LEAST_PRIORITY && given <= MOST_PRIORITY) return given;
  throw new Failure(
    'securityRuleInvalidPriority',
    `Security rule has invalid Priority. Value provided: ${asText(given)} Allowed range ${LEAST_PRIORITY}-${MOST_PRIORITY}. ${LEARN}`,
  );
}

function checkEnd(given: JsonObject, end: (typeof ENDS)[number], where: string): void {
  const ports = valuesOf(given, `${end}PortRange`, `${end}PortRanges`);
  const places = valuesOf(given, `${end}AddressPrefix`, `${end}AddressPrefixes`);
  const groups = listAt(given, `${end}ApplicationSecurityGroups`);
  if (ports.length === 0) throw lacking(`${end}PortRange`, where);
  if (places.length + groups.length === 0) throw lacking(`${end}AddressPrefix`, where);
  const wrongPort = ports.find((port) => !isPortRange(port));
  if (wrongPort !== undefined) {
    throw new Failure(
      'securityRuleInvalidPortRange',
      `Security rule has invalid Port range. Value provided: ${wrongPort}. Value should be an integer OR integer range with '-' delimiter. Valid range 0-65535. ${LEARN}`,
    );
  }
  const wrongPlace = places.find((place) => !isPlace(place));
  if (wrongPlace === undefined) return;
  throw new Failure(
    'securityRuleInvalidAddressPrefix',
    `Security rule has invalid Address prefix. Value provided: ${wrongPlace}. ${LEARN}`,
  );
}

function valuesOf(given: JsonObject, one: string, many: string): readonly string[] {
  return [...(given[one] === undefined ? [] : [given[one]]), ...listAt(given, many)].map(asText);
}

function isPortRange(text: string): boolean {
  if (text === '*') return true;
  const [, first = '', last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  return first !== '' && Number(first) <= Number(last) && Number(last) <= 65_535;
}

/** An address, a prefix, a range of addresses, everything, or the name of a service, of which Azure has more every month. */
function isPlace(text: string): boolean {
  if (text === '*' || /^[A-Za-z][A-Za-z0-9.]*$/.test(text)) return true;
  const ends = text.split('-');
  return (
    parsePrefix(text) !== undefined ||
    (ends.length <= 2 && ends.every((address) => parseAddress(address) !== undefined))
  );
}

function checkPriorities(rules: readonly Rule[]): void {
  const taken = new Map<string, string>();
  for (const { name, properties } of [...DEFAULT_RULES, ...rules]) {
    const place = `${asText(properties['direction'])} ${asText(properties['priority'])}`;
    const other = taken.get(place);
    if (other !== undefined) {
      throw new Failure(
        'securityRuleConflict',
        `Security rule ${other} conflicts with rule ${name}. Rules cannot have the same Priority and Direction. ${LEARN}`,
      );
    }
    taken.set(place, name);
  }
}

function defaultRule(
  name: string,
  description: string,
  [direction, priority, access]: readonly [direction: string, priority: number, access: string],
  [from, to]: readonly [from: string, to: string],
): Rule {
  return {
    name,
    properties: {
      description,
      protocol: '*',
      sourcePortRange: '*',
      destinationPortRange: '*',
      sourceAddressPrefix: from,
      destinationAddressPrefix: to,
      access,
      priority,
      direction,
    },
  };
}

/** Those of every group; they can neither be changed nor taken away. */
export const DEFAULT_RULES: readonly Rule[] = [
  defaultRule(
    'AllowVnetInBound',
    'Allow inbound traffic from all VMs in VNET',
    ['Inbound', 65_000, 'Allow'],
    ['VirtualNetwork', 'VirtualNetwork'],
  ),
  defaultRule(
    'AllowAzureLoadBalancerInBound',
    'Allow inbound traffic from azure load balancer',
    ['Inbound', 65_001, 'Allow'],
    ['AzureLoadBalancer', '*'],
  ),
  defaultRule('DenyAllInBound', 'Deny all inbound traffic', ['Inbound', 65_500, 'Deny'], ['*', '*']),
  defaultRule(
    'AllowVnetOutBound',
    'Allow outbound traffic from all VMs to all VMs in VNET',
    ['Outbound', 65_000, 'Allow'],
    ['VirtualNetwork', 'VirtualNetwork'],
  ),
  defaultRule(
    'AllowInternetOutBound',
    'Allow outbound traffic from all VMs to Internet',
    ['Outbound', 65_001, 'Allow'],
    ['*', 'Internet'],
  ),
  defaultRule('DenyAllOutBound', 'Deny all outbound traffic', ['Outbound', 65_500, 'Deny'], ['*', '*']),
];
