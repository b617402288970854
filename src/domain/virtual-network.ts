// Virtual network: the rules of its address space and of its subnets.
// What must hold: every subnet lies within the address space, and no two subnets share an address.
// Sources: Microsoft's swagger of Microsoft.Network (defaults), error codes and texts as users of Azure report them.

import { type AddressPrefix, contains, formatPrefix, overlaps, parsePrefix } from './address-prefix.ts';
import { without } from './declaration.ts';
import { Failure } from './failure.ts';
import { asText, isObject, type Json, type JsonObject, listAt, objectAt } from './json.ts';
import { checkChildNames, childName, lacking, withBareReferences } from './network-format.ts';
import type { NetworkPart } from './network-resource.ts';

/** What Azure shows of a subnet, and takes no notice of when it comes back. */
const SUBNET_READ_ONLY = [
  'provisioningState',
  'ipConfigurations',
  'ipConfigurationProfiles',
  'privateEndpoints',
  'resourceNavigationLinks',
  'serviceAssociationLinks',
  'purpose',
];
const SUBNET_DEFAULTS: JsonObject = {
  delegations: [],
  privateEndpointNetworkPolicies: 'Disabled',
  privateLinkServiceNetworkPolicies: 'Enabled',
};
/** Azure keeps five addresses of each subnet, so nothing smaller holds anything. */
const SMALLEST_SUBNET = { 4: 29, 6: 64 } as const;

/**
 * @param at the network's ARM id and its name
 * @param before the properties that it has; subnets that a body does not speak of at all stay
 */
export function completeVirtualNetwork(
  at: { readonly path: string; readonly name: string },
  given: JsonObject,
  before: JsonObject | undefined,
): JsonObject {
  if (listAt(given, 'virtualNetworkPeerings').length > 0) {
    throw new Failure('badRequest', `Peerings of virtual network ${at.name} are not served yet.`);
  }
  const space = objectAt(given, 'addressSpace') ?? {};
  const texts = listAt(space, 'addressPrefixes').map(asText);
  if (texts.length === 0) throw lacking('addressSpace.addressPrefixes', at.path);
  const prefixes = texts.map((text) => readPrefix(text, at.path));
  if (anyOverlap(prefixes)) {
    throw new Failure(
      'badRequest',
      `The address prefixes ${texts.join(', ')} of virtual network ${at.name} overlap.`,
    );
  }
  const subnets = (given['subnets'] === undefined ? listAt(before, 'subnets') : listAt(given, 'subnets')).map(
    (subnet) => completeSubnet(at.path, subnet),
  );
  checkChildNames(at.path, subnets);
  checkRanges(at, prefixes, subnets);
  return {
    enableDdosProtection: false,
    enableVmProtection: false,
    virtualNetworkPeerings: [],
    ...given,
    addressSpace: { ...space, addressPrefixes: texts },
    subnets,
  };
}

function completeSubnet(path: string, subnet: Json): JsonObject & { readonly name: string } {
  const name = childName(subnet, 'subnets');
  const given = withBareReferences(
    without(objectAt(subnet, 'properties') ?? {}, ...SUBNET_READ_ONLY),
    'networkSecurityGroup',
    'natGateway',
  );
  const one = asText(given['addressPrefix']);
  const [first, ...more] = listAt(given, 'addressPrefixes').map(asText);
  if (one === '' && first === undefined) throw lacking('addressPrefix', `${path}/subnets/${name}`);
  // Clients read the one prefix of a subnet by its own name, however it was written.
  const prefix = one === '' && more.length === 0 && first !== undefined ? { addressPrefix: first } : {};
  const rest = isObject(subnet) ? without(subnet, 'id', 'etag', 'type', 'name', 'properties') : {};
  return { ...rest, name, properties: { ...SUBNET_DEFAULTS, ...prefix, ...given } };
}

function checkRanges(
  at: { readonly path: string; readonly name: string },
  space: readonly AddressPrefix[],
  subnets: readonly (JsonObject & { readonly name: string })[],
): void {
  const taken: AddressPrefix[] = [];
  for (const subnet of subnets) {
    const own = prefixesOf(subnet, at);
    if (!own.every((prefix) => space.some((outer) => contains(outer, prefix)))) {
      throw new Failure(
        'subnetOutsideNetwork',
        `Subnet '${subnet.name}' is not valid because its IP address range is outside the IP address range of virtual network '${at.name}'.`,
      );
    }
    for (const prefix of own) {
      if (taken.some((other) => overlaps(other, prefix))) {
        throw new Failure(
          'subnetsOverlap',
          `Subnet '${subnet.name}' is not valid because its IP address range overlaps with that of an existing subnet in virtual network '${at.name}'.`,
        );
      }
      taken.push(prefix);
    }
  }
}

function prefixesOf(
  subnet: JsonObject & { readonly name: string },
  at: { readonly path: string; readonly name: string },
): readonly AddressPrefix[] {
  const where = `${at.path}/subnets/${subnet.name}`;
  return subnetPrefixes(objectAt(subnet, 'properties') ?? {}).map((text) => {
    const prefix = readPrefix(text, where);
    if (prefix.length > SMALLEST_SUBNET[prefix.family]) {
      throw new Failure(
        'invalidSubnet',
        `Subnet '${subnet.name}' is not valid in virtual network '${at.name}'.`,
      );
    }
    return prefix;
  });
}

/** The prefixes of a subnet as they are written, each once. */
export function subnetPrefixes(properties: JsonObject): readonly string[] {
  const one = properties['addressPrefix'];
  const all = [
    ...(one === undefined ? [] : [asText(one)]),
    ...listAt(properties, 'addressPrefixes').map(asText),
  ];
  return [...new Set(all)];
}

/** The prefixes of a subnet that was accepted. */
export function subnetRanges({ properties }: Pick<NetworkPart, 'properties'>): readonly AddressPrefix[] {
  return subnetPrefixes(properties).flatMap((text) => parsePrefix(text)?.prefix ?? []);
}

function readPrefix(text: string, where: string): AddressPrefix {
  const parsed = parsePrefix(text);
  if (parsed === undefined) {
    throw new Failure(
      'invalidAddressPrefixFormat',
      `Address prefix ${text} of resource ${where} is not formatted correctly. It should follow CIDR notation, for example 10.0.0.0/24.`,
    );
  }
  if (!parsed.aligned) {
    throw new Failure(
      'invalidCidrNotation',
      `The address prefix ${text} in resource ${where} has an invalid CIDR notation. For the given prefix length, the address prefix should be ${formatPrefix(parsed.prefix)}.`,
    );
  }
  return parsed.prefix;
}

function anyOverlap(prefixes: readonly AddressPrefix[]): boolean {
  return prefixes.some((prefix, index) => prefixes.slice(0, index).some((other) => overlaps(other, prefix)));
}
