// Machine declaration: what a PUT says of a virtual machine that is made by it, whole and checked. Its model has the shape of a
// scale set's profile, so that everything that reads models reads it.
// Sources: Azure's pages on virtual machines and on attaching them, the swagger; refusals without recorded words are Muster's.

import { normalLocation, without, withoutNulls } from './declaration.ts';
import { checkBase64, checkTags, checkZones, completeStorage, isWindows } from './declaration-rules.ts';
import { Failure } from './failure.ts';
import { asText, isObject, type Json, type JsonObject, listAt, objectAt, tagsFrom, textAt } from './json.ts';
import { completeComputer } from './machine-computer.ts';
import { type InterfaceList, interfacesIn } from './machine-interfaces.ts';
import { completeIdentity } from './managed-identity.ts';
import { missing } from './parameter-failure.ts';
import { completeSpot } from './spot.ts';
import { checkVmSize } from './vm-size.ts';

export interface MachineDeclaration {
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly zone?: string;
  readonly size: string;
  /** For its own model; interfaces that are resources of their own are still to be put into it. */
  readonly profile: JsonObject;
  /** `identity`, `plan` and whatever else stood at the top. */
  readonly extra: JsonObject;
  readonly userData?: string;
  readonly dataDisks: readonly Json[];
  readonly interfaces: InterfaceList;
  /** The scale set that it joins. */
  readonly setId?: string;
  readonly faultDomain?: number;
}

/** At the top: what the plane says, and what stands in a place of its own. */
const TOP = ['id', 'name', 'type', 'etag', 'location', 'tags', 'zones', 'properties', 'resources'];
/** Of `properties`: what the plane says, and what is kept elsewhere than in the model. */
const ELSEWHERE = [
  'provisioningState',
  'vmId',
  'instanceView',
  'timeCreated',
  'virtualMachineScaleSet',
  'userData',
  'hardwareProfile',
  'networkProfile',
  'osProfile',
  'storageProfile',
];

export function checkMachineName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(name) && !/[.-]$/.test(name)) return;
  throw new Failure(
    'invalidParameter',
    `The entity name '${name}' is invalid according to its validation rule: ^[^_\\W][\\w-._]{0,63}(?<![-.])$.`,
    { target: 'vmName' },
  );
}

/** `body` must have passed the wire's schema. */
export function declareMachine(name: string, body: JsonObject): MachineDeclaration {
  const location = textAt(body, 'location');
  if (location === undefined) throw missing('location');
  const properties = plainProperties(body);
  const tags = tagsFrom(body['tags']) ?? {};
  checkTags(tags);
  checkUnserved(properties);
  const size = textAt(properties, 'hardwareProfile', 'vmSize');
  if (size === undefined) throw missing('hardwareProfile.vmSize');
  checkVmSize(size);
  const zone = zoneIn(body);
  const userData = textAt(properties, 'userData');
  checkBase64(properties, ['userData']);
  const setId = setIdIn(body)?.id;
  const faultDomain = faultDomainIn(properties);
  return {
    location: normalLocation(location),
    tags,
    ...(zone === undefined ? {} : { zone }),
    size,
    profile: profileOf(name, properties),
    extra: topOf(body),
    ...(userData === undefined ? {} : { userData }),
    dataDisks: dataDisksIn(properties),
    interfaces: interfacesIn(properties),
    ...(setId === undefined ? {} : { setId }),
    ...(faultDomain === undefined ? {} : { faultDomain }),
  };
}

/** A null says nothing: az sends one for what it does not set. */
export function plainProperties(body: JsonObject): JsonObject {
  const { properties = {} } = body;
  return (withoutNulls(properties) ?? {}) as JsonObject;
}

function topOf(body: JsonObject): JsonObject {
  return completeIdentity(without(withoutNulls(body) as JsonObject, ...TOP));
}

/** What a body says of its scale set: undefined nothing at all, without an id that there is to be none. */
export function setIdIn(body: JsonObject): { readonly id?: string } | undefined {
  const given = objectAt(body, 'properties') ?? {};
  if (!Object.hasOwn(given, 'virtualMachineScaleSet')) return undefined;
  const id = textAt(given, 'virtualMachineScaleSet', 'id');
  return id === undefined ? {} : { id };
}

