// Rolling plan: what a running upgrade does now. Pure: the loop carries the plan out in one commit and looks again.
// What must hold: an upgrade always ends; one batch at a time, and never one before its time, after a cancel or beyond the
// policy; never an instance that is protected from scale set actions or has a verb in hand.

import { type Instance, isMember, type MemberId, memberId } from './instance.ts';
import { isUnhealthy } from './health.ts';
import { owedRepairs } from './repair.ts';
import { mayBeReplaced, nextBatch, partOf } from './rolling-batch.ts';
import { candidatesOf, type Fleet, isBehind, isOnlyMarked } from './rolling-candidates.ts';
import { closed, type Judged } from './rolling-close.ts';
import type { RollingPolicy } from './rolling-policy.ts';
import { hasWorsened, mean, phaseIn, signalIn } from './rolling-signal.ts';
import { isProtected, type Previous, type RollingUpgrade, type UpgradeError } from './rolling-upgrade.ts';
import {
  canceled,
  PATIENCE,
  signalWorsened,
  tooManyFailed,
  tooManyUnhealthy,
  unhealthyWhileBaking,
  UNHEALTHY,
  verdict,
} from './rolling-verdict.ts';
import { type ScaleSet, upgradeMode } from './scale-set.ts';
import { SECOND, type Time } from './time.ts';

export interface RollingFacts extends Fleet {
  readonly set: ScaleSet;
  readonly now: Time;
  /** How long a round of probes takes, in milliseconds; undefined when nothing tells the health of the instances. */
  readonly round: number | undefined;
  /** Undefined of whoever has not answered since the plane began to look. */
  /** Whether a balancer that it stands behind is still to find it well. */
  readonly isAwaited: (instance: Instance) => boolean;
  /** When the plane that plans began to look. */
  readonly watched: Time;
  /** How many replacements the quotas leave room for; absent: any number. */
  readonly room?: number;
}

export interface RollingPlan {
  /** As it is to be; the same object as before when nothing changed. */
  readonly upgrade: RollingUpgrade;
  /** At the target already but for the number: no guest is touched. */
  readonly mark: readonly Instance[];
  /** To be given an `update`. */
  readonly update: readonly Instance[];
  /** To get a replacement, with that id. */
  readonly surge: readonly { readonly old: Instance; readonly id: number }[];
  /** The new one becomes a member and the old one goes. */
  readonly swap: readonly { readonly old: Instance; readonly fresh: Instance }[];
  /** Replacements that are not to be members. */
  readonly drop: readonly Instance[];
  readonly rollBack: readonly { readonly instance: Instance; readonly to: Previous }[];
  /** When to look again, if nothing changes before. */
  readonly due?: Time;
}

/** Health signals change without a word: as often is looked at them while an upgrade bakes. */
const SIGNAL_LOOK = 10 * SECOND;
/** Marks cost no guest anything, but a commit has a size. */
const MARKS = 200;

export function planRollingUpgrade(given: RollingUpgrade, facts: RollingFacts): RollingPlan {
  if (given.state !== 'RollingForward') return plan(given);
  const upgrade = isOvertaken(given, facts.set) ? overtaken(given, facts.now) : given;
  if (facts.set.deleting) return plan(ended(upgrade, facts, 'Cancelled'));
  if (upgrade.rollback !== undefined) return planRollback(upgrade, facts);
  if (upgrade.batch !== undefined) return planBatch(upgrade, facts);
  if (upgrade.lastAction === 'Cancel') return plan(ended(upgrade, facts, 'Cancelled'));
  return planNext(upgrade, facts);
}

/** No other batch begins. */
export function withCancel(upgrade: RollingUpgrade, now: Time): RollingUpgrade {
  if (upgrade.lastAction === 'Cancel') return upgrade;
  return { ...upgrade, lastAction: 'Cancel', lastActionTime: now };
}

/** A newer model is to be rolled out, or models are not rolled out any more. */
function isOvertaken({ kind, model }: RollingUpgrade, set: ScaleSet): boolean {
  const isRolling = upgradeMode(set) === 'Rolling';
  return isRolling ? set.model !== model : kind === 'model';
}

/** Whoever cancelled it before meant it: that one does not begin again. */
function overtaken(upgrade: RollingUpgrade, now: Time): RollingUpgrade {
  if (upgrade.lastAction === 'Cancel') return upgrade;
  return { ...withCancel(upgrade, now), ...(upgrade.kind === 'os' ? { overtaken: true } : {}) };
}

function plan(upgrade: RollingUpgrade, given: Partial<RollingPlan> = {}): RollingPlan {
  return { upgrade, mark: [], update: [], surge: [], swap: [], drop: [], rollBack: [], ...given };
}

