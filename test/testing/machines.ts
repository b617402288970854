// Bodies of virtual machines, for tests: small, whole, and with what a test says in place of the usual.

import type { JsonObject } from '../../src/domain/json.ts';
import { SUBSCRIPTION } from './plane.ts';

export const IMAGE = { publisher: 'muster', offer: 'web', sku: 'web', version: 'latest' };

/** What `az vm create` sends, without a network. `top` beside `properties`. */
export function machineBody(properties: JsonObject = {}, top: JsonObject = {}): JsonObject {
  return {
    location: 'westus',
    ...top,
    properties: {
      hardwareProfile: { vmSize: 'Standard_B1s' },
      storageProfile: {
        osDisk: {
          createOption: 'fromImage',
          caching: 'ReadWrite',
          managedDisk: { storageAccountType: null },
        },
        imageReference: IMAGE,
      },
      osProfile: { computerName: 'm1', adminUsername: 'azureuser', adminPassword: 'S3cret!word' },
      ...properties,
    },
  };
}

/** A Flexible set, without a profile unless one is among its properties. */
export function flexibleBody(properties: JsonObject = {}, top: JsonObject = {}): JsonObject {
  return { location: 'westus', ...top, properties: { orchestrationMode: 'Flexible', ...properties } };
}

export function flexibleProfile(given: JsonObject = {}): JsonObject {
  return {
    osProfile: { computerNamePrefix: 'web', adminUsername: 'azureuser', adminPassword: 'S3cret!word' },
    storageProfile: { imageReference: IMAGE },
    ...given,
  };
}

export function setIdOf(name: string, group = 'rg', subscription = SUBSCRIPTION): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Compute/virtualMachineScaleSets/${name}`;
}

export function inSet(id: string | undefined): JsonObject {
  return { virtualMachineScaleSet: id === undefined ? {} : { id } };
}
