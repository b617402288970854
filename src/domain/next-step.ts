// Next step: what is to be done now about one instance, from its row and from its guest as it is. Pure; the loop that
// executes it looks again after each step, so a replay or a crash at any point only repeats a harmless step.
// What must hold: an effect on a guest is only ever decided while a verb is in hand, or to power on or off what a host took
// along; a guest that is gone is made anew under a verb, as its extensions and its state ask for.

import { diskOf, keepRecords, onThisDisk } from './extension-record.ts';
import { type ExtensionFacts, extensionStep } from './extension-step.ts';
import type { OperationError } from './failure.ts';
import type { GuestCommand, GuestState } from './guest.ts';
import {
  type DataDisk,
  type Instance,
  nameOf,
  type Observed,
  type PowerState,
  type Task,
  type Turn,
} from './instance.ts';
import { noticeStep } from './terminate-notice.ts';
import type { Time } from './time.ts';

export type Effect =
  | { readonly do: 'create' }
  | { readonly do: 'start' }
  | { readonly do: 'stop'; readonly graceful: boolean; readonly release: boolean }
  | { readonly do: 'turn'; readonly turn: Turn; readonly graceful: boolean }
  | { readonly do: 'exec'; readonly key: string; readonly command: GuestCommand }
  | { readonly do: 'delete' };

export type Step =
  | { readonly kind: 'act'; readonly effect: Effect }
  /** The guest is on its way; look again when told, at `until` at the latest. */
  | { readonly kind: 'wait'; readonly until: Time }
  /** `note`: why the plane changed something by itself, for the activity log. */
  | { readonly kind: 'save'; readonly instance: Instance; readonly note?: string }
  /** The guest is lost altogether: it is to be made anew, under a verb of the plane's own (`recovery`). */
  | { readonly kind: 'recover' }
  | { readonly kind: 'remove' }
  | { readonly kind: 'rest' };

/** `setName` is for the words of a failure; without `extensions`, the instance has none. */
export function nextStep(
  setName: string,
  instance: Instance,
  guest: GuestState | undefined,
  now: Time,
  extensions?: ExtensionFacts,
): Step {
  const seen = observe(onThisDisk(instance, guest), guest);
  const without = guest === undefined ? withoutGuest(instance) : undefined;
  if (without !== undefined) return without;
  const told = noticeStep(seen, guest, now);
  if (told !== undefined) return savingFirst(instance, seen, told);
  const effect = neededEffect(instance, guest);
  const arrived = effect === undefined && hasArrived(instance, guest);
  // What has come true has not timed out, also when nobody looked in time.
  if (!arrived && isOverdue(instance.task, now)) {
    return { kind: 'save', instance: fail(seen, timedOut(setName, instance, guest)) };
  }
  if (effect?.do === 'delete') return act(effect);
  const ended = accept(seen, guest, now) ?? crashedWhileBooting(setName, seen, guest);
  if (ended !== undefined) return ended;
  if (effect !== undefined && mayAct(instance, guest, effect)) return begin(effect, instance, seen);
  const step = arrived ? extended(seen, guest, extensions, now) : stay(instance);
  return savingFirst(instance, seen, step);
}

/** What was seen is saved before anything is waited for. */
function savingFirst(instance: Instance, seen: Instance, step: Step): Step {
  return step.kind === 'save' || seen === instance ? step : { kind: 'save', instance: seen };
}

/** A guest that is gone took its OS disk along: where nobody asked for anything, it is to be made anew. */
function withoutGuest({ task, failure, wanted }: Instance): Step | undefined {
  if (!wanted.exists) return { kind: 'remove' };
  return task === undefined && failure === undefined ? { kind: 'recover' } : undefined;
}

/** The guest is as it is wanted; its extensions are still to be. */
function extended(
  instance: Instance,
  guest: GuestState | undefined,
  extensions: ExtensionFacts | undefined,
  now: Time,
): Step {
  if (instance.task === undefined) return stay(instance);
  const done: Step = { kind: 'save', instance: settle(instance, now) };
  if (extensions === undefined) return done;
  const step = extensionStep(instance, extensions, diskOf(instance, guest), now);
  switch (step.kind) {
    case 'done':
      return done;
    case 'exec':
      return act({ do: 'exec', key: step.key, command: step.command });
    case 'fail':
      return { kind: 'save', instance: fail(applied(step.instance), step.failure) };
    case 'wait':
    case 'save':
      return step;
  }
}

function stay({ task }: Instance): Step {
  return task === undefined ? { kind: 'rest' } : { kind: 'wait', until: task.deadline };
}