function ended(
  upgrade: RollingUpgrade,
  facts: RollingFacts,
  state: 'Completed' | 'Cancelled' | 'Faulted',
  error?: UpgradeError,
): RollingUpgrade {
  const { batch: _batch, rollback: _rollback, error: earlier, ...rest } = upgrade;
  const pending = candidatesOf(upgrade, facts);
  const first = upgrade.succeeded[0] ?? pending[0]?.id;
  const isPassed = state === 'Completed' && upgrade.kind === 'os' && facts.set.model !== upgrade.model;
  const named = first === undefined ? undefined : called(facts, first);
  const why = state === 'Cancelled' ? canceled(facts.set.name, named) : (error ?? earlier);
  return {
    ...rest,
    state,
    ended: facts.now,
    endedFor: facts.set.generation,
    baking: false,
    pending: pending.length,
    ...(isPassed ? { overtaken: true as const } : {}),
    ...(why === undefined || state === 'Completed' ? {} : { error: why }),
  };
}

/** What clients call the instance of that number. */
function called({ instances }: RollingFacts, id: number): MemberId {
  const instance = instances.find((one) => one.id === id);
  return instance === undefined ? id : memberId(instance);
}

// The batch in hand.

function planBatch(upgrade: RollingUpgrade, facts: RollingFacts): RollingPlan {
  const { batch } = upgrade;
  if (batch === undefined) return plan(upgrade);
  const byId = new Map(facts.instances.map((one) => [one.id, one]));
  const replaced = new Map(batch.surge.map(({ old, fresh }) => [old, fresh]));
  // Whoever cancels does not wait for what was upgraded to become healthy; a replacement must be, to take a place.
  const cancelled = upgrade.lastAction === 'Cancel';
  const judged = batch.ids.map((id) => {
    const fresh = replaced.get(id);
    const patience = cancelled && fresh === undefined ? 0 : PATIENCE;
    const round = cancelled && fresh === undefined ? undefined : facts.round;
    const { now, watched, isAwaited } = facts;
    const standard = { model: upgrade.model, now, round, patience, watched, isAwaited };
    return { id, fresh, verdict: verdict(byId.get(fresh ?? id), batch.off.includes(id), standard) };
  });
  const waits = judged.flatMap(({ verdict: one }) => (one.is === 'waiting' ? [one.until] : []));
  if (waits.length > 0) return plan(upgrade, soonest(waits));
  return closeBatch(upgrade, facts, judged);
}

function closeBatch(upgrade: RollingUpgrade, facts: RollingFacts, judged: readonly Judged[]): RollingPlan {
  const { swap, drop, succeeded, failed, impact } = closed(judged, facts.instances);
  const { batch, ...rest } = upgrade;
  const why = upgrade.impact ?? impact;
  const next: RollingUpgrade = {
    ...rest,
    succeeded: [...upgrade.succeeded, ...succeeded],
    failed: [...upgrade.failed, ...failed],
    ...(why === undefined ? {} : { impact: why }),
  };
  const leaving = new Set(swap.map(({ old }) => old));
  const left = { ...facts, instances: facts.instances.filter((one) => !leaving.has(one)) };
  return plan(afterBatch(next, left, batch?.canary === true), { swap, drop });
}

function afterBatch(upgrade: RollingUpgrade, facts: RollingFacts, canary: boolean): RollingUpgrade {
  const { policy, failed, succeeded } = upgrade;
  if (upgrade.lastAction === 'Cancel') return ended(upgrade, facts, 'Cancelled');
  const count = succeeded.length + failed.length;
  const unhealthy = [...failed, ...unhealthyNow(upgrade, facts)];
  const impact = upgrade.impact ?? UNHEALTHY;
  const first = called(facts, Math.min(...unhealthy));
  const upgraded = { count, unhealthy: unhealthy.length, first, impact };
  const breach = tooManyFailed(upgraded, policy.unhealthyUpgradedPercent) ?? worsened(upgrade, facts);
  if (breach !== undefined) return stopped(upgrade, facts, breach, unhealthy);
  const pending = candidatesOf(upgrade, facts).length;
  const reached = isCheckpoint(upgrade, pending);
  const baking = policy.bake > 0 && (canary || reached);
  const rest = baking ? Math.max(policy.bake, policy.pause) : policy.pause;
  return { ...upgrade, pending, baking, notBefore: facts.now + rest };
}

/** The batch ends where the checkpoint is: `nextBatch` sees to that. */
function isCheckpoint({ policy, succeeded, failed }: RollingUpgrade, pending: number): boolean {
  const done = succeeded.length + failed.length;
  return policy.checkpoints.some((percent) => Math.ceil(((done + pending) * percent) / 100) === done);
}

