// Machine change: what a PUT or PATCH asks of a virtual machine that is there. Clients send back the whole machine that they read, so
// what is the same is nothing; what may not be another is refused in Azure's words.
// What must hold: what is left out stays; a machine that was made from its set's profile keeps that, and has a size, tags, disks
// and user data of its own.

import { normalLocation, without, withoutNulls } from './declaration.ts';
import { checkBase64, checkTags } from './declaration-rules.ts';
import { hasOwnProfile, type Instance } from './instance.ts';
import {
  isObject,
  type Json,
  type JsonObject,
  listAt,
  objectAt,
  sameJson,
  tagsFrom,
  textAt,
} from './json.ts';
import {
  checkUnserved,
  dataDisksIn,
  faultDomainIn,
  plainProperties,
  setIdIn,
  zoneIn,
} from './machine-declaration.ts';
import { checkFixed } from './machine-fixed.ts';
import { type Identities, identitiesOf, NO_IDENTITIES, completeIdentity } from './managed-identity.ts';
import { sizeOf } from './model.ts';
import { notChangeable } from './parameter-failure.ts';
import type { ModelVersion, ScaleSet } from './scale-set.ts';
import { checkVmSize } from './vm-size.ts';

export type WriteStyle = 'put' | 'patch';

export interface ThereMachine {
  readonly subscriptionId: string;
  readonly set: ScaleSet;
  readonly instance: Instance;
  /** That it has. */
  readonly model: ModelVersion;
}

/** What is absent stays as it is. */
export interface MachineChange {
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly size?: string;
  readonly userData?: string;
  /** The whole list. */
  readonly dataDisks?: readonly Json[];
  /** Its own profile, where that is another now; without what its network interfaces are to be. */
  readonly profile?: JsonObject;
  /** Of `networkProfile.networkInterfaces`. */
  readonly interfaces?: readonly Json[];
  readonly identity?: JsonObject;
  /** Without an id there is to be no set. */
  readonly membership?: { readonly id?: string };
}

/** Throws Azure's words for what may not be changed. `body` has passed the wire's schema. */
export function machineChange(there: ThereMachine, body: JsonObject): MachineChange {
  const properties = plainProperties(body);
  checkUnserved(properties);
  checkPlace(there, body, properties);
  checkFixed(there, properties);
  const tags = tagsFrom(body['tags']);
  if (tags !== undefined) checkTags(tags);
  checkBase64(properties, ['userData']);
  const location = textAt(body, 'location');
  const storage = objectAt(properties, 'storageProfile');
  const network = objectAt(properties, 'networkProfile');
  return {
    ...(location === undefined ? {} : { location: normalLocation(location) }),
    ...present('tags', tags),
    ...present('size', otherSize(there, properties)),
    ...present('userData', textAt(properties, 'userData')),
    ...(Array.isArray(storage?.['dataDisks']) ? { dataDisks: dataDisksIn(properties) } : {}),
    ...present('profile', otherProfile(there, properties)),
    ...(Array.isArray(network?.['networkInterfaces'])
      ? { interfaces: listAt(network, 'networkInterfaces') }
      : {}),
    ...present('identity', objectAt(body, 'identity')),
    ...present('membership', setIdIn(body)),
  };
}

function present<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]: V });
}

function checkPlace({ instance }: ThereMachine, body: JsonObject, properties: JsonObject): void {
  if (Array.isArray(body['zones']) && zoneIn(body) !== instance.zone) throw notChangeable('zones');
  const faultDomain = faultDomainIn(properties);
  if (faultDomain !== undefined && faultDomain !== instance.faultDomain) {
    throw notChangeable('platformFaultDomain');
  }
}

function otherSize({ instance, model }: ThereMachine, properties: JsonObject): string | undefined {
  const size = textAt(properties, 'hardwareProfile', 'vmSize');
  if (size === undefined || size.toLowerCase() === sizeOf(instance, model).toLowerCase()) return undefined;
  checkVmSize(size);
  return size;
}

/** Members of `properties` that are kept elsewhere, or are the plane's to say. */
const NOT_OF_PROFILE = [
  'provisioningState',
  'vmId',
  'instanceView',
  'timeCreated',
  'virtualMachineScaleSet',
  'platformFaultDomain',
  'userData',
  'hardwareProfile',
  'networkProfile',
  'osProfile',
  'storageProfile',
  'priority',
  'evictionPolicy',
];

/** Undefined where it is as before, and for a machine that has its set's. */
function otherProfile({ instance, model }: ThereMachine, properties: JsonObject): JsonObject | undefined {
  if (!hasOwnProfile(instance)) return undefined;
  const { profile } = model;
  const next: JsonObject = {
    ...profile,
    ...without(properties, ...NOT_OF_PROFILE),
    osProfile: otherComputer(objectAt(profile, 'osProfile') ?? {}, objectAt(properties, 'osProfile') ?? {}),
    storageProfile: otherStorage(
      objectAt(profile, 'storageProfile') ?? {},
      objectAt(properties, 'storageProfile') ?? {},
    ),
  };
  return sameJson(next, profile) ? undefined : next;
}

function otherComputer(current: JsonObject, given: JsonObject): JsonObject {
  const linux = objectAt(given, 'linuxConfiguration');
  return {
    ...current,
    ...given,
    // Compared without case, and kept as it was made.
    ...(current['computerName'] === undefined ? {} : { computerName: current['computerName'] }),
    ...(linux === undefined
      ? {}
      : { linuxConfiguration: { ...objectAt(current, 'linuxConfiguration'), ...linux } }),
  };
}

/** Only how its OS disk is cached. */
function otherStorage(current: JsonObject, given: JsonObject): JsonObject {
  const caching = textAt(given, 'osDisk', 'caching');
  if (caching === undefined) return current;
  return { ...current, osDisk: { ...objectAt(current, 'osDisk'), caching } };
}

/**
 * Who its guest is from now on. A PATCH adds user-assigned identities, and takes away those that it says are null; a PUT names all.
 */
export function changedIdentities(
  before: Identities | undefined,
  identity: JsonObject,
  style: WriteStyle,
  guid: () => string,
): Identities {
  const given = objectAt(identity, 'userAssignedIdentities') ?? {};
  const kept = style === 'patch' ? Object.keys(before?.user ?? {}) : [];
  const named = new Map(kept.map((id) => [id.toLowerCase(), id]));
  for (const [id, value] of Object.entries(given)) {
    if (value === null) named.delete(id.toLowerCase());
    else if (!named.has(id.toLowerCase())) named.set(id.toLowerCase(), id);
  }
  const userAssignedIdentities = Object.fromEntries([...named.values()].map((id) => [id, {}]));
  const asked = withoutNulls({ ...identity, userAssignedIdentities });
  const extra = completeIdentity(isObject(asked) ? { identity: asked } : {});
  return extra['identity'] === undefined ? NO_IDENTITIES : identitiesOf({ extra }, before, guid);
}
