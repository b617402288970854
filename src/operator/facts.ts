// Facts: ARM's bodies read into what judgements are made on. Pure, and of no body does it throw: what is missing or has another
// shape than Azure's is `unknown` or empty.

import {
  asText,
  at,
  flagAt,
  isObject,
  type JsonObject,
  listAt,
  objectAt,
  tagsFrom,
  textAt,
} from '../domain/json.ts';
import { difference } from './difference.ts';
import { extensionFacts } from './extension-facts.ts';
import type {
  Balance,
  ExtensionFact,
  HealthFact,
  InstanceFacts,
  OrchestrationMode,
  Power,
  ProtectionFact,
  SetFacts,
} from './inventory.ts';

const PROFILE = ['properties', 'virtualMachineProfile'] as const;

/** @param instances how many it has, for a Flexible set without a profile, which has no capacity of its own */
export function setFacts(body: JsonObject, instances = 0): SetFacts {
  const resourceId = textAt(body, 'id') ?? '';
  const capacity = at(body, 'sku', 'capacity');
  return {
    resourceId,
    subscription: segmentAfter(resourceId, 'subscriptions'),
    group: segmentAfter(resourceId, 'resourceGroups'),
    name: textAt(body, 'name') ?? segmentAfter(resourceId, 'virtualMachineScaleSets'),
    location: textAt(body, 'location') ?? '',
    mode: modeOf(body),
    capacity: typeof capacity === 'number' ? capacity : instances,
    provisioning: textAt(body, 'properties', 'provisioningState') ?? 'unknown',
    upgradeMode: upgradeMode(textAt(body, 'properties', 'upgradePolicy', 'mode')),
    tags: tagsFrom(body['tags']) ?? {},
    healthSource: healthSource(body),
    balanced: balancersOf(body).length > 0,
    body,
  };
}

export interface Beside {
  readonly set: SetFacts;
  /** Of this instance; `unknown` where nobody was asked. */
  readonly balance: Balance;
}

/** An instance of a Uniform set, or a virtual machine of a Flexible one, with its instance view inside. */
export function instanceFacts(body: JsonObject, { set, balance }: Beside): InstanceFacts {
  const properties = objectAt(body, 'properties') ?? {};
  const view = objectAt(properties, 'instanceView') ?? {};
  const model = modelOf(body, set);
  const extensions = extensionFacts(body, view);
  return {
    ...namesOf(body, view),
    ...conditionOf(properties, view),
    health: healthOf(view, model.ownModel === true ? ownHealthSource(extensions) : set.healthSource),
    balance,
    ...model,
    ...placeOf(body, view),
    extensions,
    protection: protectionOf(body),
    tags: tagsFrom(body['tags']) ?? {},
    ...createdAt(textAt(properties, 'timeCreated')),
    addresses: [],
    body,
    view,
  };
}

/** What is below its set, an instance of a Uniform one or the entry of a machine, says it or has none; a virtual machine says nothing. */
function protectionOf(body: JsonObject): ProtectionFact {
  const policy = objectAt(body, 'properties', 'protectionPolicy');
  const isMachine = /^Microsoft\.Compute\/virtualMachines$/i.test(textAt(body, 'type') ?? '');
  return {
    scaleIn: flagAt(policy, 'protectFromScaleIn') ?? false,
    scaleSetActions: flagAt(policy, 'protectFromScaleSetActions') ?? false,
    ...(isMachine && policy === undefined ? { unseen: true } : {}),
  };
}

/** Azure says the id in a Uniform set; in a Flexible one the virtual machine's name is its id. */
function namesOf(
  body: JsonObject,
  view: JsonObject,
): Pick<InstanceFacts, 'id' | 'name' | 'resourceId' | 'computerName'> {
  const name = textAt(body, 'name') ?? '';
  return {
    id: textAt(body, 'instanceId') ?? name,
    name,
    resourceId: textAt(body, 'id') ?? '',
    computerName:
      textAt(view, 'computerName') ?? textAt(body, 'properties', 'osProfile', 'computerName') ?? '',
  };
}