function unhealthyNow({ succeeded }: RollingUpgrade, { instances }: RollingFacts): readonly number[] {
  const upgraded = new Set(succeeded);
  return instances.filter((one) => upgraded.has(one.id) && isUnhealthy(one)).map(({ id }) => id);
}

function worsened(upgrade: RollingUpgrade, facts: RollingFacts): UpgradeError | undefined {
  const { stopSignal } = upgrade.policy;
  if (stopSignal === undefined) return undefined;
  const done = new Set(upgrade.succeeded);
  const members = facts.instances.filter((one) => isMember(one) || done.has(one.id));
  const signal = (one: Instance): number | undefined => signalIn(facts.metricsOf(one), stopSignal);
  const upgraded = mean(members.filter(({ id }) => done.has(id)).map(signal));
  const left = members.filter((one) => !done.has(one.id) && isBehind(upgrade, one));
  const compared = left.length === 0 ? upgrade.baseline : (mean(left.map(signal)) ?? upgrade.baseline);
  if (!hasWorsened(stopSignal, upgraded, compared)) return undefined;
  return signalWorsened(stopSignal.name, upgraded ?? 0, compared ?? 0);
}

// The next batch.

function planNext(upgrade: RollingUpgrade, facts: RollingFacts): RollingPlan {
  const { now } = facts;
  const known = withStuck(upgrade, facts);
  if (known !== upgrade) return plan(known);
  const stop = upgrade.baking ? whileBaking(upgrade, facts) : undefined;
  if (stop !== undefined) return plan(stop);
  const all = candidatesOf(upgrade, facts);
  const isMark = (one: Instance): boolean => one.task === undefined && isOnlyMarked(one, facts.effectOf(one));
  const mark = all.filter(isMark).slice(0, MARKS);
  if (mark.length > 0) return plan(upgrade, { mark });
  if (now < upgrade.notBefore && (upgrade.baking || all.length > 0)) {
    const looks = upgrade.baking && upgrade.policy.stopSignal !== undefined;
    return plan(upgrade, { due: looks ? Math.min(upgrade.notBefore, now + SIGNAL_LOOK) : upgrade.notBefore });
  }
  if (all.length === 0) return plan(ended(upgrade, facts, 'Completed'));
  const heard = facts.watched + (facts.round ?? 0);
  return now < heard && all.some((one) => isUnheard(one, facts))
    ? plan(upgrade, { due: heard })
    : begin(upgrade, facts, all);
}

/** It said to an earlier plane whether it wants to be left out and whose turn it is, and not yet to this one. */
function isUnheard(one: Instance, { metricsOf }: RollingFacts): boolean {
  return one.health !== undefined && metricsOf(one) === undefined;
}

/** Who was replaced and would not go has failed: replacing it again would not end. */
function withStuck(upgrade: RollingUpgrade, { instances }: RollingFacts): RollingUpgrade {
  const stuck = instances.filter(
    (one) =>
      isMember(one) &&
      one.failure !== undefined &&
      one.lastVerb === 'delete' &&
      one.lastOperation === upgrade.operation &&
      !upgrade.failed.includes(one.id),
  );
  const impact = upgrade.impact ?? stuck[0]?.failure?.message;
  if (stuck.length === 0 || impact === undefined) return upgrade;
  return { ...upgrade, failed: [...upgrade.failed, ...stuck.map(({ id }) => id)], impact };
}

/** Whatever was upgraded well stays well, and no signal worsens: else the upgrade stops. */
function whileBaking(upgrade: RollingUpgrade, facts: RollingFacts): RollingUpgrade | undefined {
  const [first] = unhealthyNow(upgrade, facts);
  const ill = facts.instances.find(({ id }) => id === first);
  const breach = ill === undefined ? worsened(upgrade, facts) : unhealthyWhileBaking(facts.set.name, ill);
  if (breach === undefined) return undefined;
  return stopped(upgrade, facts, breach, [...upgrade.failed, ...unhealthyNow(upgrade, facts)]);
}