/** Numbers come as words from az. */
export function faultDomainIn(properties: JsonObject): number | undefined {
  const given = properties['platformFaultDomain'];
  // Azure's -1 stands for any.
  if (given === undefined || Number(given) === -1) return undefined;
  return Number(given);
}

const CREATE_OPTIONS = ['Empty', 'Attach'];

/** With their options in Azure's spelling. Copies of what others made are not served. */
export function dataDisksIn(properties: JsonObject): readonly Json[] {
  return listAt(properties, 'storageProfile', 'dataDisks').map((disk) => {
    if (!isObject(disk)) return disk;
    const given = textAt(disk, 'createOption');
    if (given === undefined) return disk;
    const createOption = CREATE_OPTIONS.find((known) => known.toLowerCase() === given.toLowerCase());
    if (createOption !== undefined) return { ...disk, createOption };
    throw new Failure(
      'invalidParameter',
      `The value '${given}' of parameter 'dataDisk.createOption' is not allowed. Allowed values are: ${CREATE_OPTIONS.join(', ')}.`,
      { target: 'dataDisk.createOption' },
    );
  });
}

/** At most one zone. */
export function zoneIn(body: JsonObject): string | undefined {
  const zones = listAt(body, 'zones').map(asText);
  checkZones(zones);
  if (zones.length <= 1) return zones[0];
  throw new Failure('invalidParameter', 'A virtual machine is in one zone at most.', { target: 'zones' });
}

export function checkUnserved(properties: JsonObject): void {
  if (properties['availabilitySet'] === undefined) return;
  throw new Failure(
    'invalidParameter',
    "Parameter 'availabilitySet' is not allowed: availability sets are not served. A scale set with Flexible orchestration mode spreads its virtual machines over fault domains and zones.",
    { target: 'availabilitySet' },
  );
}

function profileOf(name: string, properties: JsonObject): JsonObject {
  const storage = objectAt(properties, 'storageProfile') ?? {};
  checkOsDisk(objectAt(storage, 'osDisk') ?? {});
  if (objectAt(storage, 'imageReference') === undefined) throw missing('imageReference');
  const windows = isWindows(properties);
  const hardware = without(objectAt(properties, 'hardwareProfile') ?? {}, 'vmSize');
  const osDisk = { ...objectAt(storage, 'osDisk'), createOption: 'FromImage', deleteOption: 'Delete' };
  return {
    ...completeSpot(without(properties, ...ELSEWHERE)),
    ...(Object.keys(hardware).length === 0 ? {} : { hardwareProfile: hardware }),
    ...faultDomainOf(properties),
    osProfile: completeComputer(name, objectAt(properties, 'osProfile') ?? {}, windows),
    storageProfile: completeStorage({ ...without(storage, 'dataDisks'), osDisk }, windows),
    networkProfile: interfacesIn(properties).profile,
  };
}

/** Shown where it was named. */
function faultDomainOf(properties: JsonObject): JsonObject {
  const faultDomain = faultDomainIn(properties);
  return faultDomain === undefined ? {} : { platformFaultDomain: faultDomain };
}

/** One that is made from the image, and goes with its machine. */
function checkOsDisk(osDisk: JsonObject): void {
  const option = textAt(osDisk, 'createOption') ?? 'FromImage';
  if (option.toLowerCase() !== 'fromimage') {
    throw new Failure(
      'invalidParameter',
      `The value '${option}' of parameter 'osDisk.createOption' is not allowed: the OS disk of a virtual machine is made from an image here.`,
      { target: 'osDisk.createOption' },
    );
  }
  if (osDisk['name'] !== undefined || objectAt(osDisk, 'managedDisk')?.['id'] !== undefined) {
    throw new Failure(
      'invalidParameter',
      "Parameter 'osDisk.name' is not allowed: an OS disk has the name that follows from its virtual machine.",
      { target: 'osDisk.name' },
    );
  }
  checkOsDiskDeletion(osDisk);
}

export function checkOsDiskDeletion(osDisk: JsonObject): void {
  const option = textAt(osDisk, 'deleteOption');
  if (option === undefined || option.toLowerCase() === 'delete') return;
  throw new Failure(
    'invalidParameter',
    `The value '${option}' of parameter 'osDisk.deleteOption' is not allowed: an OS disk is deleted with its virtual machine here.`,
    { target: 'osDisk.deleteOption' },
  );
}
