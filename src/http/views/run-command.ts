// A run command as clients see it, and what became of it. Its provisioning succeeds also when the script fails: the script's
// own fate is in the instance view (azure-wire section 5).

import type { JsonObject } from '../../arm/json.ts';
import type { Execution } from '../../domain/guest.ts';
import { flagAt, objectAt } from '../../domain/json.ts';
import { instancePath, instanceType } from '../../domain/resource-path.ts';
import type { RunCommand } from '../../domain/run-command.ts';
import type { ScaleSet } from '../../domain/scale-set.ts';
import { azureTime } from '../../domain/time.ts';
import { withoutSecrets } from './secrets.ts';

export interface RunCommandShow {
  readonly subscriptionId: string;
  /** `$expand=instanceView`. */
  readonly instanceView?: boolean;
}

export function runCommandBody(set: ScaleSet, command: RunCommand, show: RunCommandShow): JsonObject {
  const parent = instancePath(show.subscriptionId, set, { ...command, id: command.instance });
  const declared = withoutSecrets(objectAt(command.declared, 'properties') ?? {});
  const {
    timeoutInSeconds,
    asyncExecution,
    provisioningState: _state,
    instanceView: _view,
    ...rest
  } = declared;
  return {
    name: command.name,
    id: `${parent}/runCommands/${command.name}`,
    type: `${instanceType(command)}/runCommands`,
    location: command.location,
    ...(Object.keys(command.tags).length === 0 ? {} : { tags: command.tags }),
    properties: {
      ...rest,
      timeoutInSeconds: timeoutInSeconds ?? 0,
      provisioningState: runCommandState(command),
      asyncExecution: asyncExecution ?? false,
      ...(show.instanceView ? { instanceView: executionView(command) } : {}),
    },
  };
}

function runCommandState(command: RunCommand): string {
  switch (command.state) {
    case 'deleting':
      return 'Deleting';
    case 'ended':
      return command.execution === undefined && command.message !== undefined ? 'Failed' : 'Succeeded';
    case 'pending':
    case 'running':
      // With asyncExecution the operation ends as soon as the script has begun, and so does the provisioning.
      if (command.state === 'running' && isAsync(command)) return 'Succeeded';
      return command.run === 1 ? 'Creating' : 'Updating';
  }
}

function isAsync({ declared }: RunCommand): boolean {
  return flagAt(declared, 'properties', 'asyncExecution') === true;
}

function executionView(command: RunCommand): JsonObject {
  const { execution } = command;
  if (execution === undefined) {
    return {
      executionState: stateWithoutExecution(command),
      ...(command.message === undefined ? {} : { executionMessage: command.message }),
      output: '',
      error: '',
    };
  }
  return {
    ...(execution.exitCode === undefined ? {} : { exitCode: execution.exitCode }),
    executionState: executionState(execution),
    executionMessage: executionMessage(execution),
    output: execution.stdout,
    error: execution.stderr,
    startTime: azureTime(execution.startedAt),
    ...(execution.endedAt === undefined ? {} : { endTime: azureTime(execution.endedAt) }),
  };
}

/** What it printed is kept when it has ended. */
function stateWithoutExecution({ state }: RunCommand): string {
  switch (state) {
    case 'running':
      return 'Running';
    case 'ended':
      return 'Failed';
    case 'pending':
    case 'deleting':
      return 'Pending';
  }
}

function executionState({ state, exitCode }: Execution): string {
  switch (state) {
    case 'running':
      return 'Running';
    case 'exited':
      return exitCode === 0 ? 'Succeeded' : 'Failed';
    case 'timedOut':
      return 'TimedOut';
    case 'canceled':
      return 'Canceled';
  }
}

function executionMessage({ state, exitCode }: Execution): string {
  switch (state) {
    case 'running':
      return 'Execution in progress';
    case 'exited':
      return exitCode === 0
        ? 'Execution completed'
        : `Execution failed: failed to execute command: command terminated with exit status=${exitCode}`;
    case 'timedOut':
      return 'Execution failed: the command did not end within its time limit';
    case 'canceled':
      return 'Execution was canceled';
  }
}
