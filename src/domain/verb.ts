// Verb: what each action does to what is wanted of an instance, from which states it may be asked, and how long it may
// take. One table for the whole set, several instances and one.

import { keepRecords } from './extension-record.ts';
import { Failure } from './failure.ts';
import {
  hasOwnProfile,
  type Instance,
  nameOf,
  type Task,
  type Turn,
  type Verb,
  type Wanted,
} from './instance.ts';
import type { UpgradeEffect } from './model.ts';
import { MINUTE, type Time } from './time.ts';

/** The verbs that a request may name. */
export type ActionVerb = Exclude<Verb, 'create' | 'configure' | 'evict'>;

interface VerbRule {
  /** How Azure's messages name it. */
  readonly word: string;
  /** The last part of ARM's name for it: `restart/action`. */
  readonly action: string;
  /** After that long it has failed: every operation ends. */
  readonly limit: number;
  /** A deallocated instance has no host to do it on. */
  readonly needsHost: boolean;
  /** Scale-set-level requests are refused for, or pass over, instances protected from scale set actions. */
  readonly heedsProtection: boolean;
}

export const VERBS: Readonly<Record<ActionVerb, VerbRule>> = {
  start: {
    word: 'start',
    action: 'start/action',
    limit: 20 * MINUTE,
    needsHost: false,
    heedsProtection: true,
  },
  restart: {
    word: 'restart',
    action: 'restart/action',
    limit: 20 * MINUTE,
    needsHost: true,
    heedsProtection: true,
  },
  powerOff: {
    word: 'powerOff',
    action: 'powerOff/action',
    limit: 20 * MINUTE,
    needsHost: false,
    heedsProtection: true,
  },
  deallocate: {
    word: 'deallocate',
    action: 'deallocate/action',
    limit: 20 * MINUTE,
    needsHost: false,
    heedsProtection: true,
  },
  redeploy: {
    word: 'redeploy',
    action: 'redeploy/action',
    limit: 20 * MINUTE,
    needsHost: true,
    heedsProtection: true,
  },
  performMaintenance: {
    word: 'performMaintenance',
    action: 'performMaintenance/action',
    limit: 20 * MINUTE,
    needsHost: true,
    heedsProtection: true,
  },
  reimage: {
    word: 'reimage',
    action: 'reimage/action',
    limit: 40 * MINUTE,
    needsHost: false,
    heedsProtection: true,
  },
  reimageAll: {
    word: 'reimageAll',
    action: 'reimageAll/action',
    limit: 40 * MINUTE,
    needsHost: false,
    heedsProtection: true,
  },
  update: {
    word: 'manualUpgrade',
    action: 'manualUpgrade/action',
    limit: 40 * MINUTE,
    needsHost: false,
    heedsProtection: true,
  },
  // A delete by name is the operator's own decision: protection does not block it (Azure's instance protection page).
  delete: {
    word: 'delete',
    action: 'delete/action',
    limit: 20 * MINUTE,
    needsHost: false,
    heedsProtection: false,
  },
};

export const CREATE_LIMIT = 20 * MINUTE;
const CONFIGURE_LIMIT = 20 * MINUTE;

function limitOf(verb: Verb): number {
  switch (verb) {
    case 'create':
      return CREATE_LIMIT;
    case 'configure':
      return CONFIGURE_LIMIT;
    case 'evict':
      return VERBS.delete.limit;
    default:
      return VERBS[verb].limit;
  }
}

/** The verb in hand as it begins, on behalf of that operation, with its whole time limit ahead. */
export function newTask(verb: Verb, operation: string, now: Time, graceful = true): Task {
  return { operation, verb, since: now, deadline: now + limitOf(verb), graceful };
}

