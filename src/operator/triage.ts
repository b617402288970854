// Triage: what of a scale set needs attention, most pressing first, why, what the failing ones have in common, and the smallest
// action that would help. Pure: an inventory, the events and what the application says of itself go in, a report comes out.
// Order: severity; within one how many instances have it; then causes before consequences (the order of KINDS).

import { type Correlation, correlate } from './correlation.ts';
import { eventFacts } from './event-facts.ts';
import { candidates, type Candidate, type Extra } from './factor.ts';
import { type Finding, type FindingKind, KIND_ORDER, type Severity, severityOf } from './finding.ts';
import type { Event, InstanceFacts, Inventory } from './inventory.ts';
import { actionsFor, type Claimed, DISTURBS, protectHealthy } from './remedy.ts';
import { sentenceOf } from './sentence.ts';
import { suggested } from './suggestion.ts';
import { byOrder, sceneOf, type Trouble, troublesOf } from './trouble.ts';

/** What the application's own data adds. */
export interface Testimony {
  readonly troubles: readonly Trouble[];
  /** Words of it that instances may have in common, such as a version. */
  readonly factors: readonly Extra[];
  readonly notes: readonly string[];
}

export interface TriageReport {
  readonly group: string;
  readonly name: string;
  /** The set's ARM id. */
  readonly resourceId: string;
  readonly taken: string;
  readonly instances: number;
  readonly capacity: number;
  /** Running, not unhealthy, not known to be out of the balancer. */
  readonly serving: number;
  readonly findings: readonly Finding[];
  /** What all that fail urgently have in common, where there is more than one urgent finding about instances. */
  readonly common?: Correlation;
  readonly notes: readonly string[];
}

const NO_TESTIMONY: Testimony = { troubles: [], factors: [], notes: [] };

/** Being behind is itself a factor, being stopped is mostly somebody's decision: neither is asked what it has in common. */
const NOT_CORRELATED: ReadonlySet<FindingKind> = new Set(['behind', 'protectedBehind', 'stopped']);

export function triage(
  inventory: Inventory,
  events: readonly Event[],
  testimony: Testimony = NO_TESTIMONY,
): TriageReport {
  const facts = eventFacts(events);
  const scene = sceneOf(inventory, facts);
  const troubles = [...troublesOf(inventory, scene), ...testimony.troubles].toSorted(byOrder);
  const compare = comparison(inventory, troubles, candidates(inventory.instances, facts, testimony.factors));
  const claimed: Claimed = new Set();
  const findings = troubles.map((trouble): Finding => ({
    kind: trouble.kind,
    severity: severityOf(trouble.kind),
    ids: trouble.instances.map(({ id }) => id),
    sentence: sentenceOf(trouble, inventory, scene),
    ...correlated(trouble, compare),
    actions: actionsFor(trouble, scene, inventory.instances.length, claimed),
  }));
  const urgent = troubles.filter((one) => isUrgent(one) && one.instances.length > 0);
  const { set, taken, instances } = inventory;
  return {
    group: set.group,
    name: set.name,
    resourceId: set.resourceId,
    taken,
    instances: instances.length,
    capacity: set.capacity,
    serving: instances.filter(serves).length,
    findings: withProtection(findings.toSorted(bySeverity), inventory, compare.healthy, urgent).map(
      (finding) => ({
        ...finding,
        actions: finding.actions.flatMap((action) => suggested(action, inventory)),
      }),
    ),
    ...(urgent.length > 1 ? { common: compare.of(urgent.flatMap((one) => one.instances)) } : {}),
    notes: [...notesOf(facts.repairs), ...testimony.notes],
  };
}

/** Whom the actions of a report would disturb: whether they are protected must have been seen. */
export function disturbedBy({ findings }: TriageReport): readonly string[] {
  const actions = findings.flatMap((finding) => finding.actions);
  return [...new Set(actions.flatMap(({ verb, ids }) => (DISTURBS.has(verb) ? ids : [])))];
}

export function serves({ power, health, balance }: InstanceFacts): boolean {
  return power === 'running' && health !== 'unhealthy' && balance !== 'out';
}

const SEVERITIES: readonly Severity[] = ['urgent', 'soon', 'later'];

function bySeverity(a: Finding, b: Finding): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    b.ids.length - a.ids.length ||
    KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind)
  );
}

function isUrgent({ kind }: Trouble): boolean {
  return severityOf(kind) === 'urgent';
}

interface Comparison {
  readonly healthy: readonly InstanceFacts[];
  of(failing: readonly InstanceFacts[]): Correlation;
}

/** Healthy is who serves and has no trouble but, at most, one that can wait. */
function comparison(
  { instances }: Inventory,
  troubles: readonly Trouble[],
  all: readonly Candidate[],
): Comparison {
  const troubled = new Set(
    troubles.filter(({ kind }) => severityOf(kind) !== 'later').flatMap((one) => one.instances),
  );
  const indexOf = new Map(instances.map((instance, index) => [instance, index]));
  const indexes = (some: Iterable<InstanceFacts>): number[] =>
    [...new Set(some)].map((instance) => indexOf.get(instance)).filter((index) => index !== undefined);
  const healthy = instances.filter((instance) => serves(instance) && !troubled.has(instance));
  const others = indexes(healthy);
  return { healthy, of: (failing) => correlate(all, indexes(failing), others) };
}

function correlated({ kind, instances }: Trouble, compare: Comparison): { correlation?: Correlation } {
  if (instances.length < 2 || NOT_CORRELATED.has(kind)) return {};
  return { correlation: compare.of(instances) };
}

/** Before the first action that disturbs, once: the healthy ones are put out of harm's way. */
function withProtection(
  findings: readonly Finding[],
  { instances }: Inventory,
  healthy: readonly InstanceFacts[],
  urgent: readonly Trouble[],
): readonly Finding[] {
  const failing = new Set(urgent.flatMap((one) => one.instances)).size;
  const protect = protectHealthy(failing, healthy, instances.length);
  const first = findings.findIndex(({ severity, ids }) => severity === 'urgent' && ids.length > 0);
  if (protect === undefined || first < 0) return findings;
  return findings.map((finding, index) =>
    index === first ? { ...finding, actions: [protect, ...finding.actions] } : finding,
  );
}

function notesOf(repairs: 'suspended' | 'heldBack' | 'running'): readonly string[] {
  switch (repairs) {
    case 'suspended':
      return ['Automatic repairs have suspended themselves; nothing is repaired until they are resumed.'];
    case 'heldBack':
      return ['Automatic repairs wait, because more is unhealthy than the set’s own limit allows.'];
    case 'running':
      return [];
  }
}
