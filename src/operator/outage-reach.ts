// Outage reach: which records can still have to do with what is out now, from their first entries and their last one.
// What must hold: what is out by these is what is out by all. Most records are of actions that were seen through long ago, and to
// read them whole takes longer with every one.

import type { ActionPlan } from './action-plan.ts';
import type { InstanceFacts, Inventory } from './inventory.ts';
import { LAPSE, type PastAction, SETTLING } from './outage.ts';
import { isServing } from './serving.ts';
import { VERBS } from './verbs.ts';

/** A record in short. Times are milliseconds since 1970. */
export interface Gist {
  readonly id: string;
  readonly begun: number;
  /** When its last entry was written, finished or not; undefined where its end is not in order. */
  readonly ended?: number;
  /** It succeeded: the end of each request is on record. Else one may be under way yet. */
  readonly succeeded?: boolean;
  readonly plan?: ActionPlan;
}

/** @param last a record's last entry, where it is in order */
export function endOf(last: unknown): Pick<Gist, 'ended' | 'succeeded'> {
  const { kind, at, outcome } = (last ?? {}) as Readonly<Record<string, unknown>>;
  const ended = Date.parse(String(at));
  return Number.isNaN(ended) ? {} : { ended, succeeded: kind === 'done' && outcome === 'succeeded' };
}

export function gistOf({ id, record, damaged }: PastAction): Gist {
  const { intent, plan, last } = record;
  return {
    id,
    begun: Date.parse(intent?.at ?? ''),
    ...(plan === undefined ? {} : { plan }),
    ...(damaged ? {} : endOf(last)),
  };
}

/** The ids of the records that must be read, of these that are all about the inventory's set. */
export function reached(gists: readonly Gist[], now: Inventory): ReadonlySet<string> {
  const fresh = new Set(gists.flatMap((gist) => (isFresh(gist, now) ? (gist.plan?.touched ?? []) : [])));
  const away = awayIn(now);
  const open = gists.flatMap((gist) => {
    const touched = takesOut(gist) ? (gist.plan?.touched ?? []) : [];
    const ids = touched.filter((id) => fresh.has(id) || away.has(id));
    return ids.length === 0 ? [] : [{ gist, ids }];
  });
  // An instance that was seen serving since then, in whichever record, is out no more.
  const since = Math.min(...open.map(({ gist, ids }) => lastKnownOut(gist, ids, gists)));
  const seen = gists.filter(({ ended }) => ended === undefined || ended >= since);
  return new Set([...open.map(({ gist }) => gist.id), ...seen.map(({ id }) => id)]);
}

/** What it took out may be out whatever the inventory shows, and so may what an earlier one took out and this one touched. */
function isFresh(gist: Gist, now: Inventory): boolean {
  // What was deleted is not there to be seen, or its id has come again with another machine behind it.
  return takesOut(gist) && !isPast(gist, now, deletes(gist) ? LAPSE : 0);
}

/** Those that are there and are not seen to serve. */
function awayIn({ instances }: Inventory): ReadonlySet<string> {
  const back = (one: InstanceFacts): boolean =>
    isServing(one) && ['Succeeded', 'Failed'].includes(one.provisioning);
  return new Set(instances.filter((one) => !back(one)).map(({ id }) => id));
}

/** Nothing is sent before the plan is on record. */
function takesOut({ plan }: Gist): boolean {
  return plan !== undefined && (plan.verb === 'repair' || VERBS[plan.verb].outage !== 'never');
}

function deletes({ plan }: Gist): boolean {
  return plan?.stages.some(({ steps }) => steps.some(({ deed }) => deed === 'delete')) ?? false;
}

/** The end of whatever it sent was longer ago. */
function isPast({ ended, succeeded }: Gist, now: Inventory, milliseconds: number): boolean {
  const settling = succeeded === true ? 0 : SETTLING;
  return ended !== undefined && Date.parse(now.taken) > ended + settling + milliseconds;
}

/** Until the latest plan that counted all of them as out by this record, nobody had seen one of them serving. */
function lastKnownOut({ id: record, begun }: Gist, ids: readonly string[], gists: readonly Gist[]): number {
  const known = gists.filter(({ plan }) => {
    const standing = (plan?.radius.standing ?? []).filter((one) => one.record === record);
    return ids.every((id) => standing.some((one) => one.id === id));
  });
  // That plan's look at the set may be older than its record, while another action ended.
  return Math.max(begun, ...known.map((one) => one.begun - SETTLING));
}
