// Run commands as they are shown: each state, each end, and no secret in any of them.
import { describe, expect, test } from 'vitest';
import type { Execution } from '../../domain/guest.ts';
import type { RunCommand } from '../../domain/run-command.ts';
import { CREATED, scaleSet, SETTLED, SUBSCRIPTION } from '../../../test/wire/rows.ts';
import { runCommandBody } from './run-command.ts';

const command: RunCommand = {
  key: 'key',
  revision: 1,
  set: 'uid',
  instance: 3,
  kind: 'resource',
  name: 'first',
  created: CREATED,
  declared: {
    properties: {
      source: { script: 'echo', scriptUri: 'https://x/s.sh?sig=S3cret' },
      parameters: [{ name: 'a', value: '1' }],
      protectedParameters: [{ name: 'p', value: 'S3cret' }],
      runAsUser: 'ops',
      runAsPassword: 'S3cret',
      outputBlobUri: 'https://x/out?sig=S3cret',
      timeoutInSeconds: 60,
      provisioningState: 'forged',
      instanceView: { output: 'forged' },
    },
  },
  location: 'westus',
  tags: {},
  run: 1,
  asked: CREATED,
  operation: 'op',
  state: 'pending',
};
const execution: Execution = {
  state: 'exited',
  exitCode: 0,
  stdout: 'out',
  stderr: 'err',
  startedAt: CREATED,
  endedAt: SETTLED,
};
const onItsOwn: RunCommand = { ...command, declared: { properties: { asyncExecution: true } } };

const shown = (changes: Partial<RunCommand> = {}, base: RunCommand = command) =>
  runCommandBody(scaleSet(), { ...base, ...changes }, { subscriptionId: SUBSCRIPTION, instanceView: true });
const view = (changes: Partial<RunCommand>) =>
  (shown(changes)['properties'] as Record<string, unknown>)['instanceView'];

describe('a run command', () => {
  test('shows what was declared but no secret, and nothing that the caller forged', () => {
    const body = runCommandBody(scaleSet(), command, { subscriptionId: SUBSCRIPTION });
    expect(body).toEqual({
      name: 'first',
      id: `/subscriptions/${SUBSCRIPTION}/resourceGroups/Rg/providers/Microsoft.Compute/virtualMachineScaleSets/web/virtualMachines/3/runCommands/first`,
      type: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommands',
      location: 'westus',
      properties: {
        source: { script: 'echo', scriptUri: 'https://x/s.sh' },
        parameters: [{ name: 'a', value: '1' }],
        runAsUser: 'ops',
        outputBlobUri: 'https://x/out',
        timeoutInSeconds: 60,
        provisioningState: 'Creating',
        asyncExecution: false,
      },
    });
  });

  test.each([
    [{ state: 'pending', run: 1 }, 'Creating'],
    [{ state: 'running', run: 2 }, 'Updating'],
    [{ state: 'ended', execution }, 'Succeeded'],
    [{ state: 'ended', execution: { ...execution, exitCode: 1 } }, 'Succeeded'],
    [{ state: 'ended', message: 'no such user' }, 'Failed'],
    [{ state: 'deleting' }, 'Deleting'],
  ] as const)('%j is %s', (changes, provisioningState) => {
    expect(shown(changes)['properties']).toMatchObject({ provisioningState });
  });

  test('that was to run by itself has been provisioned when it has begun', () => {
    expect(shown({ state: 'pending' }, onItsOwn)['properties']).toMatchObject({
      provisioningState: 'Creating',
    });
    expect(shown({ state: 'running' }, onItsOwn)['properties']).toMatchObject({
      provisioningState: 'Succeeded',
    });
  });
});

describe('its instance view', () => {
  test('has the recorded members in the recorded order', () => {
    expect(JSON.stringify(view({ state: 'ended', execution: { ...execution, exitCode: 127 } }))).toBe(
      JSON.stringify({
        exitCode: 127,
        executionState: 'Failed',
        executionMessage:
          'Execution failed: failed to execute command: command terminated with exit status=127',
        output: 'out',
        error: 'err',
        startTime: '2026-11-24T06:00:00.1230000+00:00',
        endTime: '2026-11-24T06:00:05.0000000+00:00',
      }),
    );
  });

  test.each([
    [{ state: 'pending' }, 'Pending'],
    [{ state: 'running' }, 'Running'],
    [{ state: 'ended', message: 'no such user' }, 'Failed'],
    [{ state: 'running', execution: { ...execution, state: 'running' } }, 'Running'],
    [{ state: 'ended', execution }, 'Succeeded'],
    [{ state: 'ended', execution: { ...execution, state: 'timedOut' } }, 'TimedOut'],
    [{ state: 'ended', execution: { ...execution, state: 'canceled' } }, 'Canceled'],
  ] as const)('of %j is %s', (changes, executionState) => {
    expect(view(changes)).toMatchObject({ executionState });
  });
});