function isOverdue(task: Task | undefined, now: Time): boolean {
  return task !== undefined && now >= task.deadline;
}

const act = (effect: Effect): Step => ({ kind: 'act', effect });

/** What ran in a guest that is gone is forgotten before there is another. */
function begin(effect: Effect, instance: Instance, seen: Instance): Step {
  const forgotten = effect.do === 'create' && seen.extensions !== instance.extensions;
  return forgotten ? { kind: 'save', instance: seen } : act(effect);
}

/**
 * Without a verb in hand, only what the host took along is brought back, to the power that is wanted: never a failed
 * instance, never one that stopped by itself.
 */
function mayAct(instance: Instance, guest: GuestState | undefined, effect: Effect): boolean {
  if (instance.task !== undefined) return true;
  if (instance.failure !== undefined) return false;
  return guest?.cause === 'host' || effect.do === 'stop';
}

function neededEffect(instance: Instance, guest: GuestState | undefined): Effect | undefined {
  const { wanted, task } = instance;
  const graceful = task?.graceful ?? true;
  if (!wanted.exists) return { do: 'delete' };
  if (guest === undefined) return { do: 'create' };
  if (wanted.turn !== undefined && guest.generation < wanted.turn.generation)
    return { do: 'turn', turn: wanted.turn, graceful };
  return powerEffect(wanted.power, guest, graceful);
}

function powerEffect(
  wanted: Instance['wanted']['power'],
  guest: GuestState,
  graceful: boolean,
): Effect | undefined {
  switch (wanted) {
    case 'running':
      return guest.power === 'stopped' || guest.power === 'deallocated' ? { do: 'start' } : undefined;
    case 'stopped':
      return guest.power === 'running' || guest.power === 'starting'
        ? { do: 'stop', graceful, release: false }
        : undefined;
    case 'deallocated':
      return guest.power === 'deallocated' || guest.power === 'stopping'
        ? undefined
        : { do: 'stop', graceful, release: true };
  }
}

function hasArrived(instance: Instance, guest: GuestState | undefined): boolean {
  if (guest === undefined || guest.power === 'starting' || guest.power === 'stopping') return false;
  if (instance.wanted.power === 'running') return guest.power === 'running' && guest.ready;
  return guest.power === 'stopped' || guest.power === 'deallocated';
}

/** A guest that stopped by itself while nothing was in hand is stopped: that is how Azure has it, and repairing it is a policy. */
function accept(instance: Instance, guest: GuestState | undefined, now: Time): Step | undefined {
  if (instance.task !== undefined || guest?.power !== 'stopped' || guest.cause !== 'exited') return undefined;
  if (instance.wanted.power !== 'running') return undefined;
  return {
    kind: 'save',
    instance: {
      ...instance,
      etag: instance.etag + 1,
      wanted: { ...instance.wanted, power: 'stopped' },
      exitedAt: now,
    },
    note: 'The guest stopped by itself.',
  };
}

/** A guest that ends while its verb waits for it to come up will not come up: no use in waiting for the deadline. */
function crashedWhileBooting(
  setName: string,
  instance: Instance,
  guest: GuestState | undefined,
): Step | undefined {
  const { task, wanted } = instance;
  if (task === undefined || guest === undefined || wanted.power !== 'running') return undefined;
  if (guest.power !== 'stopped' || guest.cause !== 'exited' || (guest.bootedAt ?? 0) < task.since)
    return undefined;
  if (wanted.turn !== undefined && guest.generation < wanted.turn.generation) return undefined;
  const name = nameOf(setName, instance);
  const failed = fail(instance, {
    code: 'OSProvisioningClientError',
    message: `OS provisioning for VM '${name}' failed: its first process ended while it booted.`,
  });
  return { kind: 'save', instance: failed };
}

/** The row with what was seen of the guest, or the same object when nothing differs. */
export function observe(instance: Instance, guest: GuestState | undefined): Instance {
  const observed: Observed =
    guest === undefined
      ? { ready: false }
      : {
          power: powerOf(instance, guest),
          ready: guest.ready,
          ...(guest.address === undefined ? {} : { address: guest.address }),
          ...(guest.bootedAt === undefined ? {} : { bootedAt: guest.bootedAt }),
        };
  const row = withExit(withDiskAsItIs(instance, guest), guest);
  if (sameObserved(instance.observed, observed)) return row;
  const sameBoot = observed.ready && observed.bootedAt === instance.observed.bootedAt;
  return sameBoot ? { ...row, observed } : { ...withoutHealth(row), observed };
}

