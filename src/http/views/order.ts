// Order: the members of an object as Azure writes them, for whoever compares bodies as text or reads them by eye.

import { isObject, type Json, type JsonObject } from '../../domain/json.ts';

/** The named members first, in that order; the rest as they were. */
export function inOrder(object: JsonObject, names: readonly string[]): JsonObject {
  const first = names.filter((name) => object[name] !== undefined);
  const rest = Object.keys(object).filter((key) => !first.includes(key));
  return Object.fromEntries([...first, ...rest].map((key) => [key, object[key]]));
}

const OS_PROFILE = [
  'computerNamePrefix',
  'adminUsername',
  'windowsConfiguration',
  'linuxConfiguration',
  'secrets',
  'allowExtensionOperations',
  'requireGuestProvisionSignal',
];
const OS_DISK = ['osType', 'createOption', 'caching', 'managedDisk', 'diskSizeGB'];

/** `properties.virtualMachineProfile` in the recorded order (azure-wire section 2). */
export function profileInOrder(profile: JsonObject): JsonObject {
  const storage = orderedMember(profile['storageProfile'], ['osDisk', 'imageReference']);
  return inOrder(
    {
      ...profile,
      ...(profile['osProfile'] === undefined
        ? {}
        : { osProfile: orderedMember(profile['osProfile'], OS_PROFILE) }),
      ...(isObject(storage)
        ? {
            storageProfile: {
              ...storage,
              ...(storage['osDisk'] === undefined
                ? {}
                : { osDisk: orderedMember(storage['osDisk'], OS_DISK) }),
            },
          }
        : {}),
    },
    ['osProfile', 'storageProfile', 'networkProfile'],
  );
}

function orderedMember(value: Json | undefined, names: readonly string[]): Json | undefined {
  return isObject(value) ? inOrder(value, names) : value;
}
