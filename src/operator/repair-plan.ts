// Repair plan: the ladder for one instance. Each rung is tried when the one before it has not healed the instance; the
// first that heals ends the repair.

import { objectAt } from '../domain/json.ts';
import { type ActionPlan, type Stage, stepOf } from './action-plan.ts';
import { busyNotes, unseenNotes, type Decided, type Flags, floorOf, placeOf, refusalsOf } from './guard.ts';
import type { InstanceFacts, Inventory, SetFacts } from './inventory.ts';
import type { Outage } from './outage.ts';
import { radiusOf, wholeOf, withStanding } from './radius.ts';
import { type InstanceIds, requireSelection } from './selection.ts';
import { isServing, isWell, servingCount } from './serving.ts';

export const RUNGS = ['diagnose', 'restart', 'reimage', 'replace'] as const;
export type Rung = (typeof RUNGS)[number];

export interface RepairWork {
  /** The last rung that may be tried. */
  readonly until: Rung;
  readonly verifySeconds: number;
}

/** One that is well needs nothing: its plan has no stages. */
export function decideRepair(
  inventory: Inventory,
  ids: InstanceIds,
  work: RepairWork,
  flags: Flags,
  standing: readonly Outage[] = [],
): Decided {
  requireSelection(ids);
  const [id, ...others] = ids;
  const instance = inventory.instances.find((one) => one.id === id);
  if (instance === undefined || others.length > 0) throw new Error('a repair is of one instance');
  const { set, instances } = inventory;
  const until = work.until === 'replace' && !isReplaceable(set) ? 'reimage' : work.until;
  const rungs = isWell(instance) ? [] : RUNGS.slice(0, RUNGS.indexOf(until) + 1);
  const disrupts = rungs.length > 1;
  const before = servingCount(inventory);
  const lost = disrupts && isServing(instance) ? [id] : [];
  const out = new Set([...standing.map((one) => one.id), ...lost]);
  const plan: ActionPlan = {
    place: placeOf(set),
    verb: 'repair',
    stages: rungs.flatMap((rung) => stagesOfRung(rung, id)),
    touched: rungs.length === 0 ? [] : [id],
    untouched: untouchedOf(inventory, instance),
    serving: {
      all: instances.length,
      before,
      during: before - lost.length,
      after: before,
      floor: floorOf(flags, instances.length),
    },
    radius: withStanding(radiusOf(wholeOf(inventory, standing), disrupts ? 1 : 0, flags), standing, out.size),
    confirmation: rungs.length === 0 ? 'none' : 'question',
    capacity: set.capacity,
    verifySeconds: work.verifySeconds,
    notes:
      rungs.length === 0
        ? []
        : [...notesOf(set, id, until), ...busyNotes([instance]), ...unseenNotes([instance])],
  };
  const refusals = refusalsOf(plan, set, rungs.length === 0 ? [] : [instance], flags);
  return refusals.length === 0 ? { plan } : { refusals };
}

/** A Flexible set without a profile has no capacity to put back: nothing would come in the place of what is deleted. */
function isReplaceable({ mode, body }: SetFacts): boolean {
  return mode === 'Uniform' || objectAt(body, 'sku') !== undefined;
}

/** What is deleted lowers the capacity with it, so putting that back is a step of its own, which fills one place. */
function stagesOfRung(rung: Rung, id: string): readonly Stage[] {
  switch (rung) {
    case 'diagnose':
      return [{ name: 'diagnose', steps: [stepOf('diagnose', id)], gate: 'none' }];
    case 'restart':
    case 'reimage':
      return [{ name: rung, steps: [stepOf(rung, id)], gate: 'heals' }];
    case 'replace':
      return [
        { name: 'replace: delete', steps: [stepOf('delete', id)], gate: 'must' },
        { name: 'replace: capacity', steps: [stepOf('capacity', id)], gate: 'heals' },
      ];
  }
}

function untouchedOf({ instances }: Inventory, repaired: InstanceFacts): ActionPlan['untouched'] {
  const own = isWell(repaired) ? [{ id: repaired.id, why: 'is well' }] : [];
  const others = instances.filter(({ id }) => id !== repaired.id);
  return [...own, ...others.map(({ id }) => ({ id, why: 'is not selected' }))];
}

function notesOf(set: SetFacts, id: string, until: Rung): readonly string[] {
  const { capacity } = set;
  const reached = RUNGS.indexOf(until);
  return [
    'Each step is tried only when the one before it has not healed the instance.',
    ...(reached >= RUNGS.indexOf('reimage')
      ? ['A reimage makes the system disk anew: what is on it is lost.']
      : []),
    ...(reached >= RUNGS.indexOf('replace')
      ? [
          `To replace ${id} is to delete it, which lowers the capacity to ${Math.max(0, capacity - 1)}, and to put the capacity back to ${capacity}: one new instance comes, and no other is touched.`,
        ]
      : []),
    ...(isReplaceable(set) ? [] : ['A set without a profile makes no new instance, so nothing is replaced.']),
  ];
}
