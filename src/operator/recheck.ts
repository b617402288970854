// Recheck: whether what is left of a half-finished action may still be done. What was confirmed stands; what has become so
// since, does not: an instance that somebody has protected, a set that serves less.

import { decide, type Flags, isStateful } from './guard.ts';
import type { Inventory } from './inventory.ts';
import { isProtected } from './look-again.ts';
import { type ActionRecord, untouchedYet, withFlags } from './record.ts';
import type { Outage } from './outage.ts';
import type { Refusal, RefusalCode } from './refusal.ts';
import { select } from './selection.ts';
import { VERBS } from './verbs.ts';

const RECHECKED: readonly RefusalCode[] = ['protected', 'stateful', 'belowFloor', 'overRadius'];

/**
 * @param more flags given with the wish to go on, beside those it was begun with
 * @param standing what this tool took out of service and is out still, by this action too
 */
export function recheck(
  record: ActionRecord,
  inventory: Inventory,
  more: Flags,
  standing: readonly Outage[] = [],
): readonly Refusal[] {
  const { plan } = record;
  if (plan === undefined) return [];
  const present = new Set(inventory.instances.map(({ id }) => id));
  const left = untouchedYet(record).filter((id) => present.has(id));
  const { ids } = select(inventory, { by: 'ids', ids: left });
  if (ids === undefined) return [];
  // What was confirmed is what the plan says, whatever a percentage makes of the set as it is now.
  const limit = { value: plan.radius.limit, unit: 'count' as const };
  const flags = withFlags({ ...record.flags, max: limit }, more);
  // What a repair may do to its one instance is judged as a restart of it.
  const verb = plan.verb === 'repair' ? 'restart' : plan.verb;
  const work = { verb, verifySeconds: plan.verifySeconds };
  // What it disturbs only meanwhile is back before it goes on; what it left out of service counts with what is to come.
  const isLasting = VERBS[verb].outage === 'afterwards';
  const others = standing.filter((one) => isLasting || one.record !== record.intent?.record);
  const { refusals } = decide(inventory, ids, work, flags, others);
  return (refusals ?? []).filter(({ code }) => RECHECKED.includes(code));
}

/**
 * Why an action does not go on to its next stage although this one is verified: somebody has protected what is still to come, or
 * has tagged it, or the set, as stateful. A repair is left out: its steps are all of the one instance that it was allowed to act
 * on, and each looks at that again.
 *
 * @param start what was there when the action was allowed
 */
export function forbiddenSince(record: ActionRecord, start: Inventory, now: Inventory): readonly string[] {
  const verb = record.plan?.verb;
  if (verb === undefined || verb === 'repair' || !VERBS[verb].mindsProtection) return [];
  const left = new Set(untouchedYet(record));
  const before = new Map(start.instances.map((one) => [one.id, one]));
  return now.instances.flatMap((one) => {
    const then = before.get(one.id);
    if (!left.has(one.id) || then === undefined) return [];
    if (isProtected(one) && !isProtected(then)) return [`${one.id} has been protected meanwhile`];
    if (isStateful(one, now.set) && !isStateful(then, start.set))
      return [`${one.id} has been tagged muster:stateful meanwhile`];
    return [];
  });
}
