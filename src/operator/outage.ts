// Outage: what this tool has taken out of service and what of it is out still, from its own records and an inventory of now.
// What must hold: an instance that served when an action came to it counts from the moment that the request was about to be
// sent, until it has been seen serving after that; one that was deleted counts until its place is filled, for an hour at most:
// the capacity has gone down with it, and by then the smaller set is the set. In doubt it counts.

import type { Deed, Step } from './action-plan.ts';
import type { InstanceFacts, Inventory } from './inventory.ts';
import type { ActionRecord, StepProgress } from './record.ts';
import { isServing, type ServingFacts } from './serving.ts';
import { vmIdOf } from './sighting.ts';
import { VERBS } from './verbs.ts';

/** An action on the same set that has a record. */
export interface PastAction {
  readonly id: string;
  readonly record: ActionRecord;
  /** The record is damaged or its end is missing: what was planned counts as sent. */
  readonly damaged: boolean;
}

export interface Outage {
  /** The instance. */
  readonly id: string;
  readonly record: string;
  readonly deed: Deed;
  /** What ends it, in words that can follow "to free it:"; `muster start` wants the ids of all that it is to start. */
  readonly remedy: string;
  /** Of one that was deleted: how many instances the set had before. */
  readonly of?: number;
  /** Of one that was deleted: when it counts no more, in milliseconds since 1970. */
  readonly lapses?: number;
}

const START = 'muster start';

/** A request whose end is not known has come true, or never will, after so many milliseconds. */
export const SETTLING = 15 * 60_000;

/** What was deleted is scale-in: so long, in milliseconds, after the end of its request the rest must have shown that it can do without. */
export const LAPSE = 60 * 60_000;

type Fact =
  | { readonly at: number; readonly kind: 'taken'; readonly machine: string; readonly taken: Taken }
  /** These served at that time. */
  | { readonly at: number; readonly kind: 'served'; readonly machines: ReadonlySet<string> };

interface Taken {
  readonly action: PastAction;
  readonly step: Step;
  /** Only what is seen after this time tells what has become of it. */
  readonly settled: number;
  readonly wasServing: boolean;
}

interface Held {
  /** What took it out first. */
  readonly action: PastAction;
  readonly step: Step;
  readonly settled: number;
  readonly deletedBy?: PastAction;
}

/** In the order in which they went out. */
export function outagesOf(past: readonly PastAction[], now: Inventory): readonly Outage[] {
  const taken = Date.parse(now.taken);
  const facts = past.flatMap(factsOf).toSorted((a, b) => a.at - b.at);
  const held = new Map<string, Held>();
  for (const fact of facts) apply(held, fact);
  apply(held, { at: taken, kind: 'served', machines: servingIn(now.instances.map(machineNow)) });
  const present = new Map(now.instances.map((one) => [machineNow(one).key, one]));
  const stillOut = [...held].filter(([key]) => present.has(key)).map(([, one]) => one);
  const gone = [...held].filter(([key, one]) => !present.has(key) && taken <= one.settled + LAPSE);
  return [
    ...stillOut,
    ...unfilled(
      gone.map(([, one]) => one),
      now,
    ),
  ].map(outage);
}

function apply(held: Map<string, Held>, fact: Fact): void {
  if (fact.kind === 'taken') {
    const { action, step, settled, wasServing } = fact.taken;
    const before = held.get(fact.machine);
    if (before === undefined && !wasServing) return;
    const first = before ?? { action, step };
    const deletedBy = before?.deletedBy ?? (step.deed === 'delete' ? action : undefined);
    held.set(fact.machine, {
      action: first.action,
      step: first.step,
      settled,
      ...(deletedBy === undefined ? {} : { deletedBy }),
    });
    return;
  }
  for (const machine of fact.machines) {
    const one = held.get(machine);
    if (one !== undefined && fact.at > one.settled) held.delete(machine);
  }
}

function factsOf(action: PastAction): readonly Fact[] {
  const { before, after } = action.record;
  return [
    ...[before, after].flatMap((sighting) => {
      if (sighting === undefined) return [];
      const machines = servingIn(sighting.instances.map((one) => machineOf(one, one.vmId)));
      return [{ at: Date.parse(sighting.taken), kind: 'served' as const, machines }];
    }),
    ...takenBy(action),
    ...provedBy(action),
  ];
}

/** What its requests took out, as far as they may have been accepted. */
function takenBy(action: PastAction): readonly Fact[] {
  const { record } = action;
  const steps = record.plan?.stages.flatMap((stage) => stage.steps) ?? [];
  return steps.flatMap((step) => {
    if (!takesOut(step.deed)) return [];
    const progress = record.steps[step.key];
    const at = sentAt(action, progress);
    const before = record.before?.instances.find(({ id }) => id === step.id);
    if (at === undefined || before === undefined) return [];
    const settled = progress?.overAt === undefined ? at + SETTLING : Date.parse(progress.overAt);
    const taken = { action, step, settled, wasServing: isServing(before) };
    return [{ at, kind: 'taken' as const, machine: machineOf(before, before.vmId).key, taken }];
  });
}

/** Undefined where it is known not to have been sent, or to have been refused. */
function sentAt({ record, damaged }: PastAction, progress: StepProgress | undefined): number | undefined {
  if (progress === undefined) return damaged ? Date.parse(record.last?.at ?? '') : undefined;
  const { correlationId, status = 0, problem } = progress;
  const isRefused = problem !== undefined && status >= 400 && status < 500;
  return correlationId === '' || isRefused ? undefined : Date.parse(progress.sentAt);
}

