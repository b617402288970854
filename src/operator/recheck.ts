// Recheck: whether what is left of a half-finished action may still be done. What was confirmed stands; what has become so
// since, does not: an instance that somebody has protected, a set that serves less.

import { decide, type Flags } from './guard.ts';
import type { InstanceFacts, Inventory } from './inventory.ts';
import { type ActionRecord, untouchedYet } from './record.ts';
import type { Refusal, RefusalCode } from './refusal.ts';
import { select } from './selection.ts';
import { VERBS } from './verbs.ts';

const RECHECKED: readonly RefusalCode[] = ['protected', 'stateful', 'belowFloor'];

/** @param more flags given with the wish to go on, beside those it was begun with */
export function recheck(record: ActionRecord, inventory: Inventory, more: Flags): readonly Refusal[] {
  const { plan } = record;
  if (plan === undefined) return [];
  const present = new Set(inventory.instances.map(({ id }) => id));
  const left = untouchedYet(record).filter((id) => present.has(id));
  const { ids } = select(inventory, { by: 'ids', ids: left });
  if (ids === undefined) return [];
  const flags = {
    ...record.flags,
    ...Object.fromEntries(Object.entries(more).filter(([, value]) => value !== false)),
  };
  // What a repair may do to its one instance is judged as a restart of it.
  const verb = plan.verb === 'repair' ? 'restart' : plan.verb;
  const work = { verb, verifySeconds: plan.verifySeconds };
  const { refusals } = decide(inventory, ids, work, flags);
  return (refusals ?? []).filter(({ code }) => RECHECKED.includes(code));
}

/**
 * Why an action does not go on to its next stage although this one is verified: somebody has protected what is still to come.
 * A repair is left out: its steps are all of the one instance that it was allowed to act on.
 *
 * @param start what was there when the action was allowed
 */
export function protectedSince(record: ActionRecord, start: Inventory, now: Inventory): readonly string[] {
  const verb = record.plan?.verb;
  if (verb === undefined || verb === 'repair' || !VERBS[verb].mindsProtection) return [];
  const then = new Set(start.instances.filter(isProtected).map(({ id }) => id));
  const left = new Set(untouchedYet(record));
  return now.instances
    .filter((one) => left.has(one.id) && isProtected(one) && !then.has(one.id))
    .map(({ id }) => `${id} has been protected meanwhile`);
}

function isProtected({ protection }: InstanceFacts): boolean {
  return protection.scaleIn || protection.scaleSetActions;
}