function begin(upgrade: RollingUpgrade, facts: RollingFacts, candidates: readonly Instance[]): RollingPlan {
  const { policy } = upgrade;
  const { set, now } = facts;
  const members = facts.instances.filter(isMember);
  const done = upgrade.succeeded.length + upgrade.failed.length;
  const breach =
    tooManyUnhealthy(members, policy.unhealthyPercent, done > 0) ??
    (done > 0 ? worsened(upgrade, facts) : undefined);
  if (breach !== undefined) {
    return plan(stopped(upgrade, facts, breach, [...upgrade.failed, ...unhealthyNow(upgrade, facts)]));
  }
  const phaseOf = (one: Instance): number => phaseIn(facts.metricsOf(one));
  const owed = owedRepairs(set, members.length).length;
  const batchBy = (rule: RollingPolicy): readonly Instance[] =>
    nextBatch({ policy: rule, members, candidates, owed, done, phaseOf });
  const wished = batchBy(policy);
  // Azure's rule: where the quotas leave no room for the replacements, the batch is upgraded in place.
  const fits = wished.filter(mayBeReplaced).length <= (facts.room ?? Infinity);
  const surges = policy.surge && fits;
  const taken = policy.surge && !fits ? batchBy({ ...policy, surge: false }) : wished;
  if (taken.length === 0) return plan(upgrade);
  const surged = surges ? taken.filter(mayBeReplaced) : [];
  const surge = surged.map((old, index) => ({ old, id: set.nextInstanceId + index }));
  const update = taken.filter((one) => !surged.includes(one));
  const batch = {
    ids: taken.map(({ id }) => id),
    begun: now,
    off: taken.filter(({ wanted }) => wanted.power !== 'running').map(({ id }) => id),
    surge: surge.map(({ old, id }) => ({ old: old.id, fresh: id })),
    canary: done === 0 && policy.canary !== undefined,
  };
  const next: RollingUpgrade = {
    ...upgrade,
    ...baselineOf(upgrade, facts, members),
    batch,
    baking: false,
    pending: candidates.length - taken.length,
    previous: { ...upgrade.previous, ...Object.fromEntries(update.map((one) => [one.id, previousOf(one)])) },
  };
  return plan(next, { update, surge });
}

function baselineOf(
  { baseline, policy, succeeded }: RollingUpgrade,
  facts: RollingFacts,
  members: readonly Instance[],
): { baseline?: number } {
  const { stopSignal } = policy;
  if (stopSignal === undefined || baseline !== undefined || succeeded.length > 0) return {};
  const found = mean(members.map((one) => signalIn(facts.metricsOf(one), stopSignal)));
  return found === undefined ? {} : { baseline: found };
}

function previousOf({ model, imageVersion, wanted }: Instance): Previous {
  return {
    model,
    ...(imageVersion === undefined ? {} : { image: imageVersion }),
    ...(wanted.power === 'running' ? {} : { off: true }),
  };
}

// The end that nobody wants.

/** Faulted, at once or after what failed has gone back. */
function stopped(
  upgrade: RollingUpgrade,
  facts: RollingFacts,
  error: UpgradeError,
  unhealthy: readonly number[],
): RollingUpgrade {
  const failed = [...new Set([...upgrade.failed, ...unhealthy])];
  const succeeded = upgrade.succeeded.filter((id) => !failed.includes(id));
  const left = failed.filter((id) => Object.hasOwn(upgrade.previous, id));
  const stopping = { ...upgrade, failed, succeeded, error, baking: false };
  if (!upgrade.policy.rollback || left.length === 0) return ended(stopping, facts, 'Faulted', error);
  return { ...stopping, rollback: { inHand: [], left } };
}

function planRollback(upgrade: RollingUpgrade, facts: RollingFacts): RollingPlan {
  const { rollback } = upgrade;
  if (rollback === undefined) return plan(upgrade);
  const byId = new Map(facts.instances.filter(isMember).map((one) => [one.id, one]));
  const working = rollback.inHand.flatMap((id) => byId.get(id) ?? []);
  if (working.some(({ task }) => task !== undefined)) return plan(upgrade);
  const after: RollingUpgrade = {
    ...upgrade,
    rolledBack: [
      ...upgrade.rolledBack,
      ...working.filter((one) => one.failure === undefined).map(({ id }) => id),
    ],
    notRolledBack: [
      ...upgrade.notRolledBack,
      ...working.filter((one) => one.failure !== undefined).map(({ id }) => id),
    ],
  };
  const left = upgrade.lastAction === 'Cancel' ? [] : rollback.left.filter((id) => canGoBack(byId.get(id)));
  if (left.length === 0) return plan(ended(after, facts, 'Faulted'));
  const free = left.filter((id) => byId.get(id)?.task === undefined);
  const now = free.slice(0, partOf(byId.size, upgrade.policy.batchPercent));
  const next = { ...after, rollback: { inHand: now, left: left.filter((id) => !now.includes(id)) } };
  if (now.length === 0 && working.length === 0) return plan(upgrade);
  const rollBack = now.flatMap((id) => {
    const [instance, to] = [byId.get(id), upgrade.previous[id]];
    return instance === undefined || to === undefined ? [] : [{ instance, to }];
  });
  return plan(next, { rollBack });
}

function canGoBack(instance: Instance | undefined): boolean {
  return instance !== undefined && !isProtected(instance);
}

function soonest(times: readonly (Time | undefined)[]): { due?: Time } {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? {} : { due: Math.min(...known) };
}
