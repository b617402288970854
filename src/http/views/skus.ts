// The sizes that a scale set may be changed to. Guests are made of what their host has, so any size name is taken; these are
// the common ones, with the one the set has now.

import type { JsonObject } from '../../arm/json.ts';
import { flagAt } from '../../domain/json.ts';
import type { ScaleSet } from '../../domain/scale-set.ts';

const SIZES = [
  'Standard_B1s',
  'Standard_B2s',
  'Standard_B2ms',
  'Standard_B4ms',
  'Standard_D2s_v3',
  'Standard_D4s_v3',
  'Standard_D2s_v5',
  'Standard_D4s_v5',
  'Standard_D8s_v5',
  'Standard_D2as_v5',
  'Standard_E2s_v5',
  'Standard_E4s_v5',
  'Standard_F2s_v2',
  'Standard_F4s_v2',
];

/** A set of one placement group holds 100 instances, others 1000. */
export function skuBodies(set: ScaleSet): readonly JsonObject[] {
  const { name, tier } = set.declared.sku;
  const maximum = flagAt(set.declared.properties, 'singlePlacementGroup') === false ? 1000 : 100;
  const others = SIZES.filter((size) => size.toLowerCase() !== name.toLowerCase());
  return [{ name, tier }, ...others.map((size) => ({ name: size, tier: 'Standard' }))].map((sku) => ({
    resourceType: 'Microsoft.Compute/virtualMachineScaleSets',
    sku,
    capacity: { minimum: 0, maximum, defaultCapacity: 1, scaleType: 'Automatic' },
  }));
}
