// Capacity plan: what must be made, given up or upgraded so that a set has what was declared. Pure: the loop executes the
// plan in one commit and looks again. What must hold: a plan never gives up an instance that is protected from scale-in,
// never one more than the capacity allows, and never touches an instance that has a verb in hand, except to delete its set
// or what is still being created; what failed on behalf of the current operation is not tried again for it.

import type { OperationError } from './failure.ts';
import { type Instance, isBehind, isMember } from './instance.ts';
import { flagAt } from './json.ts';
import { surplusFor } from './overprovision.ts';
import { evenly } from './placement.ts';
import type { Standing } from './rolling-upgrade.ts';
import { chooseForScaleIn, prioritizesUnhealthy, protectedFromScaleIn, scaleInRule } from './scale-in.ts';
import { isSolo, type ScaleSet, upgradeMode } from './scale-set.ts';

export type CapacityPlan =
  /** The set is being deleted, or was of one machine, and nothing is left of it. */
  | { readonly kind: 'gone' }
  /** The set is being deleted: these go first. */
  | { readonly kind: 'empty'; readonly remove: readonly Instance[] }
  /** The set could not be deleted: so many members would not go. */
  | { readonly kind: 'stuck'; readonly left: number; readonly failure: OperationError }
  | Converge;

export interface Converge {
  readonly kind: 'converge';
  /** How many members to make, and how many instances beyond them. */
  readonly create: { readonly members: number; readonly surplus: number };
  readonly remove: readonly Removal[];
  /** Surplus instances that become members. */
  readonly promote: readonly Instance[];
  readonly upgrade: readonly Instance[];
  /** Nothing is left to do for this generation. */
  readonly settled: boolean;
  /** When it settled with more members than were declared, because the rest is protected or would not go: their number. */
  readonly capacity?: number;
  readonly failure?: OperationError;
}

export interface Removal {
  readonly instance: Instance;
  readonly why: 'scaleIn' | 'surplus' | 'failedCreate';
}

/** `upgrade`: how the rolling upgrade bears on it. The set has not settled before that has ended. */
export function planCapacity(
  set: ScaleSet,
  instances: readonly Instance[],
  upgrade: Standing = { open: false },
): CapacityPlan {
  if (isSolo(set) && instances.length === 0) return { kind: 'gone' };
  return set.deleting ? planDeletion(set, instances) : planConvergence(set, instances, upgrade);
}

function planDeletion(set: ScaleSet, instances: readonly Instance[]): CapacityPlan {
  if (instances.length === 0) return { kind: 'gone' };
  const remove = instances.filter((instance) => instance.wanted.exists && !failedFor(set, instance));
  const stuck = instances.find((instance) => failedFor(set, instance));
  const pending = instances.some((instance) => !instance.wanted.exists);
  if (stuck?.failure === undefined || remove.length > 0 || pending) return { kind: 'empty', remove };
  return { kind: 'stuck', left: instances.filter(isMember).length, failure: stuck.failure };
}

function planConvergence(set: ScaleSet, instances: readonly Instance[], rolling: Standing): Converge {
  const members = instances.filter(isMember);
  const spare = instances.filter((instance) => instance.surplus && instance.wanted.exists);
  const { promote, replaced } = replaceFailed(set, members, spare);
  const missing = set.declared.sku.capacity - members.length;
  const create =
    missing <= 0 ? { members: 0, surplus: 0 } : { members: missing, surplus: extra(set, missing) };
  const { leave, waiting } = scaleIn(set, members, replaced);
  const remove = [
    ...replaced.map((instance): Removal => ({ instance, why: 'failedCreate' })),
    ...leave.map((instance): Removal => ({ instance, why: 'scaleIn' })),
    ...idleSpare(set, members, spare, promote).map((instance): Removal => ({ instance, why: 'surplus' })),
  ];
  const { upgrade, busy } = toUpgrade(set, members, remove);
  const idle = create.members === 0 && remove.length === 0 && promote.length === 0 && upgrade.length === 0;
  const quiet = idle && !waiting && !busy && !rolling.open;
  const settled = quiet && set.settled < set.generation && !instances.some(isConverging);
  const failure = settled ? (whyFailed(set, members) ?? rolling.failure) : undefined;
  return {
    kind: 'converge',
    create,
    remove,
    promote,
    upgrade,
    settled,
    ...(settled && missing < 0 ? { capacity: members.length } : {}),
    ...(failure === undefined ? {} : { failure }),
  };
}

