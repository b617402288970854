// Member protection: the protection of a Flexible set's instances, which only the set's own entry of each shows (Azure serves it
// from api-version 2023-09-01 on). It is asked for those that a question is about, one request for each, and not for the whole set.

import type { Stage } from './action-plan.ts';
import type { Arm } from './arm.ts';
import { instanceFacts } from './facts.ts';
import { ASKED, type FieldName } from './fields.ts';
import type { InstanceFacts, Inventory, SetFacts } from './inventory.ts';
import { memberRequest } from './requests.ts';
import { type InstanceIds, partOf, select } from './selection.ts';

/** So many are asked for at once: ARM allows 25 reads a second in the long run. */
const AT_ONCE = 8;

/** The inventory with what can be known of these instances' protection. What has it already is not asked for. */
export async function withProtection(
  inventory: Inventory,
  ids: readonly string[],
  arm: Arm,
): Promise<Inventory> {
  const wanted = new Set(ids);
  const unseen = inventory.instances.filter(
    ({ id, protection }) => protection.unseen === true && wanted.has(id),
  );
  const chosen = select(inventory, { by: 'ids', ids: unseen.map(({ id }) => id) }).ids;
  if (chosen === undefined) return inventory;
  const seen = new Map<string, InstanceFacts['protection']>();
  for (let first = 0; first < chosen.length; first += AT_ONCE) {
    const some = chosen.slice(first, first + AT_ONCE);
    await Promise.all(
      some.map(async (id) => {
        const protection = await protectionOf(inventory.set, partOf(chosen, [id]), arm);
        if (protection !== undefined) seen.set(id, protection);
      }),
    );
  }
  const instances = inventory.instances.map((one) => {
    const protection = seen.get(one.id);
    return protection === undefined ? one : { ...one, protection };
  });
  return { ...inventory, instances, calls: inventory.calls + chosen.length };
}

async function protectionOf(
  set: SetFacts,
  ids: InstanceIds,
  arm: Arm,
): Promise<InstanceFacts['protection'] | undefined> {
  const { status, body } = await arm.send(memberRequest(set, ids));
  return status === 200 ? instanceFacts(body ?? {}, { set, balance: 'unknown' }).protection : undefined;
}

/** The same of every instance, where one of these fields is read from it. */
export async function withAsked(
  inventory: Inventory,
  fields: ReadonlySet<FieldName>,
  arm: Arm,
): Promise<Inventory> {
  if (![...fields].some((field) => ASKED.has(field))) return inventory;
  return await withProtection(
    inventory,
    inventory.instances.map(({ id }) => id),
    arm,
  );
}

/** Those whose protection a stage changes. */
export function protectedIn({ steps }: Stage): readonly string[] {
  return steps.filter(({ deed }) => deed === 'protect' || deed === 'unprotect').map(({ id }) => id);
}
