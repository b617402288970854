// Verify: whether what was done to instances has come true, as a judgement over what was seen before and what is seen now.
// What must hold: nothing is taken for true that cannot be seen; what may still come true is pending until the deadline, and
// then failed; a neighbour that is worse off fails it as well.

import { type Json, listAt, textAt } from '../domain/json.ts';
import type { ActionPlan, Stage, Step } from './action-plan.ts';
import { sameProtection } from './guard.ts';
import type { InstanceFacts, Inventory, Power } from './inventory.ts';
import { isServing } from './serving.ts';
import type { InstanceSighting, Sighting } from './sighting.ts';
import { type Verb, VERBS } from './verbs.ts';

export type Verdict =
  | { readonly kind: 'ok' }
  /** Each reason is a sentence without its full stop. */
  | { readonly kind: 'pending' | 'failed'; readonly reasons: readonly string[] };

export interface Seen {
  readonly plan: ActionPlan;
  readonly stage: Stage;
  readonly before: Sighting;
  readonly now: Inventory;
  /** When the last of its requests went out, ms since 1970: what is shown from before that may still change. */
  readonly sentAt: number;
  /** How long it has been waited for, and how long it may be. */
  readonly waitedSeconds: number;
  readonly limitSeconds: number;
}

interface Finding {
  readonly reason: string;
  /** Beyond this many seconds waiting does not help. */
  readonly patience?: number;
}

export function verify(seen: Seen): Verdict {
  const findings = [...seen.stage.steps.flatMap((step) => stepFindings(seen, step)), ...neighbours(seen)];
  if (findings.length === 0) return { kind: 'ok' };
  const { waitedSeconds, limitSeconds } = seen;
  const isFailed = findings.some(
    ({ patience = limitSeconds }) => waitedSeconds >= Math.min(patience, limitSeconds),
  );
  return { kind: isFailed ? 'failed' : 'pending', reasons: findings.map(({ reason }) => reason) };
}

function stepFindings(seen: Seen, { deed, id }: Step): readonly Finding[] {
  const instance = seen.now.instances.find((one) => one.id === id);
  const before = seen.before.instances.find((one) => one.id === id);
  switch (deed) {
    case 'diagnose':
    case 'run':
      return [];
    case 'capacity':
      return replacement(seen, id);
    case 'delete':
      return instance === undefined ? [] : [{ reason: `${id} is still there` }];
    case 'protect':
    case 'unprotect':
      if (instance === undefined) return [{ reason: `${id} is gone`, patience: 0 }];
      return [
        ...(before?.provisioning === 'Failed' ? [] : provisioning(instance, 0)),
        ...protection(instance, seen.plan),
      ];
    default:
      if (instance === undefined) return [{ reason: `${id} is gone`, patience: 0 }];
      return [
        ...provisioning(
          instance,
          before?.provisioning === 'Failed' ? patienceFor(provisionedAt(instance), seen) : 0,
        ),
        ...condition(seen, deed, instance, before),
      ];
  }
}

/** Power, duty, model and extensions, as the verb leaves them. */
function condition(
  seen: Seen,
  deed: Verb,
  instance: InstanceFacts,
  before: InstanceSighting | undefined,
): readonly Finding[] {
  const { id, power } = instance;
  const isHealing = seen.stage.gate === 'heals';
  const { leaves } = VERBS[deed];
  // What is to be healed is to run, whatever it was found as.
  const asBefore = isHealing ? 'running' : settled(before?.power ?? 'running');
  const wanted = leaves === 'asBefore' ? asBefore : leaves;
  return [
    ...(power === wanted ? [] : [{ reason: `${id} is ${power}, not ${wanted}` }]),
    ...(wanted === 'running' ? duty(instance, seen.now) : []),
    ...model(instance, deed === 'update' || before?.latestModel === true),
    ...extensions(instance, isHealing ? undefined : before, patienceFor(reportedAt(instance), seen)),
  ];
}

/**
 * What is shown from after the request does not mend by itself: seconds of waiting, none. What is shown from before it may be a view
 * that is older than what was done, and is waited for as long as for anything.
 *
 * @param shownAt ms since 1970; undefined where it has no time: then it is what ARM says now
 */
function patienceFor(shownAt: number | undefined, { sentAt, limitSeconds }: Seen): number {
  return shownAt === undefined || shownAt >= sentAt ? 0 : limitSeconds;
}

/** When the agent in the instance last said anything: it is who tells of extensions. Of one with a verb in hand it may be anything. */
function reportedAt({ view, provisioning: state }: InstanceFacts): number | undefined {
  if (state !== 'Succeeded' && state !== 'Failed') return 0;
  return latest(listAt(view, 'vmAgent', 'statuses'));
}

