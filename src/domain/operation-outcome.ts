// Operation outcome: when a long-running operation has ended, and how. Pure. What must hold: an operation that ended stays
// as it ended; it reads Succeeded only when everything that it named came true.

import { type Deployment, isActive } from './deployment.ts';
import type { Disk } from './disk.ts';
import type { OperationError } from './failure.ts';
import { flagAt, type Json } from './json.ts';
import { type Instance, memberId, type MemberId } from './instance.ts';
import type { Awaits, InstanceFailure, Operation } from './operation.ts';
import type { ResourceGroup } from './resource-group.ts';
import { isRunning, type RollingUpgrade, upgradeFailure } from './rolling-upgrade.ts';
import { actionResult, type RunCommand } from './run-command.ts';
import type { ScaleSet } from './scale-set.ts';
import type { Time } from './time.ts';

/** What an operation's end depends on, as it is now. */
export interface Circumstances {
  /** Instances that have a task of this operation. */
  readonly openTasks: number;
  readonly set?: ScaleSet;
  readonly group?: ResourceGroup;
  readonly disk?: Disk;
  readonly runCommand?: RunCommand;
  readonly upgrade?: RollingUpgrade;
  readonly deployment?: Deployment;
}

/** The operation as it ended, or undefined while it goes on. */
export function outcome(operation: Operation, seen: Circumstances, now: Time): Operation | undefined {
  if (operation.status !== 'InProgress') return undefined;
  const { awaits } = operation;
  switch (awaits.kind) {
    case 'scaleSet':
      return writeOutcome(operation, awaits, seen, now);
    case 'scaleSetGone':
      if (seen.set === undefined) return ended(operation, now);
      return seen.set.deleting ? undefined : ended(operation, now, seen.set.failure ?? UNDELETED);
    case 'instances':
      return seen.openTasks > 0 ? undefined : ended(operation, now, firstFailure(operation));
    case 'diskGone':
      return diskOutcome(operation, seen, now);
    case 'group':
      return groupOutcome(operation, seen, now);
    case 'deployment':
      return deploymentOutcome(operation, seen, now);
    case 'rollingUpgrade':
      return upgradeOutcome(operation, awaits.cancel, seen, now);
    case 'runCommand':
      return runCommandOutcome(operation, awaits, seen, now);
  }
}

function writeOutcome(
  operation: Operation,
  awaits: Extract<Operation['awaits'], { kind: 'scaleSet' }>,
  { set, upgrade }: Circumstances,
  now: Time,
): Operation | undefined {
  if (set === undefined) return preempted(operation, now);
  if (set.settled < awaits.generation) return undefined;
  return ended(operation, now, ownFailure(set.failure, awaits.beside, upgrade));
}

export const PREEMPTED = 'Operation execution has been preempted by a more recent operation.';

/**
 * Which operations lose the verbs that they have in hand on these instances to another operation, and for which instances.
 * Each must get those failures before the verbs are replaced, or it would read Succeeded.
 */
export function losers(
  instances: readonly Instance[],
  winner: string,
): ReadonlyMap<string, readonly InstanceFailure[]> {
  const found = new Map<string, InstanceFailure[]>();
  for (const instance of instances) {
    const { task } = instance;
    if (task === undefined || task.operation === winner) continue;
    const failures = found.get(task.operation) ?? [];
    failures.push({ instance: memberId(instance), code: 'OperationPreempted', message: PREEMPTED });
    found.set(task.operation, failures);
  }
  return found;
}

/** The set's failure, unless it is that of the upgrade beside which the write came. */
function ownFailure(
  failure: OperationError | undefined,
  beside: number | undefined,
  upgrade: RollingUpgrade | undefined,
): OperationError | undefined {
  if (beside === undefined || upgrade?.number !== beside) return failure;
  return failure?.code === upgradeFailure(upgrade)?.code ? undefined : failure;
}

const UNDELETED: OperationError = {
  code: 'InternalExecutionError',
  message: 'Some instances could not be deleted.',
};

const GONE: OperationError = {
  code: 'NotFound',
  message: 'The VM was deleted before its command had ended.',
};

type AwaitsRunCommand = Extract<Awaits, { kind: 'runCommand' }>;

/** For an operation that a later one makes pointless: the set or group goes away under it. */
export function preempted(operation: Operation, now: Time): Operation {
  return ended(operation, now, { code: 'OperationPreempted', message: PREEMPTED });
}

function groupOutcome(operation: Operation, { group }: Circumstances, now: Time): Operation | undefined {
  if (group === undefined) return ended(operation, now);
  return group.deleting === operation.id ? undefined : ended(operation, now, UNDELETED);
}

/** The codes of its steps stay in the deployment: an operation has one of its own. */
function deploymentOutcome(
  operation: Operation,
  { deployment }: Circumstances,
  now: Time,
): Operation | undefined {
  if (deployment === undefined) return preempted(operation, now);
  if (isActive(deployment)) return undefined;
  if (deployment.error === undefined) return ended(operation, now);
  const code = deployment.state === 'Canceled' ? 'DeploymentCanceled' : 'DeploymentFailed';
  return ended(operation, now, { code, message: deployment.error.message });
}

/** A disk of that name that is not being deleted for it is another one. */
function diskOutcome(operation: Operation, { disk }: Circumstances, now: Time): Operation | undefined {
  return disk?.deleting === operation.id ? undefined : ended(operation, now);
}

function upgradeOutcome(
  operation: Operation,
  cancel: boolean,
  { upgrade }: Circumstances,
  now: Time,
): Operation | undefined {
  if (upgrade === undefined) return preempted(operation, now);
  if (isRunning(upgrade)) return undefined;
  return ended(operation, now, cancel ? undefined : upgradeFailure(upgrade));
}

function runCommandOutcome(
  operation: Operation,
  awaits: AwaitsRunCommand,
  seen: Circumstances,
  now: Time,
): Operation | undefined {
  const command = seen.runCommand;
  if (command === undefined) return ended(operation, now, awaits.gone ? undefined : GONE);
  if (command.operation !== operation.id) return preempted(operation, now);
  const begun =
    command.state === 'running' && flagAt(command.declared, 'properties', 'asyncExecution') === true;
  if (awaits.gone || (command.state !== 'ended' && !begun)) return undefined;
  const neverRan = command.state === 'ended' && command.execution === undefined;
  const failure = neverRan
    ? { code: 'InternalExecutionError' as const, message: command.message ?? 'The command could not be run.' }
    : undefined;
  const result = command.execution === undefined ? undefined : actionResult(command.execution);
  return ended(operation, now, failure, command.kind === 'action' ? result : undefined);
}

function ended(operation: Operation, now: Time, error?: OperationError, result?: Json): Operation {
  return {
    ...operation,
    ended: now,
    status: error === undefined ? 'Succeeded' : 'Failed',
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
    ...(result === undefined || error !== undefined ? {} : { result }),
  };
}

function firstFailure(operation: Operation): OperationError | undefined {
  const [first] = operation.failures.toSorted((a, b) => byMember(a.instance, b.instance));
  return first;
}

function byMember(a: MemberId, b: MemberId): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1;
}
