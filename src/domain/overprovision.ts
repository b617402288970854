// Overprovisioning: a set that asks for it makes a few instances more than its capacity, and gives the surplus up again
// when enough have come up. A surplus instance is never listed; it may take the place of a member that failed to come up.
// That is why the ids of such a set have gaps from the start (azure-wire section 3).

import type { Random } from './random.ts';

/** How many more are made when `count` are wanted: two for two, two for five (recorded), and never more than a fifth beyond that. */
export function surplusFor(count: number): number {
  return count === 0 ? 0 : Math.max(2, Math.ceil(count / 5));
}

/** Which of `total` new instances, in the order of their ids, are surplus. */
export function pickSurplus(total: number, surplus: number, random: Random): ReadonlySet<number> {
  const left = Array.from({ length: total }, (_, index) => index);
  const picked = new Set<number>();
  while (picked.size < Math.min(surplus, total)) {
    for (const index of left.splice(Math.floor(random() * left.length), 1)) picked.add(index);
  }
  return picked;
}
