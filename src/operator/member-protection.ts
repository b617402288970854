// Member protection: the protection of a Flexible set's instances, which only the set's own entry of each shows. It is asked for
// those that are to be acted on, one request for each, and not for the whole set.

import type { Stage } from './action-plan.ts';
import type { Arm } from './arm.ts';
import { instanceFacts } from './facts.ts';
import type { InstanceFacts, Inventory } from './inventory.ts';
import { memberRequest } from './requests.ts';
import { select } from './selection.ts';

/** The inventory with what can be known of these instances' protection. A Uniform one has it already. */
export async function withProtection(
  inventory: Inventory,
  ids: readonly string[],
  arm: Arm,
): Promise<Inventory> {
  const { set } = inventory;
  if (set.mode === 'Uniform' || ids.length === 0) return inventory;
  const shown = async (one: InstanceFacts): Promise<InstanceFacts> => {
    const chosen = select(inventory, { by: 'ids', ids: [one.id] }).ids;
    if (!ids.includes(one.id) || chosen === undefined) return one;
    const { status, body } = await arm.send(memberRequest(set, chosen));
    if (status !== 200) return one;
    return { ...one, protection: instanceFacts(body ?? {}, { set, balance: 'unknown' }).protection };
  };
  return { ...inventory, instances: await Promise.all(inventory.instances.map(shown)) };
}

/** Those whose protection a stage changes. */
export function protectedIn({ steps }: Stage): readonly string[] {
  return steps.filter(({ deed }) => deed === 'protect' || deed === 'unprotect').map(({ id }) => id);
}
