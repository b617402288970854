// Model: what one version of a set's declaration says about an instance, and what the difference of two versions asks of
// a guest.

import type { GuestDisk, GuestSpec } from './guest.ts';
import { imageReference, sameImage } from './image-reference.ts';
import { diskUid, newDiskName, newDiskUid } from './disk-name.ts';
import { computerName, type DataDisk, type Instance, nameOf } from './instance.ts';
import { numberOf } from './machine-name.ts';
import { isObject, type Json, type JsonObject, listAt, objectAt, sameJson, textAt } from './json.ts';
import { without } from './declaration.ts';
import { addressWishes } from './private-address.ts';
import type { Declared, ModelVersion } from './scale-set.ts';
import { skuProfileOf } from './sku-profile.ts';
import type { Time } from './time.ts';

export function modelOf(set: string, version: number, declared: Declared, created: Time): ModelVersion {
  const mix = skuProfileOf(declared.properties);
  return {
    set,
    version,
    created,
    size: declared.sku.name,
    tier: declared.sku.tier,
    ...(mix === undefined ? {} : { mix }),
    profile: objectAt(declared.properties, 'virtualMachineProfile') ?? {},
    extra: declared.extra,
  };
}

/** Whether an accepted write made a new version: capacity and tags alone do not (azure-wire section 3). */
export function changesModel(current: Declared, next: Declared): boolean {
  return (
    current.sku.name !== next.sku.name ||
    current.sku.tier !== next.sku.tier ||
    !sameJson(current.properties, next.properties) ||
    !sameJson(current.extra, next.extra)
  );
}

/** What a guest must go through to get from one version to another. */
export type UpgradeEffect = 'none' | 'extensions' | 'reconfigure' | 'restart' | 'reimage';

/**
 * Another image means a fresh OS disk; another size or identity of the system a restart; other data disks, user data or another
 * subnet can be given to a running guest. Other extensions, or others of their settings, are run in it. Custom data counts at first boot only, so a change of it waits for the next reimage.
 */
export function upgradeEffect(from: ModelVersion, to: ModelVersion): UpgradeEffect {
  if (!sameImage(from.profile, to.profile)) return 'reimage';
  // Of a mix it is each instance's own size that counts (`effectOn`).
  if (from.mix === undefined && to.mix === undefined && from.size !== to.size) return 'restart';
  const quiet = (profile: JsonObject): JsonObject =>
    without(
      objectAt(profile, 'osProfile') ?? {},
      'customData',
      'adminPassword',
      'linuxConfiguration',
      'windowsConfiguration',
      'secrets',
    );
  if (!sameJson(quiet(from.profile), quiet(to.profile))) return 'restart';
  const live = (profile: JsonObject): JsonObject => ({
    disks: listAt(profile, 'storageProfile', 'dataDisks'),
    userData: profile['userData'],
    // Another subnet means another address.
    subnets: addressWishes(profile).map(({ nic, ipConfiguration, version, subnetId }) => [
      nic,
      ipConfiguration,
      version,
      subnetId.toLowerCase(),
    ]),
  });
  if (!sameJson(live(from.profile), live(to.profile))) return 'reconfigure';
  const extensions = (model: ModelVersion): readonly Json[] =>
    listAt(model.profile, 'extensionProfile', 'extensions');
  return sameJson(extensions(from), extensions(to)) ? 'none' : 'extensions';
}

/** An image as one word: `web`, or `publisher:offer:sku:version` for what others publish. */
export function imageWord(model: ModelVersion): string {
  return imageReference(model.profile).word;
}

export function computerNamePrefix(model: ModelVersion): string {
  return textAt(model.profile, 'osProfile', 'computerNamePrefix') ?? 'vm';
}

/** The model's data disks as an instance gets them; `diskNameOf` gives each its name. */
export function modelDisks(model: ModelVersion, diskNameOf: (lun: number) => string): readonly DataDisk[] {
  return listAt(model.profile, 'storageProfile', 'dataDisks')
    .filter(isObject)
    .map((declared) => {
      const lun = Number(declared['lun']);
      return {
        lun,
        sizeGiB: Number(declared['diskSizeGB']),
        name: diskNameOf(lun),
        declared,
        fromModel: true,
      };
    });
}

/**
 * The instance with this model's data disks in place of those of the version that it has. What was attached to it alone
 * stays, also where the model has another disk at the same lun. One that the model does not have any more is detached.
 */
export function withModelDisks(setName: string, instance: Instance, model: ModelVersion): Instance {
  const own = instance.dataDisks.filter((disk) => !disk.fromModel);
  const before = instance.dataDisks.filter((disk) => disk.fromModel);
  const given = modelDisks(model, (lun) => newDiskName(setName, instance, lun))
    .filter(({ lun }) => !own.some((disk) => disk.lun === lun))
    .map((disk): DataDisk => {
      const same = before.find(({ lun }) => lun === disk.lun);
      const { lun, sizeGiB, declared } = disk;
      return same === undefined
        ? { ...disk, uid: newDiskUid(instance, lun), created: model.created }
        : { ...same, sizeGiB, declared };
    });
  const dropped = before
    .filter(({ lun }) => !given.some((disk) => disk.lun === lun))
    .map((disk): DataDisk => ({ ...disk, detaching: true }));
  return { ...instance, dataDisks: [...given, ...own, ...dropped] };
}

/** An instance's own, or its model's. */
export function sizeOf({ size }: Pick<Instance, 'size'>, model: Pick<ModelVersion, 'size'>): string {
  return size ?? model.size;
}

/** A model of a machine's own may name its computer; else the name follows from the instance. */
export function computerNameOf(model: ModelVersion, instance: Pick<Instance, 'id' | 'machine'>): string {
  const given = textAt(model.profile, 'osProfile', 'computerName');
  if (given !== undefined) return given;
  const { machine, id } = instance;
  return computerName(computerNamePrefix(model), machine === undefined ? id : numberOf(machine.name));
}

export function guestSpec(setName: string, instance: Instance, model: ModelVersion): GuestSpec {
  const adminUsername = textAt(model.profile, 'osProfile', 'adminUsername');
  const customData = textAt(model.profile, 'osProfile', 'customData');
  const userData = instance.userData ?? textAt(model.profile, 'userData');
  return {
    name: nameOf(setName, instance),
    computerName: computerNameOf(model, instance),
    image: imageWord(model),
    ...(instance.imageVersion === undefined ? {} : { imageVersion: instance.imageVersion }),
    size: sizeOf(instance, model),
    ...(adminUsername === undefined ? {} : { adminUsername }),
    ...(customData === undefined ? {} : { customData }),
    ...(userData === undefined ? {} : { userData }),
    dataDisks: instance.dataDisks
      .filter(({ detaching }) => detaching !== true)
      .map((disk): GuestDisk => {
        const { lun, sizeGiB, fromModel } = disk;
        return { id: diskUid(instance, disk), lun, sizeGiB, ...(fromModel ? {} : { attached: true }) };
      }),
  };
}
