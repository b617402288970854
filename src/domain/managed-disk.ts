// Managed disk: the disks of instances as resources of their own, and what becomes of them when their instance lets go of them
// or goes.
// What must hold: whatever a row of an instance loses is in the answer of `releasedDisks`, or goes with the instance.

import { diskUid, osDiskName } from './disk-name.ts';
import type { Disk } from './disk.ts';
import { imageReference } from './image-reference.ts';
import type { DataDisk, Instance } from './instance.ts';
import { objectAt, textAt } from './json.ts';
import type { ModelVersion, ScaleSet } from './scale-set.ts';

/** What a disk is attached to. */
export interface Attachment {
  readonly set: ScaleSet;
  readonly instance: Instance;
  readonly isDetaching: boolean;
}

export interface ManagedDisk {
  readonly disk: Disk;
  readonly attachment?: Attachment;
}

const DEFAULT_SKU = 'Standard_LRS';

/** A data disk of an instance as it is listed, and as it will be when it is attached to nothing. */
export function dataDiskResource(set: ScaleSet, instance: Instance, disk: DataDisk): Disk {
  const { name, sizeGiB, resource } = disk;
  if (resource !== undefined) return { ...resource, revision: 0, sizeGiB };
  return {
    ...placed(set, instance),
    uid: diskUid(instance, disk),
    name,
    created: disk.created ?? instance.created,
    sizeGiB,
    properties: { creationData: { createOption: 'Empty' } },
    extra: { sku: { name: textAt(disk.declared, 'managedDisk', 'storageAccountType') ?? DEFAULT_SKU } },
  };
}

/** The OS disk of an instance: it is never anything else's. */
export function osDiskResource(
  subscriptionId: string,
  {
    set,
    model,
    instance,
  }: { readonly set: ScaleSet; readonly model: ModelVersion; readonly instance: Instance },
): Disk {
  const declared = objectAt(model.profile, 'storageProfile', 'osDisk') ?? {};
  const id = imageId(subscriptionId, set, model, instance.imageVersion);
  return {
    ...placed(set, instance),
    uid: instance.vmId,
    name: osDiskName(set.name, instance),
    created: instance.created,
    sizeGiB: Number(declared['diskSizeGB'] ?? 30),
    properties: {
      osType: declared['osType'] ?? 'Linux',
      creationData: { createOption: 'FromImage', imageReference: { id } },
    },
    extra: { sku: { name: textAt(declared, 'managedDisk', 'storageAccountType') ?? DEFAULT_SKU } },
  };
}

/** An image that has an id of its own has that; one of a publisher, Azure's id of the version. */
function imageId(
  subscriptionId: string,
  set: ScaleSet,
  { profile }: ModelVersion,
  version: string | undefined,
): string {
  const { id } = imageReference(profile);
  if (id !== undefined) return id;
  const image = objectAt(profile, 'storageProfile', 'imageReference') ?? {};
  const part = (name: string): string => textAt(image, name) ?? '';
  return [
    `/Subscriptions/${subscriptionId}/Providers/Microsoft.Compute/Locations/${set.declared.location}`,
    `/Publishers/${part('publisher')}/ArtifactTypes/VMImage/Offers/${part('offer')}/Skus/${part('sku')}`,
    `/Versions/${version ?? part('version')}`,
  ].join('');
}

function placed(set: ScaleSet, { zone }: Instance) {
  return {
    group: set.group,
    revision: 0,
    location: set.declared.location,
    tags: {},
    zones: zone === undefined ? [] : [zone],
  };
}

/**
 * Those that the instance had before and has no more: they are attached to nothing from then on.
 * @param after undefined when it goes; then some go with it (`goesWithInstance`)
 */
export function releasedDisks(set: ScaleSet, before: Instance, after: Instance | undefined): readonly Disk[] {
  const kept = new Set(after?.dataDisks.map((disk) => diskUid(before, disk)));
  return before.dataDisks
    .filter((disk) => !kept.has(diskUid(before, disk)))
    .filter((disk) => after !== undefined || !goesWithInstance(disk))
    .map((disk) => dataDiskResource(set, before, disk));
}

/**
 * Whether a disk is deleted with its instance. Azure: the disks of the model are, others are left, each unless its
 * `deleteOption` says otherwise. One that is just being detached is left.
 */
export function goesWithInstance({ declared, fromModel, detaching }: DataDisk): boolean {
  if (detaching === true) return false;
  const option = textAt(declared, 'deleteOption')?.toLowerCase();
  return option === undefined ? fromModel : option === 'delete';
}
