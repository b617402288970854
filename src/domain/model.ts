// Model: what one version of a set's declaration says about an instance, and what the difference of two versions asks of
// a guest.

import type { GuestDisk, GuestSpec } from './guest.ts';
import { imageReference, sameImage } from './image-reference.ts';
import { computerName, type DataDisk, type Instance, instanceName } from './instance.ts';
import { isObject, type Json, type JsonObject, listAt, objectAt, sameJson, textAt } from './json.ts';
import { without } from './declaration.ts';
import type { Declared, ModelVersion } from './scale-set.ts';
import type { Time } from './time.ts';

export function modelOf(set: string, version: number, declared: Declared, created: Time): ModelVersion {
  return {
    set,
    version,
    created,
    size: declared.sku.name,
    tier: declared.sku.tier,
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
 * Another image means a fresh OS disk; another size or identity of the system a restart; other data disks or user data can be
 * given to a running guest. Other extensions, or others of their settings, are run in it. Custom data counts at first boot only, so a change of it waits for the next reimage.
 */
export function upgradeEffect(from: ModelVersion, to: ModelVersion): UpgradeEffect {
  if (!sameImage(from.profile, to.profile)) return 'reimage';
  if (from.size !== to.size) return 'restart';
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

/** The model's data disks as an instance gets them; `nameOf` gives each its name. */
export function modelDisks(model: ModelVersion, nameOf: (lun: number) => string): readonly DataDisk[] {
  return listAt(model.profile, 'storageProfile', 'dataDisks')
    .filter(isObject)
    .map((declared) => {
      const lun = Number(declared['lun']);
      return { lun, sizeGiB: Number(declared['diskSizeGB']), name: nameOf(lun), declared, fromModel: true };
    });
}

/**
 * The instance with this model's data disks in place of those of the version that it has. What was attached to it alone
 * stays, also where the model has another disk at the same lun.
 */
export function withModelDisks(setName: string, instance: Instance, model: ModelVersion): Instance {
  const own = instance.dataDisks.filter((disk) => !disk.fromModel);
  const nameOf = (lun: number): string =>
    instance.dataDisks.find((disk) => disk.lun === lun)?.name ?? dataDiskName(setName, instance, lun);
  const given = modelDisks(model, nameOf).filter(({ lun }) => !own.some((disk) => disk.lun === lun));
  return { ...instance, dataDisks: [...given, ...own] };
}

export function guestSpec(setName: string, instance: Instance, model: ModelVersion): GuestSpec {
  const adminUsername = textAt(model.profile, 'osProfile', 'adminUsername');
  const customData = textAt(model.profile, 'osProfile', 'customData');
  const userData = instance.userData ?? textAt(model.profile, 'userData');
  return {
    name: instanceName(setName, instance.id),
    computerName: computerName(computerNamePrefix(model), instance.id),
    image: imageWord(model),
    ...(instance.imageVersion === undefined ? {} : { imageVersion: instance.imageVersion }),
    size: model.size,
    ...(adminUsername === undefined ? {} : { adminUsername }),
    ...(customData === undefined ? {} : { customData }),
    ...(userData === undefined ? {} : { userData }),
    dataDisks: instance.dataDisks.map(({ lun, sizeGiB }): GuestDisk => ({ lun, sizeGiB })),
  };
}

/** A disk's name has no more characters than that (Azure's naming rules). */
const DISK_NAME = 80;

/**
 * Azure's disk names. One that would be too long has the first twenty characters of the set's name and twenty-one of the
 * instance's, and `OsDisk` becomes `OS_`: `vmss-simulate-evictivmss-simulate-evictioOS__1_…` (azure-wire section 3).
 */
export function diskName(setName: string, id: number, kind: 'OsDisk' | number, digits: string): string {
  const name = instanceName(setName, id);
  const whole = `${setName}_${name}_${kind === 'OsDisk' ? 'OsDisk_1' : `disk${kind}`}_${digits}`;
  if (whole.length <= DISK_NAME) return whole;
  const part = kind === 'OsDisk' ? 'OS__1' : `disk${kind}`;
  return `${setName.slice(0, 20)}${name.slice(0, 21)}${part}_${digits}`;
}

export function dataDiskName(
  setName: string,
  { id, vmId }: Pick<Instance, 'id' | 'vmId'>,
  lun: number,
): string {
  return diskName(setName, id, lun + 2, diskDigits(vmId, lun));
}

/** The 32 hex digits in a disk's name, from the instance's vmId, so that they need no row of their own. */
export function diskDigits(vmId: string, lun?: number): string {
  const hex = vmId.replaceAll('-', '');
  if (lun === undefined) return hex;
  return hex.slice(2) + (lun + 1).toString(16).padStart(2, '0');
}
