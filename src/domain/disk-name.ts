// Disk name: what the disks of instances are called, and what names each of them for ever. Both follow from the instance that a
// disk was made with or for, so that they need no row of their own.
// What must hold: no two disks ever get the same name or the same uid, whatever became of those before.

import { type DataDisk, type Instance, nameOf } from './instance.ts';

type DiskOwner = Pick<Instance, 'id' | 'vmId' | 'machine'>;

/** A disk's name has no more characters than that (Azure's naming rules). */
const DISK_NAME = 80;

/**
 * Azure's disk names. One that would be too long has the first twenty characters of the set's name and twenty-one of the
 * instance's, and `OsDisk` becomes `OS_`: `vmss-simulate-evictivmss-simulate-evictioOS__1_…` (azure-wire section 3).
 */
export function diskName(
  setName: string,
  instance: Pick<Instance, 'id' | 'machine'>,
  kind: 'OsDisk' | number,
  digits: string,
): string {
  const name = nameOf(setName, instance);
  const part = kind === 'OsDisk' ? 'OsDisk_1' : `disk${kind}`;
  if (instance.machine !== undefined) return machineDiskName(name, part, digits);
  const whole = `${setName}_${name}_${part}_${digits}`;
  if (whole.length <= DISK_NAME) return whole;
  const short = kind === 'OsDisk' ? 'OS__1' : `disk${kind}`;
  return `${setName.slice(0, 20)}${name.slice(0, 21)}${short}_${digits}`;
}

function machineDiskName(name: string, part: string, digits: string): string {
  return `${name.slice(0, DISK_NAME - part.length - digits.length - 2)}_${part}_${digits}`;
}

export function dataDiskName(setName: string, instance: DiskOwner, lun: number): string {
  return diskName(setName, instance, lun + 2, diskDigits(instance.vmId, lun));
}

/** The 32 hex digits in a disk's name, from the instance's vmId, so that they need no row of their own. */
export function diskDigits(vmId: string, lun?: number): string {
  const hex = vmId.replaceAll('-', '');
  if (lun === undefined) return hex;
  return hex.slice(2) + (lun + 1).toString(16).padStart(2, '0');
}

/** Of a disk that is to be made for an instance that has been made already, by its next turn. */
export function newDiskName(setName: string, instance: Instance, lun: number): string {
  return diskName(setName, instance, lun + 2, laterDigits(instance, lun));
}

export function newDiskUid(instance: Instance, lun: number): string {
  return asGuid(laterDigits(instance, lun));
}

/** Whatever was at that lun before was taken away by an earlier turn. */
function laterDigits({ vmId, generation }: Instance, lun: number): string {
  const turn = (generation + 1).toString(16).padStart(8, '0');
  return vmId.replaceAll('-', '').slice(10) + turn + (lun + 1).toString(16).padStart(2, '0');
}

/** `uniqueId` on the wire, and what its content is kept under. */
export function diskUid({ vmId }: Pick<Instance, 'vmId'>, disk: DataDisk): string {
  return disk.uid ?? asGuid(diskDigits(vmId, disk.lun));
}

export function osDiskName(setName: string, instance: DiskOwner): string {
  return diskName(setName, instance, 'OsDisk', diskDigits(instance.vmId));
}

function asGuid(digits: string): string {
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20, 32),
  ].join('-');
}
