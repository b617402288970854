// Load balancer declaration: how the body of a PUT becomes what is declared. PUT replaces the resource, as in Azure's network
// provider: what is left out is gone. Read-only members are dropped, defaults filled in. A balancer has no secrets, and members
// of `properties` that it does not have are dropped, so that whatever was sent to the wrong address is not shown to all.
// Sources: Microsoft's swagger of Microsoft.Network (defaults, ranges), error texts as users of Azure report them.

import { childPath, isOf, parseChildReference } from './balancer-reference.ts';
import { normalLocation, without } from './declaration.ts';
import { checkTags, missing } from './declaration-rules.ts';
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

export function checkBalancerName(name: string): void {
  if (/^\w([\w.-]{0,78}\w)?$/.test(name)) return;
  throw new Failure(
    'invalidResourceName',
    `Resource name ${name} is invalid. The name can be up to 80 characters long. It must begin with a word character, and it must end with a word character or with '_'. The name may contain word characters or '.', '-', '_'.`,
  );
}

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
  const children = CHILD_KINDS.map((kind): [ChildKind, readonly Json[]] => [
    kind,
    listAt(given, kind).map((child) => completeChild(path, kind, child)),
  ]);
  for (const [, list] of children) checkNames(path, list);
  const scope = given['scope'];
  return { ...(scope === undefined ? {} : { scope }), ...Object.fromEntries(children) };
}

function completeChild(path: string, kind: ChildKind, child: Json): JsonObject {
  const name = textAt(child, 'name');
  if (!isObject(child) || name === undefined || !/^\w([\w.-]{0,78}\w)?$/.test(name)) {
    throw unreadable('InvalidResourceName', `Resource name ${name ?? ''} in ${kind} is invalid.`);
  }
  const given = without(objectAt(child, 'properties') ?? {}, 'provisioningState', ...BACK_REFERENCES[kind]);
  const properties = { ...DEFAULTS[kind], ...present(given) };
  const where = childPath(path, kind, name);
  const lacking = NEEDED[kind].find((member) => properties[member] === undefined);
  if (lacking !== undefined) {
    throw unreadable('MissingJsonProperty', `Required property '${lacking}' of ${where} is missing.`);
  }
  for (const [member, [least, most]] of Object.entries(RANGES)) {
    const value = properties[member];
    if (value === undefined) continue;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) continue;
    throw unreadable(
      'InvalidPropertyValue',
      `The value ${asText(value)} of '${member}' of ${where} must be a whole number from ${least} to ${most}.`,
    );
  }
  return { ...without(child, 'id', 'etag', 'type', 'properties'), name, properties };
}

/** Null says nothing. */
function present(properties: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null));
}

function checkNames(path: string, children: readonly Json[]): void {
  const names = children.map((child) => textAt(child, 'name') ?? '');
  const twice = names.find((name, index) => names.findIndex((other) => sameName(other, name)) < index);
  if (twice === undefined) return;
  throw new Failure(
    'duplicateResourceName',
    `Resource ${path} has two child resources with the same name (${twice}).`,
  );
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

function unreadable(code: string, message: string): Failure {
  return new Failure('invalidRequestFormat', 'Cannot parse the request.', { details: [{ code, message }] });
}
