// Radius: how much of a set may be unavailable by this tool at once, how much a plan makes of it, and what stands already.
// What must hold: what earlier actions took out of service and is out still counts with what a plan takes out at any of its stages.

import type { ActionPlan, Stage } from './action-plan.ts';
import type { Flags } from './guard.ts';
import type { InstanceFacts, Inventory } from './inventory.ts';
import { type Outage, outageWords, remedyWords } from './outage.ts';
import type { Refusal } from './refusal.ts';
import { countOf, isServing } from './serving.ts';
import { type Verb, VERBS } from './verbs.ts';

/** A percentage of the set that may be unavailable without being asked for. */
const USUAL = 5;

/** What the radius is a part of: the set as it is, and what of it this tool has deleted and is missing still. */
export function wholeOf({ instances }: Inventory, standing: readonly Outage[]): number {
  const missing = standing.filter(({ of }) => of !== undefined);
  // Those that come in their place may be there and not serve yet: they are not to be counted beside them.
  const before = Math.max(0, ...missing.map(({ of = 0 }) => of));
  return Math.max(instances.length, Math.min(instances.length + missing.length, before));
}

/** A twentieth, at least one. */
export function usualRadius(all: number): number {
  return Math.max(1, countOf({ value: USUAL, unit: 'percent' }, all, 'down'));
}

export function radiusOf(all: number, peak: number, { max }: Flags): ActionPlan['radius'] {
  const usual = usualRadius(all);
  return { limit: max === undefined ? usual : Math.max(1, countOf(max, all, 'down')), usual, peak };
}

/** @param most so many are out at once with what stands, at most */
export function withStanding(
  radius: ActionPlan['radius'],
  standing: readonly Outage[],
  most: number,
): ActionPlan['radius'] {
  return standing.length === 0 ? radius : { ...radius, standing, together: most };
}

/**
 * So many are out at once by this and by what stands, at most. Who does not serve is not made unavailable by being seen to; who
 * is verified to run again is out no more when the next stage begins.
 */
export function together(
  verb: Verb,
  stages: readonly Stage[],
  touched: readonly InstanceFacts[],
  standing: readonly Outage[],
): number {
  const { outage, leaves } = VERBS[verb];
  const serving = new Set(touched.filter(isServing).map(({ id }) => id));
  let out = new Set(standing.map(({ id }) => id));
  let most = out.size;
  if (outage === 'never') return most;
  for (const { steps } of stages) {
    const ids = steps.map(({ id }) => id);
    const meanwhile = new Set([...out, ...ids.filter((id) => serving.has(id))]);
    most = Math.max(most, meanwhile.size);
    if (outage === 'afterwards') out = meanwhile;
    else if (leaves === 'running') out = new Set([...out].filter((id) => !ids.includes(id)));
  }
  return most;
}

/** So many of the set are unavailable at once by this, at most. */
export function peakOf(verb: Verb, count: number, batch: number): number {
  switch (VERBS[verb].outage) {
    case 'never':
      return 0;
    case 'meanwhile':
      // The canary is alone, and the batches are what is left.
      return count <= 1 ? count : Math.max(1, Math.min(batch, count - 1));
    case 'afterwards':
      return count;
  }
}

/** It adds to what stands. */
export function isMore({ standing = [], together: most = 0 }: ActionPlan['radius']): boolean {
  return most > standing.length;
}

/** What stands and is not added to is no reason: what is out already may be seen to. */
export function overRadius({ radius, touched }: ActionPlan): readonly Refusal[] {
  const { peak, limit, standing = [], together: most = 0 } = radius;
  const of = { code: 'overRadius' as const, instances: touched };
  if (peak > limit) {
    const message = `${peak} would be unavailable at once by this, and ${limit} may be.`;
    return [{ ...of, message, flag: `--max ${Math.max(peak, most)}` }];
  }
  if (most <= limit || !isMore(radius)) return [];
  const are = standing.length === 1 ? 'is' : 'are';
  const message =
    `${standing.length} ${are} out already by earlier actions: ${outageWords(standing)}. With this ${most} would be ` +
    `at once, and ${limit} may be. To free: ${remedyWords(standing)}.`;
  return [{ ...of, message, flag: `--max ${most}` }];
}