export interface VerbRequest {
  readonly operation: string;
  readonly now: Time;
  readonly graceful: boolean;
  /** The set's latest model version, for `update`. */
  readonly model: number;
  /** What a guest must go through to get there. */
  readonly effect: UpgradeEffect;
  /**
   * The exact version of the image for the new OS disk, where the verb lays one. A reimage without it keeps the version that
   * the instance has (Azure: "reimaged to the existing version of OS Disk"); an update to another image needs it.
   */
  readonly imageVersion?: string;
}

/** Why this instance may not be asked now, or undefined. `addressed`: the request named the instance itself, not its set. */
export function refusal(
  setName: string,
  instance: Instance,
  verb: ActionVerb,
  addressed: boolean,
): Failure | undefined {
  const rule = VERBS[verb];
  const name = nameOf(setName, instance);
  if (instance.task !== undefined) return busy();
  if (!addressed && rule.heedsProtection && instance.protection?.protectFromScaleSetActions === true) {
    return new Failure(
      'operationNotAllowed',
      `Operation '${rule.word}' is not allowed on VM '${name}' since it is protected from scale set actions.`,
    );
  }
  if (verb === 'update' && hasOwnProfile(instance)) {
    return new Failure(
      'operationNotAllowed',
      `Operation '${rule.word}' is not allowed on VM '${name}' since it was not created from the virtual machine profile of its scale set.`,
    );
  }
  if (rule.needsHost && instance.wanted.power === 'deallocated') {
    return new Failure(
      'operationNotAllowed',
      `Operation '${rule.word}' is not allowed on VM '${name}' since the VM is either deallocated or marked to be deallocated.`,
    );
  }
  return undefined;
}

/** `after`, which its own PUT or an update made of `before`, with the way back when that fails. */
export function undoable(before: Instance, after: Instance): Instance {
  const { dataDisks, ownModel, userData, imageVersion, addresses, size } = before;
  const undo = {
    dataDisks,
    ownModel,
    ...(userData === undefined ? {} : { userData }),
    ...(imageVersion === undefined ? {} : { imageVersion }),
    ...(addresses === undefined ? {} : { addresses }),
    ...(size === undefined ? {} : { size }),
  };
  return after.task === undefined ? after : { ...after, task: { ...after.task, undo } };
}

/** The task with its whole time limit ahead again: time in which no plane ran does not count against a verb. */
export function withFullTime(task: Task, now: Time): Task {
  const { since, deadline, extensionsUntil } = task;
  return {
    ...task,
    since: now,
    deadline: now + (deadline - since),
    ...(extensionsUntil === undefined ? {} : { extensionsUntil: now + (extensionsUntil - since) }),
  };
}

/** Azure's words when a verb is asked of an instance that has one in hand. */
export function busy(): Failure {
  return new Failure(
    'conflict',
    'The request failed due to conflict with a concurrent request. To resolve it, please refer to https://aka.ms/activitylog to get more details on the conflicting requests.',
  );
}

/** The instance with the verb in hand, or the same object when there is nothing to do. */
export function ask(instance: Instance, verb: ActionVerb, request: VerbRequest): Instance {
  const wanted = wantedAfter(instance, verb, request);
  if (wanted === undefined) return instance;
  const asked = withTask(
    verb === 'update' ? toBeRetried(withoutOwnModel(instance)) : instance,
    wanted,
    newTask(verb, request.operation, request.now, request.graceful),
  );
  const laid = verb === 'update' ? request.imageVersion : (request.imageVersion ?? instance.imageVersion);
  return laysDisk(wanted.turn) && laid !== instance.imageVersion
    ? undoable(instance, withImageVersion(asked, laid))
    : stillUndoable(instance, asked);
}

/** A delete that takes over from a verb that has not come true, and fails as well, leaves what was before both. */
function stillUndoable({ task: before }: Instance, asked: Instance): Instance {
  const undo = before?.undo;
  return undo === undefined || asked.task === undefined ? asked : { ...asked, task: { ...asked.task, undo } };
}

