// Machine, what is fixed: what of a virtual machine stays as it was made. Azure's words are the same for all of it.
// What must hold: a machine as it was read changes nothing.

import { Failure } from './failure.ts';
import { osDiskName } from './disk-name.ts';
import { asText, type Json, type JsonObject, objectAt, sameJson, textAt } from './json.ts';
import type { ThereMachine } from './machine-change.ts';
import { checkOsDiskDeletion } from './machine-declaration.ts';
import { computerNameOf } from './model.ts';
import { notChangeable } from './parameter-failure.ts';
import { diskPath } from './resource-path.ts';
import { priorityOf } from './spot.ts';

/** @param properties without nulls: what is left out, or null, is not spoken of */
export function checkFixed(there: ThereMachine, properties: JsonObject): void {
  checkComputer(there, objectAt(properties, 'osProfile') ?? {});
  const storage = objectAt(properties, 'storageProfile') ?? {};
  checkImage(there, objectAt(storage, 'imageReference') ?? {});
  checkOsDisk(there, objectAt(storage, 'osDisk') ?? {});
  const { profile } = there.model;
  if (differs(priorityOf(profile), properties['priority'])) throw notChangeable('priority');
  if (differs(profile['evictionPolicy'], properties['evictionPolicy'])) throw notChangeable('evictionPolicy');
  const configurations = objectAt(properties, 'networkProfile')?.['networkInterfaceConfigurations'];
  const current = objectAt(profile, 'networkProfile')?.['networkInterfaceConfigurations'];
  if (Array.isArray(configurations) && configurations.length > 0 && !sameJson(configurations, current)) {
    throw notChangeable('networkProfile.networkInterfaceConfigurations');
  }
}

/** Whether something is said, and something else than there is. Words compare without case. */
function differs(current: Json | undefined, given: Json | undefined): boolean {
  return given !== undefined && asText(given).toLowerCase() !== asText(current).toLowerCase();
}

function checkComputer({ instance, model }: ThereMachine, given: JsonObject): void {
  const current = objectAt(model.profile, 'osProfile') ?? {};
  if (differs(computerNameOf(model, instance), given['computerName'])) {
    throw notChangeable('osProfile.computerName');
  }
  // These say something secret, or count at the first boot alone: as they are, or not at all.
  for (const member of ['adminUsername', 'adminPassword', 'customData'] as const) {
    if (given[member] !== undefined && given[member] !== current[member]) {
      throw notChangeable(`osProfile.${member}`);
    }
  }
  const [linux, was] = [given, current].map((profile) => objectAt(profile, 'linuxConfiguration'));
  if (linux?.['ssh'] !== undefined && !sameJson(linux['ssh'], was?.['ssh'])) {
    throw notChangeable('linuxConfiguration.ssh.publicKeys');
  }
  const locked = was?.['disablePasswordAuthentication'] ?? false;
  if (differs(locked, linux?.['disablePasswordAuthentication'])) {
    throw notChangeable('linuxConfiguration.disablePasswordAuthentication');
  }
}

function checkImage({ model }: ThereMachine, given: JsonObject): void {
  const current = objectAt(model.profile, 'storageProfile', 'imageReference') ?? {};
  for (const member of ['id', 'publisher', 'offer', 'sku', 'version'] as const) {
    if (!differs(current[member], given[member])) continue;
    throw notChangeable(member === 'id' ? 'imageReference' : `imageReference.${member}`);
  }
}

function checkOsDisk({ subscriptionId, set, instance, model }: ThereMachine, given: JsonObject): void {
  const current = objectAt(model.profile, 'storageProfile', 'osDisk') ?? {};
  const name = osDiskName(set.name, instance);
  const managed = objectAt(current, 'managedDisk') ?? {};
  const asked = objectAt(given, 'managedDisk') ?? {};
  const fixed: readonly (readonly [string, Json | undefined, Json | undefined])[] = [
    ['osDisk.createOption', 'FromImage', given['createOption']],
    ['osDisk.osType', current['osType'] ?? 'Linux', given['osType']],
    ['osDisk.name', name, given['name']],
    ['osDisk.managedDisk.id', diskPath(subscriptionId, set.group, name), asked['id']],
    ['osDisk.diskSizeGB', Number(current['diskSizeGB'] ?? 30), given['diskSizeGB']],
    ['osDisk.managedDisk.storageAccountType', managed['storageAccountType'], asked['storageAccountType']],
  ];
  for (const [target, is, said] of fixed) if (differs(is, said)) throw notChangeable(target);
  checkOsDiskDeletion(given);
}

/** A deletion option that a network interface which came with its machine cannot have. */
export function checkMadeInterfaces(before: readonly JsonObject[], given: readonly JsonObject[]): void {
  const same = (a: JsonObject, b: JsonObject): boolean =>
    textAt(a, 'id')?.toLowerCase() === textAt(b, 'id')?.toLowerCase();
  if (before.length !== given.length || !before.every((one) => given.some((other) => same(one, other)))) {
    throw notChangeable('networkProfile.networkInterfaces');
  }
  if (!given.some((one) => textAt(one, 'properties', 'deleteOption')?.toLowerCase() === 'detach')) return;
  throw new Failure(
    'invalidParameter',
    "The value 'Detach' of parameter 'deleteOption' is not allowed: a network interface that is made with its virtual machine is deleted with it here.",
    { target: 'networkInterfaces.deleteOption' },
  );
}