function conditionOf(
  properties: JsonObject,
  view: JsonObject,
): Pick<InstanceFacts, 'power' | 'provisioning' | 'failure'> {
  const provisioning = textAt(properties, 'provisioningState') ?? 'unknown';
  const failure = failureOf(view, provisioning);
  return { power: powerOf(view), provisioning, ...(failure === undefined ? {} : { failure }) };
}

/**
 * ARM does not say which machines of a Flexible set were attached to it. Those that a set makes are called `{set}_{8 hex}`
 * (azure-wire 3), and one without a profile makes none. One that was attached and is called so as well is taken for the set's
 * own: then ARM refuses what does not concern it.
 */
function isMadeBy({ name, body }: SetFacts, machine: string): boolean {
  if (objectAt(body, ...PROFILE) === undefined) return false;
  const digits = machine.toLowerCase().slice(name.length + 1);
  return machine.toLowerCase().startsWith(`${name.toLowerCase()}_`) && /^[0-9a-f]{8}$/.test(digits);
}

/** A virtual machine of a Flexible set does not say which model it has: the latest, where nothing that it shows differs. */
function modelOf(
  body: JsonObject,
  set: SetFacts,
): Pick<InstanceFacts, 'latestModel' | 'ownModel' | 'behind' | 'size' | 'image'> {
  const applied = flagAt(body, 'properties', 'latestModelApplied');
  const hasOwn = set.mode === 'Flexible' && !isMadeBy(set, textAt(body, 'name') ?? '');
  const behind = applied === true || hasOwn ? [] : difference(body, set.body);
  return {
    latestModel: applied ?? behind.length === 0,
    ...(hasOwn ? { ownModel: true } : {}),
    behind,
    size: textAt(body, 'sku', 'name') ?? textAt(body, 'properties', 'hardwareProfile', 'vmSize') ?? '',
    image: imageOf(objectAt(body, 'properties', 'storageProfile', 'imageReference')),
  };
}

function placeOf(
  body: JsonObject,
  view: JsonObject,
): Pick<InstanceFacts, 'zone' | 'faultDomain' | 'updateDomain'> {
  return {
    zone: asText(listAt(body, 'zones').find((zone) => typeof zone === 'string')),
    faultDomain: asText(at(view, 'platformFaultDomain') ?? at(body, 'properties', 'platformFaultDomain')),
    updateDomain: asText(at(view, 'platformUpdateDomain')),
  };
}

function createdAt(text: string | undefined): { readonly created?: string } {
  return text === undefined || Number.isNaN(Date.parse(text)) ? {} : { created: text };
}

