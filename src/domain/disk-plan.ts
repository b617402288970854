// Disk plan: the data disks that an instance is to have, from those that it has and those that a request says. A disk that is
// left out is detached; one that is new at its lun is attached, or made.
// What must hold: a disk that is taken is in `taken`, to be removed from the disks that are attached to nothing in the same
// commit; nothing is taken that is attached, being detached or being deleted.

import { checkDataDisks } from './declaration-rules.ts';
import { newDiskName, newDiskUid } from './disk-name.ts';
import type { Disk } from './disk.ts';
import { Failure } from './failure.ts';
import { type DataDisk, type Instance, nameOf } from './instance.ts';
import { flagAt, isObject, type Json, type JsonObject, objectAt, textAt } from './json.ts';
import { without } from './declaration.ts';
import type { ManagedDisk } from './managed-disk.ts';
import { diskPath, instancePath } from './resource-path.ts';
import type { ScaleSet } from './scale-set.ts';
import type { Time } from './time.ts';
import { busy } from './verb.ts';
import { vmSize } from './vm-size.ts';

const LUNS = 64;

export interface DiskPlanWorld {
  readonly subscriptionId: string;
  readonly set: ScaleSet;
  readonly instance: Instance;
  /** Of the instance's model. */
  readonly size: string;
  readonly now: Time;
  /** A disk of the set's group, by its name in any case. */
  readonly find: (name: string) => ManagedDisk | undefined;
}

export interface DiskPlan {
  readonly dataDisks: readonly DataDisk[];
  readonly taken: readonly Disk[];
  /** A disk is made under a name that the request chose. */
  readonly chosen: boolean;
}

/** The names of disks that a plan of this list depends on, in lower case: of those that are new at their lun. */
export function namedDisks(instance: Instance, asked: readonly Json[]): readonly string[] {
  const luns = new Set(instance.dataDisks.map(({ lun }) => lun));
  return asked
    .filter(isObject)
    .filter((disk) => !luns.has(Number(disk['lun'] ?? Number.NaN)))
    .flatMap((disk) => [attachedName(disk), textAt(disk, 'name')?.toLowerCase()])
    .filter((name) => name !== undefined);
}

export function planDisks(world: DiskPlanWorld, asked: readonly Json[]): DiskPlan {
  const { instance } = world;
  const listed = checkDataDisks(asked.map((disk) => withSize(world, disk)));
  const declared = listed.filter((disk) => flagAt(disk, 'toBeDetached') !== true);
  const present = instance.dataDisks.map((disk): DataDisk => {
    const given = declared.find(({ lun }) => lun === disk.lun);
    return given === undefined ? { ...disk, detaching: true } : kept(world, disk, given);
  });
  const added = declared
    .filter(({ lun }) => !instance.dataDisks.some((disk) => disk.lun === lun))
    .map((disk) => (isAttach(disk) ? attached(world, disk) : made(world, disk)));
  checkOnce(world, added);
  const dataDisks = [...present, ...added];
  checkCount(world, dataDisks, added);
  return {
    dataDisks,
    taken: added.flatMap(({ resource }) => resource ?? []),
    chosen: added.some((disk) => disk.resource === undefined && textAt(disk.declared, 'name') !== undefined),
  };
}

function isAttach(disk: JsonObject): boolean {
  return textAt(disk, 'createOption')?.toLowerCase() === 'attach';
}

function idOf(disk: JsonObject): string | undefined {
  return textAt(disk, 'managedDisk', 'id');
}

function attachedName(disk: JsonObject): string | undefined {
  return isAttach(disk) ? idOf(disk)?.split('/').at(-1)?.toLowerCase() : undefined;
}

/** A size that is left out is the one that the disk has. */
function withSize({ instance, find }: DiskPlanWorld, disk: Json): Json {
  if (!isObject(disk) || (disk['diskSizeGB'] ?? null) !== null) return disk;
  const present = instance.dataDisks.find(({ lun }) => lun === Number(disk['lun'] ?? Number.NaN));
  const name = attachedName(disk);
  const found = name === undefined ? undefined : find(name)?.disk;
  const size = present?.sizeGiB ?? found?.sizeGiB;
  return size === undefined ? disk : { ...disk, diskSizeGB: size };
}

function kept(world: DiskPlanWorld, disk: DataDisk, given: JsonObject): DataDisk {
  const id = idOf(given);
  if (isAttach(given) && id !== undefined && !isPathOf(world, id, disk.name)) {
    throw new Failure('invalidParameter', `A disk at LUN ${disk.lun} already exists.`, {
      target: 'dataDisks',
    });
  }
  if (disk.detaching === true) throw beingDetached(world, disk.name);
  const sizeGiB = sizeOf(given, disk);
  const { createOption = given['createOption'] } = disk.declared;
  return { ...disk, sizeGiB, declared: { ...plain(given), createOption } };
}

/** Without what follows from the disk itself. */
function plain(given: JsonObject): JsonObject {
  const managedDisk = objectAt(given, 'managedDisk');
  const declared = without(given, 'toBeDetached');
  return managedDisk === undefined ? declared : { ...declared, managedDisk: without(managedDisk, 'id') };
}

function isPathOf({ subscriptionId, set }: DiskPlanWorld, id: string, name: string): boolean {
  return id.toLowerCase() === diskPath(subscriptionId, set.group, name).toLowerCase();
}