/** On its way out, on behalf of that operation; nothing is said yet of whether its guest is told beforehand (`withNotice`). */
export function toDelete(instance: Instance, operation: string, now: Time): Instance {
  const request = { operation, now, graceful: true, model: instance.model, effect: 'none' } as const;
  return ask(instance, 'delete', request);
}

function laysDisk(turn: Turn | undefined): boolean {
  return turn?.kind === 'reimage' || turn?.kind === 'reimageAll';
}

function withImageVersion(instance: Instance, imageVersion: string | undefined): Instance {
  const { imageVersion: _before, ...rest } = instance;
  return imageVersion === undefined ? rest : { ...rest, imageVersion };
}

export function withTask(instance: Instance, wanted: Wanted, task: Task): Instance {
  const { failure: _cleared, exitedAt, ...rest } = instance;
  const isToBeOff = task.verb === 'powerOff' || task.verb === 'deallocate' || task.verb === 'evict';
  return {
    ...rest,
    ...(exitedAt === undefined || isToBeOff ? {} : { exitedAt }),
    etag: instance.etag + 1,
    generation: wanted.turn?.generation ?? instance.generation,
    wanted,
    task,
  };
}

function wantedAfter(instance: Instance, verb: ActionVerb, request: VerbRequest): Wanted | undefined {
  const { wanted } = instance;
  switch (verb) {
    case 'start':
      return atRest(instance, 'running') ? undefined : { ...wanted, power: 'running' };
    case 'powerOff':
      if (isOff(instance)) return undefined;
      return { ...wanted, power: 'stopped' };
    case 'deallocate':
      return atRest(instance, 'deallocated') ? undefined : { ...wanted, power: 'deallocated' };
    case 'restart':
      return { ...wanted, power: 'running', turn: nextTurn(instance, 'restart') };
    case 'redeploy':
    case 'performMaintenance':
      return { ...wanted, power: 'running', turn: nextTurn(instance, 'redeploy') };
    case 'reimage':
    case 'reimageAll':
      return { ...wanted, turn: nextTurn(instance, verb) };
    case 'update':
      return wantedAfterUpdate(instance, request);
    case 'delete':
      return { ...wanted, exists: false };
  }
}

/** What stopped by itself is not: asked to be off, it is off from then on, and no repair starts it again. */
function isOff(instance: Instance): boolean {
  if (instance.wanted.power === 'deallocated') return true;
  return atRest(instance, 'stopped') && instance.exitedAt === undefined;
}

function wantedAfterUpdate(instance: Instance, request: VerbRequest): Wanted | undefined {
  const isThere = instance.model === request.model && request.effect === 'none' && !instance.ownModel;
  if (isThere && atRest(instance, instance.wanted.power)) return undefined;
  const wanted = { ...instance.wanted, model: request.model };
  const quiet = request.effect === 'none' || request.effect === 'extensions';
  const effect = quiet && instance.ownModel ? 'reconfigure' : request.effect;
  // Extensions need no turn: whatever verb is in hand runs those that have changed.
  if (effect === 'none' || effect === 'extensions') return wanted;
  return { ...wanted, turn: nextTurn(instance, effect) };
}

/** An update tries again what has failed. */
function toBeRetried(instance: Instance): Instance {
  return keepRecords(instance, ({ state }) => state !== 'failed');
}

/** An update brings the instance back to what the set's model alone gives. */
function withoutOwnModel(instance: Instance): Instance {
  if (!instance.ownModel) return instance;
  const { userData: _own, ...rest } = instance;
  return { ...rest, ownModel: false };
}

function nextTurn(instance: Instance, kind: Turn['kind']): Turn {
  return { kind, generation: instance.generation + 1 };
}

/** Wanted, seen and not failed: there is nothing to do. */
function atRest(instance: Instance, power: Wanted['power']): boolean {
  return (
    instance.wanted.power === power && instance.observed.power === power && instance.failure === undefined
  );
}
