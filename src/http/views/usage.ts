// Usages: how much of each quota of a location is taken.

import type { JsonObject } from '../../arm/json.ts';
import { type Cores, limitOf, type Quotas, SPOT, TOTAL } from '../../domain/quota.ts';
import { VM_FAMILIES } from '../../domain/vm-size.ts';

export function usageBodies(quotas: Quotas, location: string, used: Cores): readonly JsonObject[] {
  return [TOTAL, SPOT, ...VM_FAMILIES].map((counter) => ({
    unit: 'Count',
    currentValue: used.get(counter) ?? 0,
    limit: limitOf(quotas, location, counter),
    name: { value: counter, localizedValue: localized(counter) },
  }));
}

/** `standardDSv5Family` is `Standard DSv5 Family vCPUs`. */
function localized(counter: string): string {
  if (counter === TOTAL) return 'Total Regional vCPUs';
  if (counter === SPOT) return 'Total Regional Low-priority vCPUs';
  return counter.replace(/^standard(.*)Family$/, 'Standard $1 Family vCPUs');
}
