// Run commands: what a body makes the guest run, and what an action answers.
import { describe, expect, test } from 'vitest';
import { runCommandRow, THEN } from '../../test/testing/rows.ts';
import type { Execution } from './guest.ts';
import type { JsonObject } from './json.ts';
import { actionResult, guestCommand } from './run-command.ts';

const NINETY_MINUTES = 5_400_000;

function resource(properties: JsonObject): ReturnType<typeof guestCommand> {
  return guestCommand(runCommandRow({ kind: 'resource', name: 'check', declared: { properties } }));
}

describe('an action', () => {
  test('runs its lines as one script, for ninety minutes at the most', () => {
    const command = guestCommand(
      runCommandRow({ declared: { commandId: 'RunShellScript', script: ['a', 'b c'] } }),
    );
    expect(command).toEqual({ script: 'a\nb c', parameters: [], timeoutMs: NINETY_MINUTES });
  });

  test('has named and unnamed parameters, in their order', () => {
    const parameters = [
      { name: 'who', value: 'ada' },
      { value: '2' },
      { name: '', value: 'x' },
      { name: 'empty' },
    ];
    const command = guestCommand(runCommandRow({ declared: { script: ['a'], parameters } }));
    expect(command.parameters).toEqual([
      { name: 'who', value: 'ada' },
      { value: '2' },
      { value: 'x' },
      { name: 'empty', value: '' },
    ]);
  });
});

describe('a resource', () => {
  test('runs its script as the user and within the time that it says', () => {
    expect(resource({ source: { script: 'ls' }, timeoutInSeconds: 5, runAsUser: 'ada' })).toEqual({
      script: 'ls',
      parameters: [],
      timeoutMs: 5000,
      runAs: 'ada',
    });
  });

  test('without a time limit, or with none, has Azure’s', () => {
    for (const given of [{}, { timeoutInSeconds: 0 }, { timeoutInSeconds: null }]) {
      expect(resource({ source: { script: 'ls' }, ...given }).timeoutMs).toBe(NINETY_MINUTES);
    }
  });

  test('hands protected parameters to the script after the others', () => {
    const command = resource({
      source: { script: 'ls' },
      parameters: [{ name: 'a', value: '1' }],
      protectedParameters: [{ name: 'b', value: 'S3cret!' }],
    });
    expect(command.parameters).toEqual([
      { name: 'a', value: '1' },
      { name: 'b', value: 'S3cret!' },
    ]);
  });
});

describe('the answer of an action', () => {
  const execution: Execution = {
    state: 'exited',
    exitCode: 0,
    stdout: 'out',
    stderr: 'err',
    startedAt: THEN,
  };
  const message = (given: Partial<Execution>): string =>
    (actionResult({ ...execution, ...given }) as { value: { message: string }[] }).value[0]?.message ?? '';

  test('is as recorded', () => {
    expect(actionResult(execution)).toEqual({
      value: [
        {
          code: 'ProvisioningState/succeeded',
          level: 'Info',
          displayStatus: 'Provisioning succeeded',
          message: 'Enable succeeded: \n[stdout]\nout\n[stderr]\nerr',
        },
      ],
    });
  });

  test.each<[Partial<Execution>, string]>([
    [{ exitCode: 127 }, 'Enable failed: failed to execute command: command terminated with exit status=127'],
    [
      { state: 'timedOut' },
      'Enable failed: failed to execute command: command did not end within its time limit',
    ],
    [{ state: 'canceled' }, 'Enable failed: the command was ended before it was done'],
    [{ state: 'running' }, 'Enable in progress'],
  ])('says how it went: %j', (given, words) => {
    expect(message(given)).toBe(`${words}\n[stdout]\nout\n[stderr]\nerr`);
  });
});