function sizeOf(given: JsonObject, { sizeGiB }: Pick<Disk, 'sizeGiB'>): number {
  const size = Number(given['diskSizeGB']);
  if (size >= sizeGiB) return size;
  throw new Failure(
    'operationNotAllowed',
    `Disk of size ${size} GB at lun ${Number(given['lun'])} cannot be made smaller than it is, ${sizeGiB} GB.`,
  );
}

function made(world: DiskPlanWorld, given: JsonObject): DataDisk {
  const { set, instance, now } = world;
  const lun = Number(given['lun']);
  const name = textAt(given, 'name') ?? newDiskName(set.name, instance, lun);
  if (world.find(name) !== undefined) {
    throw new Failure(
      'conflictingUserInput',
      `Disk '${diskPath(world.subscriptionId, set.group, name)}' already exists: a disk of that name cannot be created.`,
      { target: 'dataDisk.name' },
    );
  }
  return {
    lun,
    sizeGiB: Number(given['diskSizeGB']),
    name,
    declared: plain(given),
    fromModel: false,
    uid: newDiskUid(instance, lun),
    created: now,
  };
}

function attached(world: DiskPlanWorld, given: JsonObject): DataDisk {
  const disk = takable(world, given);
  return {
    lun: Number(given['lun']),
    sizeGiB: sizeOf(given, disk),
    name: disk.name,
    declared: plain(given),
    fromModel: false,
    uid: disk.uid,
    resource: disk,
  };
}

function takable(world: DiskPlanWorld, given: JsonObject): Disk {
  const { set, instance } = world;
  const id = idOf(given);
  if (id === undefined) {
    throw new Failure(
      'invalidParameter',
      "Required parameter 'dataDisk.managedDisk.id' is missing (null): a disk that is attached is named by it.",
      { target: 'dataDisk.managedDisk.id' },
    );
  }
  const found = isPathOf(world, id, id.split('/').at(-1) ?? '')
    ? world.find(attachedName(given) ?? '')
    : undefined;
  if (found === undefined) throw new Failure('resourceNotFound', `Disk ${id} is not found.`);
  const { disk, attachment } = found;
  const path = diskPath(world.subscriptionId, disk.group, disk.name);
  if (attachment !== undefined) throw taken(world, path, attachment);
  if (disk.deleting !== undefined) throw busy();
  if (disk.location !== set.declared.location) {
    throw new Failure(
      'badRequest',
      `Disk ${path} cannot be attached to the VM because it is in location '${disk.location}' and the VM is in '${set.declared.location}'.`,
    );
  }
  checkZone(path, disk, instance);
  return disk;
}

/** Azure's words, as people's reports of them have them. */
function taken(
  world: DiskPlanWorld,
  path: string,
  { set, instance, isDetaching }: NonNullable<ManagedDisk['attachment']>,
): Failure {
  if (isDetaching) return beingDetached(world, path.split('/').at(-1) ?? '');
  const owner = instancePath(world.subscriptionId, set, instance);
  return new Failure(
    'conflictingUserInput',
    `Disk '${path}' cannot be attached as the disk is already owned by VM '${owner}'.`,
  );
}

function beingDetached({ set, instance }: DiskPlanWorld, name: string): Failure {
  return new Failure(
    'diskBeingDetached',
    `Cannot attach data disk '${name}' to VM '${nameOf(set.name, instance)}' because the disk is currently being detached or the last detach operation failed. Please wait until the disk is completely detached and then try again or delete/detach the disk explicitly again.`,
  );
}

/** A disk without a zone serves VMs without one, and one in a zone those in the same. */
function checkZone(path: string, disk: Disk, { zone }: Instance): void {
  const own = disk.zones[0];
  if (own === zone) return;
  throw new Failure(
    'badRequest',
    `Disk ${path} cannot be attached to the VM because ${zoneWords(own, zone)}.`,
  );
}

function zoneWords(disk: string | undefined, vm: string | undefined): string {
  if (disk === undefined) return `it is not in zone '${vm}'`;
  if (vm === undefined) return 'it is in a zone and the VM is not';
  return `it is not in the same zone as the VM. VM zone: '${vm}'. Disk zone: '${disk}'`;
}

function checkOnce({ subscriptionId, set, instance }: DiskPlanWorld, added: readonly DataDisk[]): void {
  const names = added.map(({ name }) => name.toLowerCase());
  const twice = added.find(({ name }, index) => names.indexOf(name.toLowerCase()) !== index);
  if (twice === undefined) return;
  const owner = instancePath(subscriptionId, set, instance);
  throw new Failure(
    'conflictingUserInput',
    `Disk '${diskPath(subscriptionId, set.group, twice.name)}' cannot be attached as the disk is already owned by VM '${owner}'.`,
  );
}

function checkCount({ size }: DiskPlanWorld, all: readonly DataDisk[], added: readonly DataDisk[]): void {
  // A size that is not known (an older row's) may have as many as there are luns.
  const most = vmSize(size)?.dataDisks ?? LUNS;
  if (added.length === 0 || all.filter(({ detaching }) => detaching !== true).length <= most) return;
  throw new Failure(
    'operationNotAllowed',
    `The maximum number of data disks allowed to be attached to a VM of this size is ${most}.`,
    { target: 'dataDisks' },
  );
}

/** What the guest must be given is the same: everything else about a disk is the plane's to keep. */
export function sameGuestDisks(a: readonly DataDisk[], b: readonly DataDisk[]): boolean {
  const given = (disk: DataDisk, other: DataDisk): boolean =>
    other.lun === disk.lun && other.sizeGiB === disk.sizeGiB && other.detaching === disk.detaching;
  return a.length === b.length && a.every((disk) => b.some((other) => given(disk, other)));
}