function provisionedAt({ view }: InstanceFacts): number | undefined {
  const statuses = listAt(view, 'statuses');
  return latest(statuses.filter((status) => /^ProvisioningState\//i.test(textAt(status, 'code') ?? '')));
}

function latest(statuses: readonly Json[]): number | undefined {
  const times = statuses.map((status) => Date.parse(textAt(status, 'time') ?? ''));
  const known = times.filter((time) => !Number.isNaN(time));
  return known.length === 0 ? undefined : Math.max(...known);
}

/** Where it was on its way to. */
function settled(power: Power): 'running' | 'stopped' | 'deallocated' {
  if (power === 'stopping' || power === 'stopped') return 'stopped';
  return power === 'deallocating' || power === 'deallocated' ? 'deallocated' : 'running';
}

/** None has failed; where there is a before, none that had not failed then. */
function extensions(
  instance: InstanceFacts,
  before: InstanceSighting | undefined,
  patience: number,
): readonly Finding[] {
  return instance.extensions
    .filter(({ name, state }) => state === 'failed' && before?.extensions[name] !== 'failed')
    .map(({ name }) => ({ reason: `the extension ${name} of ${instance.id} has failed`, patience }));
}

/** @param patience for a failure: one from before may still be shown after it is mended */
function provisioning(
  { id, provisioning: state, failure }: InstanceFacts,
  patience: number,
): readonly Finding[] {
  if (state === 'Succeeded') return [];
  if (state !== 'Failed') return [{ reason: `${id} is ${state.toLowerCase()}` }];
  const why = failure === undefined ? '' : ` (${failure.code}: ${failure.message})`;
  return [{ reason: `${id} has failed to provision${why}`, patience }];
}

/** Healthy where it has a source of health (one that was attached may have none, though its set has), in the balancer where it has one that says so. */
function duty({ id, health, balance }: InstanceFacts, { set }: Inventory): readonly Finding[] {
  const isHealthy =
    health === 'healthy' || health === 'none' || (set.healthSource === 'none' && health !== 'unhealthy');
  return [
    ...(isHealthy ? [] : [{ reason: `${id} is not healthy (${health})` }]),
    ...(balance === 'out' ? [{ reason: `${id} is not back in the balancer` }] : []),
  ];
}

function model({ id, latestModel }: InstanceFacts, isExpected: boolean): readonly Finding[] {
  return latestModel || !isExpected ? [] : [{ reason: `${id} is not on the latest model` }];
}

function protection(
  { id, protection: own }: InstanceFacts,
  { protection: wanted }: ActionPlan,
): readonly Finding[] {
  if (own.unseen === true) return [{ reason: `whether ${id} is protected cannot be seen` }];
  return sameProtection(own, wanted)
    ? []
    : [{ reason: `${id} does not show the protection that was asked for` }];
}

/** The place of one that was deleted is filled when the capacity is what it was and the newcomers are well. */
function replacement({ plan, before, now }: Seen, id: string): readonly Finding[] {
  const known = new Set(before.instances.map((one) => one.id));
  const newcomers = now.instances.filter((one) => !known.has(one.id));
  if (now.set.capacity < plan.capacity) {
    return [{ reason: `the capacity is ${now.set.capacity}, not ${plan.capacity} again` }];
  }
  if (newcomers.length === 0) return [{ reason: `nothing has come in the place of ${id}` }];
  return newcomers.flatMap((one) => [
    ...provisioning(one, 0),
    ...(one.power === 'running' ? [] : [{ reason: `${one.id} is ${one.power}, not running` }]),
    ...duty(one, now),
  ]);
}

/**
 * Those that served before and are none of this stage's business must still serve. Who is gone is not counted while the set
 * has as many as it wants: a scale-in by somebody else is no harm of ours.
 */
function neighbours({ plan, stage, before, now }: Seen): readonly Finding[] {
  const own = new Set([...stage.steps.map(({ id }) => id), ...leftBehind(plan, stage)]);
  const present = new Map(now.instances.map((one) => [one.id, one]));
  const isComplete = now.instances.length >= now.set.capacity;
  const worse = before.instances.filter((one) => {
    if (own.has(one.id) || !isServing(one)) return false;
    const current = present.get(one.id);
    return current === undefined ? !isComplete : !isServing(current);
  });
  return worse.length === 0
    ? []
    : [{ reason: `${namesOf(worse)} served before and ${worse.length === 1 ? 'does' : 'do'} not now` }];
}

/** What this plan has taken out of service for good, and what it has not come to yet and may do as it likes. */
function leftBehind({ verb, stages }: ActionPlan, stage: Stage): readonly string[] {
  if (verb === 'repair' || VERBS[verb].outage !== 'afterwards') return [];
  const at = stages.findIndex(({ name }) => name === stage.name);
  return stages.slice(0, at).flatMap(({ steps }) => steps.map(({ id }) => id));
}

function namesOf(instances: readonly InstanceSighting[]): string {
  const shown = instances.slice(0, 5).map(({ id }) => id);
  const more = instances.length - shown.length;
  return `${shown.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
}
