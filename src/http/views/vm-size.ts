// VM sizes on the wire: as a location's sizes, as the subscription's SKUs, and as those that a scale set may be changed to.

import type { JsonObject } from '../../arm/json.ts';
import { flagAt } from '../../domain/json.ts';
import { ZONES } from '../../domain/placement.ts';
import { hasProfile, type ScaleSet } from '../../domain/scale-set.ts';
import { VM_SIZES, type VmSize } from '../../domain/vm-size.ts';

/** What Azure says of every size: how large an OS disk may be, in MB. */
const OS_DISK = 1_047_552;
const MB = 1024;

export function vmSizeBody(size: VmSize): JsonObject {
  return {
    name: size.name,
    numberOfCores: size.cores,
    osDiskSizeInMB: OS_DISK,
    resourceDiskSizeInMB: size.temporaryGiB * MB,
    memoryInMB: size.memoryGiB * MB,
    maxDataDiskCount: size.dataDisks,
  };
}

/** @param location the name of one; every size is in every zone of each */
export function resourceSkuBody(size: VmSize, location: string): JsonObject {
  const [tier = '', ...rest] = size.name.split('_');
  return {
    resourceType: 'virtualMachines',
    name: size.name,
    tier,
    size: rest.join('_'),
    family: size.family,
    locations: [location],
    locationInfo: [{ location, zones: [...ZONES], zoneDetails: [] }],
    capabilities: Object.entries(capabilitiesOf(size)).map(([name, value]) => ({ name, value: wire(value) })),
    restrictions: [],
  };
}

function capabilitiesOf(size: VmSize): Readonly<Record<string, string | number | boolean>> {
  return {
    MaxResourceVolumeMB: size.temporaryGiB * MB,
    OSVhdSizeMB: OS_DISK,
    vCPUs: size.cores,
    vCPUsAvailable: size.cores,
    MemoryGB: size.memoryGiB,
    MaxDataDiskCount: size.dataDisks,
    MaxNetworkInterfaces: size.networkInterfaces,
    HyperVGenerations: size.generations,
    CpuArchitectureType: 'x64',
    LowPriorityCapable: size.spot,
    PremiumIO: size.premium,
    AcceleratedNetworkingEnabled: size.acceleratedNetworking,
  };
}

/** Azure writes them as .NET does: `True`. */
function wire(value: string | number | boolean): string {
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
}

/** The sizes that a set may be changed to, its own first; none for one that makes no instances. A set of one placement group holds 100 instances, others 1000. */
export function scaleSetSkuBodies(set: ScaleSet): readonly JsonObject[] {
  if (!hasProfile(set.declared)) return [];
  const { name, tier } = set.declared.sku;
  const maximum = flagAt(set.declared.properties, 'singlePlacementGroup') === false ? 1000 : 100;
  const others = VM_SIZES.filter((size) => size.name.toLowerCase() !== name.toLowerCase());
  const own = { name, ...(tier === '' ? {} : { tier }) };
  return [own, ...others.map((size) => ({ name: size.name, tier: 'Standard' }))].map((sku) => ({
    resourceType: 'Microsoft.Compute/virtualMachineScaleSets',
    sku,
    capacity: { minimum: 0, maximum, defaultCapacity: 1, scaleType: 'Automatic' },
  }));
}