function extra(set: ScaleSet, missing: number): number {
  return flagAt(set.declared.properties, 'overprovision') === true ? surplusFor(missing) : 0;
}

/** It ended badly on behalf of the operation that the set is acting for. */
function failedFor(set: ScaleSet, instance: Instance): boolean {
  return (
    instance.failure !== undefined && instance.task === undefined && instance.lastOperation === set.operation
  );
}

/** Its removal was tried for that operation, in vain. It is not tried again, and no other goes in its stead. */
function wouldNotGo(set: ScaleSet, instance: Instance): boolean {
  return failedFor(set, instance) && instance.lastVerb === 'delete';
}

function neverCameUp(instance: Instance): boolean {
  return instance.failure !== undefined && instance.settledAt === undefined && instance.task === undefined;
}

/** A surplus instance that came up takes the place of a member that did not. */
function replaceFailed(
  set: ScaleSet,
  members: readonly Instance[],
  spare: readonly Instance[],
): { promote: readonly Instance[]; replaced: readonly Instance[] } {
  const failed = members.filter((instance) => replaceable(set, instance));
  const ready = spare.filter((instance) => instance.failure === undefined && instance.task === undefined);
  const count = Math.min(failed.length, ready.length);
  const replaced = failed.slice(0, count);
  const staying = members.filter((instance) => !replaced.includes(instance));
  return { promote: evenly(staying, ready, count), replaced };
}

function replaceable(set: ScaleSet, instance: Instance): boolean {
  return neverCameUp(instance) && !wouldNotGo(set, instance) && !protectedFromScaleIn(instance);
}

/** Chosen ones that have a verb in hand are waited for. */
function scaleIn(
  set: ScaleSet,
  members: readonly Instance[],
  replaced: readonly Instance[],
): { leave: readonly Instance[]; waiting: boolean } {
  if (members.length <= set.declared.sku.capacity) return { leave: [], waiting: false };
  const stuck = members.filter((instance) => wouldNotGo(set, instance));
  const excess = members.length - stuck.length - set.declared.sku.capacity;
  const able = members.filter((instance) => !stuck.includes(instance) && !replaced.includes(instance));
  const chosen = chooseForScaleIn(
    able,
    Math.max(0, excess),
    scaleInRule(set.declared),
    prioritizesUnhealthy(set.declared),
  );
  const leave = chosen.filter((instance) => instance.task === undefined || instance.task.verb === 'create');
  return { leave, waiting: leave.length < chosen.length };
}

/** The surplus goes when every member has come up or failed, or when the capacity was lowered meanwhile. */
function idleSpare(
  set: ScaleSet,
  members: readonly Instance[],
  spare: readonly Instance[],
  promote: readonly Instance[],
): readonly Instance[] {
  const creating = members.some((instance) => instance.task?.verb === 'create');
  const mayReplace =
    members.some((instance) => replaceable(set, instance)) &&
    spare.some((instance) => instance.task?.verb === 'create');
  if (creating || mayReplace || members.length < set.declared.sku.capacity) return [];
  return spare.filter((instance) => !promote.includes(instance) && !wouldNotGo(set, instance));
}

/** Under Automatic, those that are behind the model and can be asked now; and whether others have to be waited for. */
function toUpgrade(
  set: ScaleSet,
  members: readonly Instance[],
  remove: readonly Removal[],
): { readonly upgrade: readonly Instance[]; readonly busy: boolean } {
  if (upgradeMode(set) !== 'Automatic') return { upgrade: [], busy: false };
  const leaving = new Set(remove.map(({ instance }) => instance));
  const behind = members.filter(
    (instance) =>
      isBehind(instance, set.model) &&
      instance.protection?.protectFromScaleSetActions !== true &&
      !failedFor(set, instance) &&
      !leaving.has(instance),
  );
  const upgrade = behind.filter((instance) => instance.task === undefined);
  return { upgrade, busy: upgrade.length < behind.length };
}

function isConverging(instance: Instance): boolean {
  const verb = instance.task?.verb;
  return verb === 'create' || verb === 'delete' || verb === 'update';
}

function whyFailed(set: ScaleSet, members: readonly Instance[]): OperationError | undefined {
  return members.find((instance) => neverCameUp(instance) || failedFor(set, instance))?.failure;
}
