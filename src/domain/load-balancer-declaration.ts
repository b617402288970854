// Load balancer declaration: how the body of a PUT becomes what is declared. PUT replaces the resource, as in Azure's network
// provider: what is left out is gone. Read-only members are dropped, defaults filled in. A balancer has no secrets, and members
// of `properties` that it does not have are dropped, so that whatever was sent to the wrong address is not shown to all.
// Sources: Microsoft's swagger of Microsoft.Network (defaults, ranges), error texts as users of Azure report them.

import { childPath, isOf, parseChildReference } from './balancer-reference.ts';
import { normalLocation, without } from './declaration.ts';
import { checkTags } from './declaration-rules.ts';
import { missing } from './parameter-failure.ts';
import { Failure } from './failure.ts';
import { asText, isObject, type Json, type JsonObject, listAt, objectAt, tagsFrom, textAt } from './json.ts';
import {
  CHILD_KINDS,
  type ChildKind,
  childrenOf,
  findChild,
  type LoadBalancer,
  sameName,
} from './load-balancer.ts';
import { isShownRule } from './nat-rule.ts';
import { checkChildNames, childName, lacking, unreadable, withBareReferences } from './network-format.ts';

export type DeclaredBalancer = Pick<
  LoadBalancer,
  'group' | 'name' | 'location' | 'tags' | 'sku' | 'properties' | 'extra'
>;

const READ_ONLY = ['id', 'name', 'type', 'etag', 'location', 'tags', 'sku', 'properties'];
/** What Azure shows in a part, and takes no notice of when it comes back. */
const BACK_REFERENCES: Readonly<Record<ChildKind, readonly string[]>> = {
  frontendIPConfigurations: ['inboundNatRules', 'inboundNatPools', 'outboundRules', 'loadBalancingRules'],
  backendAddressPools: [
    'backendIPConfigurations',
    'loadBalancingRules',
    'outboundRule',
    'outboundRules',
    'inboundNatRules',
  ],
  probes: ['loadBalancingRules'],
  loadBalancingRules: [],
  inboundNatRules: ['backendIPConfiguration'],
  inboundNatPools: [],
  outboundRules: [],
};
const DEFAULTS: Readonly<Record<ChildKind, JsonObject>> = {
  frontendIPConfigurations: { privateIPAllocationMethod: 'Dynamic' },
  backendAddressPools: {},
  probes: { intervalInSeconds: 15, numberOfProbes: 2 },
  loadBalancingRules: {
    enableFloatingIP: false,
    idleTimeoutInMinutes: 4,
    protocol: 'Tcp',
    enableTcpReset: false,
    loadDistribution: 'Default',
    disableOutboundSnat: false,
  },
  inboundNatRules: {
    enableFloatingIP: false,
    idleTimeoutInMinutes: 4,
    protocol: 'Tcp',
    enableTcpReset: false,
  },
  inboundNatPools: {
    enableFloatingIP: false,
    idleTimeoutInMinutes: 4,
    protocol: 'Tcp',
    enableTcpReset: false,
  },
  outboundRules: { idleTimeoutInMinutes: 4, enableTcpReset: false },
};

/** Members that a part must have, and what a number must lie between. */
const RANGES: Readonly<Record<string, readonly [least: number, most: number]>> = {
  frontendPort: [0, 65_534],
  backendPort: [0, 65_535],
  port: [1, 65_535],
  frontendPortRangeStart: [1, 65_534],
  frontendPortRangeEnd: [1, 65_535],
  idleTimeoutInMinutes: [4, 100],
  intervalInSeconds: [5, 2_147_483_646],
  numberOfProbes: [1, 100],
  probeThreshold: [1, 100],
};
const NEEDED: Readonly<Record<ChildKind, readonly string[]>> = {
  frontendIPConfigurations: [],
  backendAddressPools: [],
  probes: ['protocol', 'port'],
  loadBalancingRules: ['frontendPort', 'backendPort', 'frontendIPConfiguration'],
  inboundNatRules: ['backendPort', 'frontendIPConfiguration'],
  inboundNatPools: [
    'frontendPortRangeStart',
    'frontendPortRangeEnd',
    'backendPort',
    'frontendIPConfiguration',
  ],
  outboundRules: [],
};
/** Members that name another part of the same balancer. */
const REFERENCES: readonly (readonly [member: string, kind: ChildKind])[] = [
  ['frontendIPConfiguration', 'frontendIPConfigurations'],
  ['frontendIPConfigurations', 'frontendIPConfigurations'],
  ['backendAddressPool', 'backendAddressPools'],
  ['backendAddressPools', 'backendAddressPools'],
  ['probe', 'probes'],
];
const REFERRING: readonly ChildKind[] = [
  'loadBalancingRules',
  'inboundNatRules',
  'inboundNatPools',
  'outboundRules',
];

/**
 * The declaration that the body makes, or a refusal.
 * @param path the balancer's own ARM id, for references and messages
 * @param body has passed the wire's schema
 */
export function declareBalancer(
  at: { readonly path: string; readonly group: string; readonly name: string },
  body: JsonObject,
  current: LoadBalancer | undefined,
): DeclaredBalancer {
  const location = textAt(body, 'location');
  if (location === undefined) throw missing('location');
  const tags = tagsFrom(body['tags']) ?? {};
  checkTags(tags);
  const declared: DeclaredBalancer = {
    group: at.group,
    name: at.name,
    location: normalLocation(location),
    tags,
    sku: skuOf(body, current),
    properties: propertiesOf(at.path, objectAt(body, 'properties') ?? {}),
    extra: without(body, ...READ_ONLY),
  };
  for (const kind of REFERRING) {
    for (const child of childrenOf(declared, kind)) checkReferences(at.path, declared, kind, child);
  }
  checkPorts(declared);
  return declared;
}