function takesOut(deed: Deed): boolean {
  return deed !== 'diagnose' && deed !== 'capacity' && VERBS[deed].outage !== 'never';
}

/** A stage that was verified by a look has seen its instances serve, where its verb leaves them running. */
function provedBy({ record }: PastAction): readonly Fact[] {
  return (record.plan?.stages ?? []).flatMap(({ name, steps }) => {
    const verdict = record.verdicts[name];
    if (verdict?.ok !== true || !verdict.looked) return [];
    const ids = new Set(
      steps.filter(({ deed }) => takesOut(deed) && leavesRunning(deed)).map(({ id }) => id),
    );
    const seen = (record.before?.instances ?? []).filter((one) => ids.has(one.id) && isServing(one));
    const machines = new Set(seen.map((one) => machineOf(one, one.vmId).key));
    return [{ at: Date.parse(verdict.at), kind: 'served' as const, machines }];
  });
}

function leavesRunning(deed: Deed): boolean {
  if (deed === 'diagnose' || deed === 'capacity') return false;
  // What served was running, so as it was before is running as well.
  return VERBS[deed].leaves === 'running' || VERBS[deed].leaves === 'asBefore';
}

interface Machine {
  readonly key: string;
  readonly serves: boolean;
  readonly isSettled: boolean;
}

/** An id may come again, with another machine behind it. */
function machineOf(one: ServingFacts & { readonly id: string }, vmId: string | undefined): Machine {
  return {
    key: `${one.id} ${vmId?.toLowerCase() ?? ''}`,
    serves: isServing(one),
    isSettled: one.provisioning === 'Succeeded' || one.provisioning === 'Failed',
  };
}

function machineNow(instance: InstanceFacts): Machine {
  return machineOf(instance, vmIdOf(instance).vmId);
}

function servingIn(machines: readonly Machine[]): ReadonlySet<string> {
  return new Set(machines.filter(({ serves, isSettled }) => serves && isSettled).map(({ key }) => key));
}

/**
 * Of those that each action deleted, as many as are missing of what was there before it; newcomers count when they serve. A set
 * of which nothing is left that the action knew was made anew, and has nothing to do with it.
 */
function unfilled(gone: readonly Held[], { instances }: Inventory): readonly Held[] {
  const actions = new Set(gone.flatMap(({ deletedBy }) => (deletedBy === undefined ? [] : [deletedBy])));
  return [...actions].flatMap((action) => {
    const own = gone.filter((one) => one.deletedBy === action);
    const before = action.record.before?.instances ?? [];
    const known = new Set(before.map((one) => machineOf(one, one.vmId).key));
    const stayed = instances.filter((one) => known.has(machineNow(one).key));
    const newcomers = instances.filter((one) => !known.has(machineNow(one).key) && isServing(one));
    if (stayed.length === 0 && newcomers.length > 0) return [];
    const missing = before.length - stayed.length - newcomers.length;
    return missing <= 0 ? [] : own.slice(-missing);
  });
}

function outage(held: Held): Outage {
  const { action, step, settled, deletedBy } = held;
  const before = deletedBy?.record.before?.instances.length;
  const deleted = before === undefined ? {} : { of: before, lapses: settled + LAPSE };
  return { id: step.id, record: action.id, deed: step.deed, remedy: remedyOf(held), ...deleted };
}

function remedyOf({ action, step, deletedBy }: Held): string {
  const { id, record, damaged } = action;
  if (deletedBy !== undefined)
    return `set the capacity to ${deletedBy.record.plan?.capacity ?? 'what it was'} again, as with az vmss scale`;
  if (record.done === undefined && !damaged) return `muster resume ${id}`;
  return step.deed === 'stop' || step.deed === 'deallocate' ? START : `muster repair ${step.id}`;
}

/** `7, 9 (stop, record 2026…); 12 (…)` */
export function outageWords(outages: readonly Outage[]): string {
  return grouped(outages, ({ deed, record }) => `${deed}, record ${record}`)
    .map(([why, ids]) => `${ids.join(', ')} (${why})`)
    .join('; ');
}

/** Each way out once; of a command that takes several, one for all of them; of capacities the largest, which fills every place. */
export function remedyWords(outages: readonly Outage[]): string {
  const deleted = outages.filter(({ lapses }) => lapses !== undefined);
  const words = grouped(
    outages.filter(({ lapses }) => lapses === undefined),
    ({ remedy }) => remedy,
  ).map(([remedy, ids]) =>
    remedy.startsWith(START) ? remedy.replace(START, `${START} ${ids.join(' ')}`) : remedy,
  );
  const [largest] = deleted.toSorted((a, b) => (b.of ?? 0) - (a.of ?? 0));
  if (largest === undefined) return words.join('; ');
  const last = new Date(Math.max(...deleted.map(({ lapses = 0 }) => lapses))).toISOString();
  const wait = `or wait: what was deleted counts for an hour, the last of it until ${last.slice(0, 19)}Z`;
  return [...words, `${largest.remedy}, ${wait}`].join('; ');
}

function grouped(
  outages: readonly Outage[],
  by: (outage: Outage) => string,
): readonly (readonly [string, readonly string[]])[] {
  const groups = new Map<string, string[]>();
  for (const one of outages) groups.set(by(one), [...(groups.get(by(one)) ?? []), one.id]);
  return [...groups];
}
