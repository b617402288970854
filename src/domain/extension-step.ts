// Extension step: what is to be done now about the extensions of an instance whose guest is up and whose verb has come
// true but for them. Pure. One runs at a time, in the order that they ask for, and each once for every way in which it was
// declared on every OS disk. What must hold: the verb is not done while one that it needs is to run; one that fails ends
// the verb, unless its failures are suppressed; none runs longer than the time that the model gives all of them.

import {
  type Extension,
  extensionPrint,
  handlerName,
  inProvisioningOrder,
  named,
  predecessors,
  publisherOf,
  suppressesFailures,
  typeOf,
} from './extension.ts';
import { type HandlerTable, handlerVersion, handlingOf } from './extension-handler.ts';
import {
  currentRecord,
  type ExtensionRecord,
  extensionsState,
  keepRecords,
  runKey,
  runningRecord,
  withRecord,
} from './extension-record.ts';
import type { OperationError } from './failure.ts';
import type { Execution, GuestCommand } from './guest.ts';
import type { Instance, Task } from './instance.ts';
import { enableMessage } from './run-command.ts';
import type { Time } from './time.ts';

export interface ExtensionFacts {
  /** What the instance has, by the model that is wanted. */
  readonly declared: readonly Extension[];
  /** For all of them together, in milliseconds (`extensionsTimeBudget`). */
  readonly budget: number;
  readonly handlers: HandlerTable;
  /** How the run stands that is under way. */
  readonly execution?: Execution;
  /** They wait until the instance is no longer surplus. */
  readonly skipSurplus: boolean;
}

export type ExtensionStep =
  | { readonly kind: 'exec'; readonly key: string; readonly command: GuestCommand }
  | { readonly kind: 'wait'; readonly until: Time }
  | { readonly kind: 'save'; readonly instance: Instance }
  | { readonly kind: 'fail'; readonly instance: Instance; readonly failure: OperationError }
  | { readonly kind: 'done' };

/** `disk`: the generation that made the OS disk which the guest has now. */
export function extensionStep(
  instance: Instance,
  facts: ExtensionFacts,
  disk: number,
  now: Time,
): ExtensionStep {
  const { task } = instance;
  if (task === undefined || instance.wanted.power !== 'running') return { kind: 'done' };
  if (instance.surplus && facts.skipSurplus) return { kind: 'done' };
  const kept = keepRecords(instance, ({ name }) => named(facts.declared, name) !== undefined);
  if (kept !== instance) return { kind: 'save', instance: kept };
  const running = runningRecord(instance);
  if (running !== undefined) return follow(instance, task, running, facts, now);
  const next = nextExtension(instance, facts.declared);
  return next === undefined ? { kind: 'done' } : begin(instance, task, next, { facts, disk, now });
}

/** Failed ones are not tried again, and those that wait for them are not tried at all. */
function nextExtension(instance: Instance, declared: readonly Extension[]): Extension | undefined {
  const ordered = inProvisioningOrder(declared);
  const blocked = new Set<string>();
  for (const extension of ordered) {
    const name = extension.name.toLowerCase();
    const record = currentRecord(instance, extension);
    if (predecessors(extension).some((before) => blocked.has(before.toLowerCase()))) blocked.add(name);
    else if (record === undefined) return extension;
    else if (record.state === 'failed' && !suppressesFailures(extension)) blocked.add(name);
  }
  return undefined;
}

interface Circumstances {
  readonly facts: ExtensionFacts;
  readonly disk: number;
  readonly now: Time;
}

function begin(
  instance: Instance,
  task: Task,
  extension: Extension,
  { facts, disk, now }: Circumstances,
): ExtensionStep {
  const run = extensionsState(instance).runs + 1;
  const until = task.extensionsUntil ?? now + facts.budget;
  const timed: Instance = {
    ...instance,
    task: { ...task, extensionsUntil: until, deadline: Math.max(task.deadline, until) },
  };
  const record: ExtensionRecord = {
    name: extension.name,
    handler: handlerName(extension),
    version: handlerVersion(extension, facts.handlers),
    print: extensionPrint(extension),
    run,
    state: 'running',
    since: now,
  };
  if (now >= until) return ended(timed, extension, late(record, now), disk);
  const handling = handlingOf(extension, facts.handlers, run);
  switch (handling.kind) {
    case 'run':
      return { kind: 'save', instance: withRecord(timed, record, disk) };
    case 'nothing':
      return ended(timed, extension, finished(record, 'succeeded', now, handling.message), disk);
    case 'refused':
      return ended(
        timed,
        extension,
        finished(record, 'failed', now, `Enable failed: ${handling.message}`),
        disk,
      );
  }
}

function follow(
  instance: Instance,
  task: Task,
  record: ExtensionRecord,
  { declared, execution, handlers, budget }: ExtensionFacts,
  now: Time,
): ExtensionStep {
  const { disk } = extensionsState(instance);
  const extension = named(declared, record.name);
  // What was begun for a declaration that is not wanted any more is forgotten, and begun anew.
  if (extension === undefined || extensionPrint(extension) !== record.print)
    return { kind: 'save', instance: keepRecords(instance, (other) => other !== record) };
  if (execution !== undefined && execution.state !== 'running')
    return ended(instance, extension, outcomeOf(record, execution, now), disk);
  const until = task.extensionsUntil ?? now + budget;
  if (now >= until) return ended(instance, extension, late(record, now, execution), disk);
  if (execution !== undefined) return { kind: 'wait', until };
  const handling = handlingOf(extension, handlers, record.run);
  // The plane was started with another table of handlers while it ran.
  if (handling.kind !== 'run')
    return { kind: 'save', instance: keepRecords(instance, (other) => other !== record) };
  const { script, parameters } = handling;
  const command = { script, parameters, timeoutMs: until - now, extension: extension.name };
  return { kind: 'exec', key: runKey(record), command };
}

function outcomeOf(record: ExtensionRecord, execution: Execution, now: Time): ExtensionRecord {
  const { stdout, stderr } = execution;
  const good = execution.state === 'exited' && execution.exitCode === 0;
  const message = `${enableMessage(execution)}\n[stdout]\n${stdout}\n[stderr]\n${stderr}`;
  return {
    ...finished(record, good ? 'succeeded' : 'failed', execution.endedAt ?? now, message),
    output: { stdout, stderr },
  };
}

function late(record: ExtensionRecord, now: Time, execution?: Execution): ExtensionRecord {
  const message =
    'Enable failed: the extensions did not end within the time that the model gives them (extensionsTimeBudget)';
  return {
    ...finished(record, 'failed', now, message),
    ...(execution === undefined ? {} : { output: { stdout: execution.stdout, stderr: execution.stderr } }),
  };
}

function finished(
  record: ExtensionRecord,
  state: 'succeeded' | 'failed',
  endedAt: Time,
  message: string,
): ExtensionRecord {
  return { ...record, state, endedAt, message };
}

function ended(
  instance: Instance,
  extension: Extension,
  record: ExtensionRecord,
  disk: number,
): ExtensionStep {
  const after = withRecord(instance, record, disk);
  if (record.state !== 'failed' || suppressesFailures(extension)) return { kind: 'save', instance: after };
  return { kind: 'fail', instance: after, failure: extensionFailure(extension, record.message ?? '') };
}

/** Azure's words (azure-wire section 6). */
function extensionFailure({ name, properties }: Extension, message: string): OperationError {
  return {
    code: 'VMExtensionProvisioningError',
    message: `VM has reported a failure when processing extension '${name}' (publisher '${publisherOf(properties)}' and type '${typeOf(properties)}'). Error message: '${message}'.`,
  };
}
