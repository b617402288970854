// Run command: a script that runs in one instance's guest. Version 1 is an action whose result is the operation's;
// version 2 is a resource with a name, which stays until it is deleted.

import { type Execution, type GuestCommand, type GuestHandle, handleOf } from './guest.ts';
import type { Machine } from './instance.ts';
import { asText, isObject, type Json, type JsonObject, listAt, textAt } from './json.ts';
import { MINUTE, SECOND, type Time } from './time.ts';

export interface RunCommand {
  /** Names it for ever, and is the driver's idempotency key with `run`. */
  readonly key: string;
  readonly revision: number;
  readonly set: string;
  readonly instance: number;
  /** As its instance has them. */
  readonly machine?: Machine;
  readonly guest?: GuestHandle;
  readonly kind: 'action' | 'resource';
  /** The resource's name; the command id of an action. */
  readonly name: string;
  readonly created: Time;
  /** The resource as declared, secrets inside (protected parameters). */
  readonly declared: JsonObject;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  /** How often it was asked to run: a PUT or PATCH raises it. */
  readonly run: number;
  /** When the current run, or its deletion, was asked for. */
  readonly asked: Time;
  /** The run that was handed to the guest last. */
  readonly begun?: number;
  /** The operation that waits for the current run, while one does. */
  readonly operation?: string;
  /** `pending`: not begun. `ended`: see `execution`. */
  readonly state: 'pending' | 'running' | 'ended' | 'deleting';
  readonly execution?: Execution;
  /** Why it could not run at all. */
  readonly message?: string;
}

/** Of the guest that is to run it. */
export function commandHandle({ set, instance, guest }: RunCommand): GuestHandle {
  return handleOf({ set, id: instance, ...(guest === undefined ? {} : { guest }) });
}

/** A guest that has not taken a command, or let go of it, by then will not: every operation ends. */
export function isOverdue({ state, asked }: RunCommand, now: Time): boolean {
  return (state === 'pending' || state === 'deleting') && now >= asked + TAKE_LIMIT;
}

const TAKE_LIMIT = 20 * MINUTE;

/** Names one run for ever: the same run again is the same execution. */
export function executionKey({ key, run }: Pick<RunCommand, 'key' | 'run'>): string {
  return `${key}-${run}`;
}

/** Azure ends a run command after ninety minutes unless it says otherwise. */
const DEFAULT_TIMEOUT = 90 * 60 * SECOND;

/** What the guest is to run. `declared` is the wire's body: the action's, or the resource with its `properties`. */
export function guestCommand(command: RunCommand): GuestCommand {
  const body = command.kind === 'action' ? command.declared : (command.declared['properties'] as JsonObject);
  const script =
    command.kind === 'action'
      ? listAt(body, 'script').map(asText).join('\n')
      : (textAt(body, 'source', 'script') ?? '');
  const seconds = Number(body['timeoutInSeconds'] ?? 0);
  const runAs = textAt(body, 'runAsUser');
  return {
    script,
    parameters: [...listAt(body, 'parameters'), ...listAt(body, 'protectedParameters')]
      .filter(isObject)
      .map(parameter),
    timeoutMs: seconds > 0 ? seconds * SECOND : DEFAULT_TIMEOUT,
    ...(runAs === undefined ? {} : { runAs }),
  };
}

function parameter(given: JsonObject): GuestCommand['parameters'][number] {
  const name = textAt(given, 'name');
  return { ...(name === undefined || name === '' ? {} : { name }), value: asText(given['value']) };
}

/** What the action answers at its Location (azure-wire section 5). It reads as succeeded also when the script failed. */
export function actionResult(execution: Execution): Json {
  return {
    value: [
      {
        code: 'ProvisioningState/succeeded',
        level: 'Info',
        displayStatus: 'Provisioning succeeded',
        message: `${enableMessage(execution)}\n[stdout]\n${execution.stdout}\n[stderr]\n${execution.stderr}`,
      },
    ],
  };
}

/** How Azure's handlers begin to say how a script ended. */
export function enableMessage(execution: Execution): string {
  switch (execution.state) {
    case 'exited':
      return execution.exitCode === 0
        ? 'Enable succeeded: '
        : `Enable failed: failed to execute command: command terminated with exit status=${execution.exitCode}`;
    case 'timedOut':
      return 'Enable failed: failed to execute command: command did not end within its time limit';
    case 'canceled':
      return 'Enable failed: the command was ended before it was done';
    case 'running':
      return 'Enable in progress';
  }
}