/** What stopped by itself and runs again has not stopped. */
function withExit(instance: Instance, guest: GuestState | undefined): Instance {
  if (instance.exitedAt === undefined || guest?.power !== 'running') return instance;
  const { exitedAt: _over, ...rest } = instance;
  return rest;
}

/** With no verb in hand the row says what the OS disk really is: a reimage that failed may have come as far as its disk, or not. */
function withDiskAsItIs(instance: Instance, guest: GuestState | undefined): Instance {
  const imageVersion = guest?.imageVersion;
  if (instance.task !== undefined || imageVersion === undefined || imageVersion === instance.imageVersion)
    return instance;
  return { ...instance, imageVersion };
}

/** What was known of the health was about a boot that is over. */
function withoutHealth(instance: Instance): Instance {
  const { health: _over, ...rest } = instance;
  return rest;
}

function powerOf(instance: Instance, guest: GuestState): PowerState {
  if (guest.power === 'stopping' && instance.wanted.power === 'deallocated') return 'deallocating';
  return guest.power;
}

function sameObserved(a: Observed, b: Observed): boolean {
  return (
    a.power === b.power &&
    a.ready === b.ready &&
    a.bootedAt === b.bootedAt &&
    a.address?.host === b.address?.host &&
    a.address?.port === b.address?.port
  );
}

const isDetaching = ({ detaching }: DataDisk): boolean => detaching === true;

/** All but an extension has come true: the model has been applied, and nothing that came with it is put back. */
function applied(instance: Instance): Instance {
  const { task, ...rest } = withoutDetached(instance);
  const model = instance.wanted.model;
  if (task === undefined) return { ...rest, model };
  const { undo: _done, ...kept } = task;
  return { ...rest, model, task: kept };
}

function withoutDetached(instance: Instance): Instance {
  if (!instance.dataDisks.some(isDetaching)) return instance;
  return { ...instance, dataDisks: instance.dataDisks.filter((disk) => !isDetaching(disk)) };
}

function settle(instance: Instance, now: Time): Instance {
  const { task, ...rest } = withoutDetached(instance);
  const { turn: _taken, ...wanted } = instance.wanted;
  return {
    ...rest,
    ...lastOf(task),
    etag: instance.etag + 1,
    model: wanted.model,
    wanted,
    settledAt: now,
  };
}

/** Ends the verb without success and is at rest: nothing goes on behind the operator's back. */
export function fail(instance: Instance, failure: OperationError): Instance {
  // An extension that was cut short is begun anew with the next verb.
  const { task, ...changed } = keepRecords(instance, ({ state }) => state !== 'running');
  const { turn: _dropped, ...wanted } = instance.wanted;
  return {
    ...undone(changed, task),
    ...lastOf(task),
    etag: instance.etag + 1,
    failure,
    wanted: { ...wanted, exists: true, power: restingPower(instance), model: instance.model },
  };
}

function undone(instance: Instance, task: Task | undefined): Instance {
  if (task?.undo === undefined) return instance;
  const { userData: _changed, imageVersion: _wanted, addresses: _given, size: _asked, ...rest } = instance;
  return { ...rest, ...task.undo };
}

function lastOf(task: Task | undefined): Pick<Instance, 'lastOperation' | 'lastVerb'> {
  return task === undefined ? {} : { lastOperation: task.operation, lastVerb: task.verb };
}

function restingPower(instance: Instance): 'running' | 'stopped' | 'deallocated' {
  switch (instance.observed.power) {
    case 'stopped':
    case 'stopping':
      return 'stopped';
    case 'deallocated':
    case 'deallocating':
      return 'deallocated';
    case 'starting':
    case 'running':
      return 'running';
    default:
      return instance.wanted.power;
  }
}

function timedOut(setName: string, instance: Instance, guest: GuestState | undefined): OperationError {
  const name = nameOf(setName, instance);
  if (!instance.wanted.exists || instance.wanted.power !== 'running') {
    return {
      code: 'OperationTimedOut',
      message: `The operation on VM '${name}' did not finish in the allotted time.`,
    };
  }
  if (guest?.power === 'running') {
    return {
      code: 'OSProvisioningTimedOut',
      message: `OS Provisioning for VM '${name}' did not finish in the allotted time. The VM may still finish provisioning successfully. Please check provisioning state later.`,
    };
  }
  return {
    code: 'VMStartTimedOut',
    message: `VM '${name}' did not start in the allotted time. The VM may still start successfully. Please check the power state later.`,
  };
}