/** Ids as numbers where both are, so that 10 comes after 9; else as text. */
export function compareIds(a: string, b: string): number {
  const number = /^\d{1,15}$/;
  if (number.test(a) && number.test(b)) return Number(a) - Number(b) || (a < b ? -1 : a > b ? 1 : 0);
  // Of two kinds of ids, those that are numbers come first: else the order would not be one.
  if (number.test(a) !== number.test(b)) return number.test(a) ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The ids of the load balancers whose pools the set's model names, each once, as they are written there. */
export function balancersOf(body: JsonObject): readonly string[] {
  const found = new Map<string, string>();
  for (const nic of listAt(body, ...PROFILE, 'networkProfile', 'networkInterfaceConfigurations')) {
    for (const ip of listAt(nic, 'properties', 'ipConfigurations')) {
      for (const pool of listAt(ip, 'properties', 'loadBalancerBackendAddressPools')) {
        const id = /^(.+\/loadBalancers\/[^/]+)\/backendAddressPools\//i.exec(textAt(pool, 'id') ?? '')?.[1];
        if (id !== undefined && !found.has(id.toLowerCase())) found.set(id.toLowerCase(), id);
      }
    }
  }
  return [...found.values()];
}

/** The segment that follows one of this name in a resource id; empty where there is none. */
function segmentAfter(id: string, type: string): string {
  const segments = id.split('/');
  const index = segments.findIndex((segment) => segment.toLowerCase() === type.toLowerCase());
  return index < 0 ? '' : (segments[index + 1] ?? '');
}

function modeOf(body: JsonObject): OrchestrationMode {
  const mode = textAt(body, 'properties', 'orchestrationMode')?.toLowerCase();
  return mode === 'flexible' ? 'Flexible' : 'Uniform';
}

function upgradeMode(text: string | undefined): SetFacts['upgradeMode'] {
  const modes = ['Manual', 'Automatic', 'Rolling'] as const;
  return modes.find((mode) => mode.toLowerCase() === text?.toLowerCase()) ?? 'unknown';
}

const HEALTH_EXTENSION = /(^|\.)ApplicationHealth(Linux|Windows)$/i;

function healthSource(body: JsonObject): SetFacts['healthSource'] {
  const extensions = listAt(body, ...PROFILE, 'extensionProfile', 'extensions');
  if (extensions.some((extension) => HEALTH_EXTENSION.test(textAt(extension, 'properties', 'type') ?? '')))
    return 'extension';
  return textAt(body, ...PROFILE, 'networkProfile', 'healthProbe', 'id') === undefined ? 'none' : 'probe';
}

/** The set's profile says nothing of a machine that was attached: it has a source where it has the extension itself. */
function ownHealthSource(extensions: readonly ExtensionFact[]): SetFacts['healthSource'] {
  return extensions.some(({ type }) => HEALTH_EXTENSION.test(type)) ? 'extension' : 'none';
}

const POWERS: readonly Power[] = [
  'starting',
  'running',
  'stopping',
  'stopped',
  'deallocating',
  'deallocated',
];

function powerOf(view: JsonObject): Power {
  const said = codesOf(view)
    .find((code) => /^PowerState\//i.test(code))
    ?.slice('PowerState/'.length);
  return POWERS.find((power) => power === said?.toLowerCase()) ?? 'unknown';
}

function codesOf(view: JsonObject): readonly string[] {
  return listAt(view, 'statuses').map((status) => textAt(status, 'code') ?? '');
}

const HEALTHS: readonly HealthFact[] = ['healthy', 'unhealthy', 'initializing', 'unknown'];

/** A set without a source whose instance reports its health all the same is believed: extensions may be an instance's own. */
function healthOf(view: JsonObject, source: SetFacts['healthSource']): HealthFact {
  const code = textAt(view, 'vmHealth', 'status', 'code');
  if (code === undefined) return source === 'none' ? 'none' : 'unknown';
  const said = code.slice(code.lastIndexOf('/') + 1).toLowerCase();
  return HEALTHS.find((health) => health === said) ?? 'unknown';
}

/** `ProvisioningState/failed/VMStartTimedOut` has the code at its end; without one the status itself is it. */
function failureOf(view: JsonObject, provisioning: string): InstanceFacts['failure'] {
  const status = listAt(view, 'statuses')
    .filter(isObject)
    .find((entry) => /^ProvisioningState\/failed/i.test(textAt(entry, 'code') ?? ''));
  if (status === undefined) {
    return provisioning.toLowerCase() === 'failed'
      ? { code: 'ProvisioningState/failed', message: '' }
      : undefined;
  }
  const code = textAt(status, 'code') ?? '';
  return {
    code: code.split('/')[2] ?? code,
    message: textAt(status, 'message') ?? textAt(status, 'displayStatus') ?? '',
  };
}

function imageOf(reference: JsonObject | undefined): string {
  if (reference === undefined) return '';
  const id =
    textAt(reference, 'id') ??
    textAt(reference, 'sharedGalleryImageId') ??
    textAt(reference, 'communityGalleryImageId');
  const version = textAt(reference, 'exactVersion') ?? textAt(reference, 'version');
  const parts = [
    textAt(reference, 'publisher'),
    textAt(reference, 'offer'),
    textAt(reference, 'sku'),
    version,
  ];
  if (id !== undefined && parts.slice(0, 3).every((part) => part === undefined)) return id;
  return parts.every((part) => part === undefined) ? '' : parts.map((part) => part ?? '').join(':');
}
