// Rolling batch: which instances are upgraded next. Pure. What must hold: never more than the policy's part of the members
// (at least one); because of a batch no more are unhealthy or under upgrade than the policy allows (at least one, and then
// only when nothing else is under way); never two zones in one batch unless the policy says so; never one that has a verb
// in hand.
// Sources: azure-fleet, the swagger's words about each member of the policy.

import { isUnhealthy } from './health.ts';
import type { Instance } from './instance.ts';
import type { RollingPolicy } from './rolling-policy.ts';
import { protectedFromScaleIn } from './scale-in.ts';

export interface Choice {
  readonly policy: RollingPolicy;
  readonly members: readonly Instance[];
  /** Those that are to be upgraded. Some may have a verb in hand. */
  readonly candidates: readonly Instance[];
  /** Members that are on their way in place of repaired ones. */
  readonly owed: number;
  /** How many were upgraded so far, in vain or not. */
  readonly done: number;
  readonly phaseOf: (instance: Instance) => number;
}

/** Empty when there is nothing to do but to wait for verbs that others have in hand. */
export function nextBatch(choice: Choice): readonly Instance[] {
  const { policy, candidates, done } = choice;
  if (done === 0 && policy.canary !== undefined && 'id' in policy.canary) {
    const { id } = policy.canary;
    const canary = candidates.find((one) => one.id === id);
    if (canary !== undefined) return canary.task === undefined ? withinLimits(choice, [canary], 1) : [];
  }
  const free = candidates.filter(({ task }) => task === undefined);
  return withinLimits(choice, inOrder(choice, free), largest(choice));
}

/** Of so many members, that part, but at least one. */
export function partOf(members: number, percent: number): number {
  return Math.max(1, Math.floor((members * percent) / 100));
}

/** How many at once: the policy's part; no more than the canary at first; none beyond the next checkpoint. */
function largest({ policy, members, candidates, done }: Choice): number {
  const limits = [partOf(members.length, policy.batchPercent)];
  if (done === 0 && policy.canary !== undefined && 'count' in policy.canary) limits.push(policy.canary.count);
  const total = done + candidates.length;
  const next = policy.checkpoints
    .map((percent) => Math.ceil((total * percent) / 100))
    .find((count) => count > done);
  if (next !== undefined) limits.push(next - done);
  return Math.min(...limits);
}

/** It is out already, or stays where it is until its replacement is up: upgrading it takes out nobody. */
function costsNothing({ policy }: Choice, instance: Instance): boolean {
  return isOut(instance) || instance.wanted.power !== 'running' || (policy.surge && mayBeReplaced(instance));
}

/** By a new instance, under `maxSurge`. The old one is deleted, so never one that is off or protected from that. */
export function mayBeReplaced(instance: Instance): boolean {
  return instance.wanted.power === 'running' && !protectedFromScaleIn(instance);
}

/** By what is known of its health; a verb that failed counts where nothing says that it serves all the same. */
export function isOut(instance: Instance): boolean {
  return isUnhealthy(instance) || (instance.failure !== undefined && instance.health?.state !== 'healthy');
}

function withinLimits(choice: Choice, ordered: readonly Instance[], most: number): readonly Instance[] {
  const { policy, members, owed } = choice;
  const busy = members.filter(({ task }) => task !== undefined).length + owed;
  const out = members.filter((one) => one.task === undefined && isOut(one)).length + busy;
  let room = Math.floor((members.length * policy.unhealthyPercent) / 100) - out;
  const taken: Instance[] = [];
  for (const instance of ordered) {
    if (taken.length === most) break;
    const free = costsNothing(choice, instance);
    if (!free && room <= 0) continue;
    taken.push(instance);
    if (!free) room -= 1;
  }
  if (taken.length > 0 || busy > 0) return taken;
  return ordered.slice(0, 1);
}

/** Phase by phase, unhealthy ones before others where the policy says so, and zone after zone. */
function inOrder(choice: Choice, free: readonly Instance[]): readonly Instance[] {
  const { policy, phaseOf } = choice;
  const phase = Math.min(...free.map(phaseOf));
  const inPhase = free.filter((one) => phaseOf(one) === phase);
  const ill = policy.unhealthyFirst ? inPhase.filter(isOut) : [];
  const first = ill.length > 0 ? ill : inPhase;
  const zones = [...new Set(first.map(({ zone }) => zone ?? ''))].toSorted();
  if (!policy.crossZone) return first.filter(({ zone }) => (zone ?? '') === zones[0]);
  const byZone = zones.map((name) => first.filter(({ zone }) => (zone ?? '') === name));
  const longest = Math.max(0, ...byZone.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => byZone.flatMap((zone) => zone[index] ?? [])).flat();
}
