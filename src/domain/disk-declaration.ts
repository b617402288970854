// Disk declaration: what a PUT or PATCH of a managed disk says, checked and completed. Muster makes empty ones: there are no
// snapshots or uploads to make one from.

import { normalLocation } from './declaration.ts';
import { checkTags } from './declaration-rules.ts';
import { missing } from './parameter-failure.ts';
import { ZONES } from './placement.ts';
import type { Disk } from './disk.ts';
import { Failure } from './failure.ts';
import { asText, isObject, type Json, type JsonObject, listAt, objectAt, tagsFrom, textAt } from './json.ts';
import { without } from './declaration.ts';

/** A disk as declared: without what the plane gives it. */
export type DeclaredDisk = Pick<Disk, 'location' | 'tags' | 'zones' | 'sizeGiB' | 'properties' | 'extra'>;

const MAX_SIZE = 32_767;
/** The plane's to say. */
const READ_ONLY = [
  'provisioningState',
  'diskState',
  'diskSizeGB',
  'diskSizeBytes',
  'timeCreated',
  'uniqueId',
  'lastOwnershipUpdateTime',
];
const TOP = [
  'id',
  'name',
  'type',
  'location',
  'tags',
  'zones',
  'properties',
  'managedBy',
  'managedByExtended',
];

export function declareDisk(body: JsonObject, current: Disk | undefined): DeclaredDisk {
  const location = textAt(body, 'location');
  if (location === undefined) throw missing('location');
  const properties = objectAt(body, 'properties') ?? {};
  const option = textAt(properties, 'creationData', 'createOption');
  if (option === undefined) throw missing('disk.properties.creationData.createOption');
  if (current === undefined && option.toLowerCase() !== 'empty') {
    throw new Failure(
      'operationNotAllowed',
      `A disk with createOption '${option}' cannot be created: this plane makes disks with createOption 'Empty' only.`,
      { target: 'disk.creationData.createOption' },
    );
  }
  const tags = tagsFrom(body['tags']) ?? {};
  checkTags(tags);
  return {
    location: normalLocation(location),
    tags,
    zones: zonesOf(body, current),
    sizeGiB: sizeOf(properties['diskSizeGB'], current),
    properties: {
      ...without(properties, ...READ_ONLY),
      creationData: objectAt(current?.properties, 'creationData') ?? { createOption: 'Empty' },
    },
    extra: { sku: { name: 'Standard_LRS' }, ...without(body, ...TOP) },
  };
}

/** Members that are left out stay as they are. */
export function patchedDisk(body: JsonObject, current: Disk): DeclaredDisk {
  const tags = tagsFrom(body['tags']) ?? current.tags;
  checkTags(tags);
  const properties = objectAt(body, 'properties') ?? {};
  const { location, zones } = current;
  return {
    location,
    tags,
    zones,
    sizeGiB: sizeOf(properties['diskSizeGB'], current),
    properties: {
      ...current.properties,
      ...without(properties, ...READ_ONLY, 'creationData'),
    },
    extra: { ...current.extra, ...(isObject(body['sku']) ? { sku: body['sku'] } : {}) },
  };
}

/** Whether nothing but its tags is changed: all that may be of a disk that is attached. */
export function changesTagsOnly(current: Disk, next: DeclaredDisk): boolean {
  return next.sizeGiB === current.sizeGiB;
}

function zonesOf(body: JsonObject, current: Disk | undefined): readonly string[] {
  if (current !== undefined) return current.zones;
  const zones = listAt(body, 'zones').map((zone) => asText(zone));
  if (zones.length > 1 || zones.some((zone) => !ZONES.includes(zone))) {
    throw new Failure(
      'invalidParameter',
      `The zones '${zones.join(', ')}' of a disk are not valid: it is in one of the zones ${ZONES.join(', ')}, or in none.`,
      { target: 'zones' },
    );
  }
  return zones;
}

function sizeOf(given: Json | undefined, current: Disk | undefined): number {
  if (given === undefined || given === null) {
    if (current === undefined) throw missing('disk.diskSizeGB');
    return current.sizeGiB;
  }
  const size = Number(given);
  if (!Number.isInteger(size) || size < 1 || size > MAX_SIZE) {
    throw new Failure(
      'invalidParameter',
      `The value '${asText(given)}' of 'diskSizeGB' must be a whole number from 1 to ${MAX_SIZE}.`,
      { target: 'disk.diskSizeGB' },
    );
  }
  if (current !== undefined && size < current.sizeGiB) {
    throw new Failure(
      'operationNotAllowed',
      `Disk cannot be resized to a smaller size: its size is ${current.sizeGiB} GB, and ${size} GB were asked for.`,
      { target: 'disk.diskSizeGB' },
    );
  }
  return size;
}

/** Azure's naming rules. */
export function checkDiskName(name: string): void {
  if (/^[A-Za-z0-9_][\w.-]{0,79}$/.test(name) && !/[.-]$/.test(name)) return;
  throw new Failure(
    'invalidParameter',
    `The entity name '${name}' is invalid: a disk's name has 1 to 80 letters, digits, underscores, periods and hyphens, begins with a letter, digit or underscore, and ends in one.`,
    { target: 'disk.name' },
  );
}
