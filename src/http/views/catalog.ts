// Images and extensions of the catalog on the wire.

import type { JsonObject } from '../../arm/json.ts';
import type { ExtensionImage } from '../../domain/extension-image.ts';
import type { Generation } from '../../domain/platform-image.ts';

/** What one is a part of, from the subscription on: `Publishers/Canonical/ArtifactTypes/VMImage/Offers`. */
export interface Place {
  readonly subscriptionId: string;
  readonly location: string;
  readonly parent: string;
}

/** Without a slash at either end, as Azure spells it. */
export const imageParent = (publisher: string, ...names: readonly string[]): string => {
  const steps = ['Offers', 'Skus', 'Versions'];
  const below = names.map((name, index) => `/${name}/${steps[index + 1] ?? ''}`).join('');
  return `Publishers/${publisher}/ArtifactTypes/VMImage/Offers${below}`;
};

export const extensionParent = (publisher: string, type?: string): string => {
  const types = `Publishers/${publisher}/ArtifactTypes/VMExtension/Types`;
  return type === undefined ? types : `${types}/${type}/Versions`;
};

export function namedBody({ subscriptionId, location, parent }: Place, name: string): JsonObject {
  const compute = `/Subscriptions/${subscriptionId}/Providers/Microsoft.Compute`;
  return { location, name, id: `${compute}/Locations/${location}/${parent}/${name}` };
}

/** The size that an OS disk has where none is declared. */
const OS_DISK_GB = 30;

export function imageBody(place: Place, version: string, generation: Generation): JsonObject {
  return {
    properties: {
      hyperVGeneration: generation,
      architecture: 'x64',
      automaticOSUpgradeProperties: { automaticOSUpgradeSupported: true },
      osDiskImage: { operatingSystem: 'Linux', sizeInGb: OS_DISK_GB },
      dataDiskImages: [],
      imageDeprecationStatus: { imageState: 'Active' },
    },
    ...namedBody(place, version),
  };
}

export function extensionBody(place: Place, version: string, { system }: ExtensionImage): JsonObject {
  return {
    properties: {
      operatingSystem: system,
      computeRole: 'IaaS',
      handlerSchema: '',
      vmScaleSetEnabled: true,
      supportsMultipleExtensions: false,
    },
    ...namedBody(place, version),
  };
}