function skuOf(body: JsonObject, current: LoadBalancer | undefined): LoadBalancer['sku'] {
  const sku = {
    name: textAt(body, 'sku', 'name') ?? current?.sku.name ?? 'Basic',
    tier: textAt(body, 'sku', 'tier') ?? current?.sku.tier ?? 'Regional',
  };
  if (current !== undefined && !sameName(current.sku.name, sku.name)) {
    throw new Failure('propertyChangeNotAllowed', "Changing property 'sku.name' is not allowed.", {
      target: 'sku.name',
    });
  }
  return sku;
}

function propertiesOf(path: string, given: JsonObject): JsonObject {
  const children = CHILD_KINDS.map((kind): [ChildKind, readonly NamedPart[]] => [
    kind,
    listAt(given, kind)
      .filter((child) => kind !== 'inboundNatRules' || !isShownRule(child, given))
      .map((child) => completeChild(path, kind, child)),
  ]);
  for (const [, list] of children) checkChildNames(path, list);
  const scope = given['scope'];
  return { ...(scope === undefined ? {} : { scope }), ...Object.fromEntries(children) };
}

type NamedPart = JsonObject & { readonly name: string };

function completeChild(path: string, kind: ChildKind, child: Json): NamedPart {
  const name = childName(child, kind);
  const given = withoutInterfaces(
    without(objectAt(child, 'properties') ?? {}, 'provisioningState', ...BACK_REFERENCES[kind]),
  );
  const properties = {
    ...DEFAULTS[kind],
    ...withBareReferences(present(given), 'publicIPAddress', 'subnet'),
  };
  const where = childPath(path, kind, name);
  const absent = NEEDED[kind].find((member) => properties[member] === undefined);
  if (absent !== undefined) throw lacking(absent, where);
  for (const [member, [least, most]] of Object.entries(RANGES)) {
    const value = properties[member];
    if (value === undefined) continue;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) continue;
    throw unreadable(
      'InvalidPropertyValue',
      `The value ${asText(value)} of '${member}' of ${where} must be a whole number from ${least} to ${most}.`,
    );
  }
  const rest = isObject(child) ? without(child, 'id', 'etag', 'type', 'properties') : {};
  return { ...rest, name, properties };
}

/** Of a pool's addresses, those of network interfaces are shown and not declared: their scale sets name the pool. */
function withoutInterfaces(properties: JsonObject): JsonObject {
  const { loadBalancerBackendAddresses, ...rest } = properties;
  if (loadBalancerBackendAddresses === undefined) return properties;
  const own = listAt(properties, 'loadBalancerBackendAddresses').filter(
    (one) => textAt(one, 'properties', 'networkInterfaceIPConfiguration', 'id') === undefined,
  );
  return own.length === 0 ? rest : { ...rest, loadBalancerBackendAddresses: own };
}

/** Null says nothing. */
function present(properties: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null));
}

function checkReferences(
  path: string,
  declared: DeclaredBalancer,
  kind: ChildKind,
  child: { readonly name: string; readonly properties: JsonObject },
): void {
  for (const [member, expected] of REFERENCES) {
    const value = child.properties[member];
    const items = Array.isArray(value) ? (value as readonly Json[]) : value === undefined ? [] : [value];
    for (const item of items) {
      const where = childPath(path, kind, child.name);
      checkReference(declared, { id: textAt(item, 'id') ?? '', expected, where, member });
    }
  }
}

function checkReference(
  declared: DeclaredBalancer,
  { id, expected, where, member }: { id: string; expected: ChildKind; where: string; member: string },
): void {
  const reference = parseChildReference(id);
  const type = `loadBalancers/${expected}`;
  if (reference === undefined) {
    throw unreadable(
      'InvalidJsonReferenceFormat',
      `Reference Id ${id} is not formatted correctly. The Id is expected to reference resources of type ${type}. Path ${where}/${member}.`,
    );
  }
  if (reference.kind !== expected) {
    throw unreadable(
      'InvalidJsonReferenceWrongType',
      `Reference Id ${id} is referencing resource of a wrong type. The Id is expected to reference resources of type ${type}. Path ${where}/${member}.`,
    );
  }
  if (isOf(reference, declared) && findChild(declared, expected, reference.name) !== undefined) return;
  throw danglingReference(id, where);
}

/** Two rules that would listen at the same place. */
function checkPorts(declared: DeclaredBalancer): void {
  const taken = new Map<string, string>();
  for (const { name, properties } of childrenOf(declared, 'loadBalancingRules')) {
    const frontend = textAt(properties, 'frontendIPConfiguration', 'id') ?? '';
    const place =
      `${frontend} ${asText(properties['protocol'])} ${asText(properties['frontendPort'])}`.toLowerCase();
    const other = taken.get(place);
    if (other !== undefined) {
      throw new Failure(
        'badRequest',
        `Load balancing rules ${other} and ${name} use the same frontend IP configuration, protocol and frontend port.`,
      );
    }
    taken.set(place, name);
  }
}

/** Azure's words for a reference to what is not there. */
export function danglingReference(id: string, by: string): Failure {
  return new Failure(
    'invalidResourceReference',
    `Resource ${id} referenced by resource ${by} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`,
  );
}
