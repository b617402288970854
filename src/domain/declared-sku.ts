// Declared SKU: the size and the number of instances that a set is declared with.

import type { Draft } from './declaration.ts';
import { Failure } from './failure.ts';
import type { JsonObject } from './json.ts';
import { orchestrationRules } from './orchestration.ts';
import { missing } from './parameter-failure.ts';
import { type Declared, NO_SKU, type Sku } from './scale-set.ts';
import { isMix, MIX } from './sku-profile.ts';
import { checkVmSize } from './vm-size.ts';

const MAX_CAPACITY = 1000;

export function completeSku(draft: Draft, current: Declared | undefined): Sku {
  if (draft.properties['virtualMachineProfile'] === undefined && mayLackProfile(draft.properties)) {
    return withoutSize(draft.sku, current?.sku ?? NO_SKU);
  }
  const { name = '', tier = '', capacity = 1 } = draft.sku;
  if (name === '') throw missing('sku.name');
  // One that was accepted before is left alone. A mix is checked with its profile.
  if (name !== current?.sku.name && !isMix(name)) checkVmSize(name);
  checkCapacity(capacity);
  if (isMix(name)) return { name: MIX, tier, capacity };
  return { name, tier: tier === '' ? 'Standard' : tier, capacity };
}

function checkCapacity(capacity: number): void {
  if (Number.isInteger(capacity) && capacity >= 0 && capacity <= MAX_CAPACITY) return;
  throw new Failure(
    'invalidParameter',
    `The value '${capacity}' of parameter 'sku.capacity' must be a whole number from 0 to ${MAX_CAPACITY}.`,
    { target: 'sku.capacity' },
  );
}

/** A set without a profile has no size to declare: its capacity is the number of machines that joined it. */
function withoutSize({ name = '', capacity = 0 }: Partial<Sku>, before: Sku): Sku {
  if (name === '' && capacity === before.capacity) return before;
  throw new Failure(
    'invalidParameter',
    "Parameter 'sku' is not allowed: a scale set without a virtual machine profile has the machines that are attached to it.",
    { target: 'sku' },
  );
}

function mayLackProfile(properties: JsonObject): boolean {
  return orchestrationRules(properties)?.profile === 'optional';
}
