// Operation outcomes. What never happens: an operation that ended is changed; one reads Succeeded though something that it
// named did not come true; one goes on when what it waits for has come.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  deploymentRow,
  diskRow,
  groupRow,
  instanceRow,
  operationRow,
  rollingUpgradeRow,
  runCommandRow,
  scaleSetRow,
  taskRow,
  THEN,
} from '../../test/testing/rows.ts';
import type { DeploymentState } from './deployment.ts';
import type { Execution } from './guest.ts';
import type { Awaits, Operation, OperationStatus } from './operation.ts';
import { type Circumstances, losers, outcome, preempted, PREEMPTED } from './operation-outcome.ts';
import type { UpgradeState } from './rolling-upgrade.ts';
import type { RunCommand } from './run-command.ts';

const NOW = THEN + 5000;
const BREACH = { code: 'MaxUnhealthyInstancePercentExceededInRollingUpgrade', message: 'too many' } as const;
const failure = { code: 'AllocationFailed', message: 'no room' } as const;

function awaiting(awaits: Awaits, given: Partial<Operation> = {}): Operation {
  return operationRow({ awaits, ...given });
}

function end(operation: Operation, seen: Partial<Circumstances>): Operation | undefined {
  return outcome(operation, { openTasks: 0, ...seen }, NOW);
}

describe('a write of a scale set', () => {
  const write = awaiting({ kind: 'scaleSet', generation: 3 });

  test('goes on until the set has settled at its generation', () => {
    expect(end(write, { set: scaleSetRow({ generation: 3, settled: 2 }) })).toBeUndefined();
    expect(end(write, { set: scaleSetRow({ generation: 3, settled: 3 }) })).toMatchObject({
      status: 'Succeeded',
      ended: NOW,
    });
    expect(end(write, { set: scaleSetRow({ generation: 5, settled: 5 }) })?.status).toBe('Succeeded');
  });

  test('fails with the set’s failure, or when the set went away under it', () => {
    expect(end(write, { set: scaleSetRow({ generation: 3, settled: 3, failure }) })).toMatchObject({
      status: 'Failed',
      error: failure,
    });
    expect(end(write, {})).toMatchObject({ status: 'Failed', error: { code: 'OperationPreempted' } });
  });
});

describe('a deployment', () => {
  const write = awaiting({ kind: 'deployment', uid: deploymentRow().uid });
  const ended = (state: DeploymentState, code?: string) =>
    end(write, {
      deployment: deploymentRow({
        state,
        ...(code === undefined ? {} : { error: { code, message: 'why' } }),
      }),
    });

  test('goes on until it has ended', () => {
    expect(ended('Accepted')).toBeUndefined();
    expect(ended('Running')).toBeUndefined();
    expect(ended('Succeeded')).toMatchObject({ status: 'Succeeded', ended: NOW });
  });

  test('fails with the deployment, whatever its own code is', () => {
    const error = { code: 'DeploymentFailed', message: 'why' };
    expect(ended('Failed', 'InvalidTemplate')).toMatchObject({ status: 'Failed', error });
    expect(ended('Canceled', 'DeploymentCanceled')).toMatchObject({ error: { code: 'DeploymentCanceled' } });
  });

  test('that is not there any more is preempted', () => {
    expect(end(write, {})).toMatchObject({ status: 'Failed', error: { code: 'OperationPreempted' } });
  });
});

describe('a write that leaves the model as it was, while a rolling upgrade runs', () => {
  const write = awaiting({ kind: 'scaleSet', generation: 3, beside: 2 });
  const upgrade = rollingUpgradeRow({ number: 2, state: 'Faulted', error: BREACH });
  const set = scaleSetRow({ generation: 3, settled: 3, failure: BREACH });

  test('does not fail because the upgrade did', () => {
    expect(end(write, { set, upgrade })).toMatchObject({ status: 'Succeeded' });
    expect(end(awaiting({ kind: 'scaleSet', generation: 3 }), { set, upgrade })).toMatchObject({
      status: 'Failed',
      error: BREACH,
    });
  });

  test('fails with what failed of its own', () => {
    expect(end(write, { set: scaleSetRow({ generation: 3, settled: 3, failure }), upgrade })).toMatchObject({
      status: 'Failed',
      error: failure,
    });
  });

  test('fails with another upgrade, and with one of which nothing is known any more', () => {
    const other = { ...upgrade, number: 3 };
    expect(end(write, { set, upgrade: other })?.status).toBe('Failed');
    expect(end(write, { set })?.status).toBe('Failed');
  });
});

describe('a delete of a scale set', () => {
  const gone = awaiting({ kind: 'scaleSetGone' });

  test('goes on while the set is being deleted, and succeeds when it is gone', () => {
    expect(end(gone, { set: scaleSetRow({ deleting: true }) })).toBeUndefined();
    expect(end(gone, {})).toMatchObject({ status: 'Succeeded' });
  });

  test('fails when the set stays', () => {
    expect(end(gone, { set: scaleSetRow({ failure }) })).toMatchObject({ status: 'Failed', error: failure });
    expect(end(gone, { set: scaleSetRow() })).toMatchObject({
      status: 'Failed',
      error: { code: 'InternalExecutionError' },
    });
  });
});

describe('a verb on instances', () => {
  const verb = awaiting({ kind: 'instances' }, { instances: [3, 1] });

  test('goes on while one of them has it in hand', () => {
    expect(end(verb, { openTasks: 1 })).toBeUndefined();
    expect(end(verb, { openTasks: 0 })).toMatchObject({ status: 'Succeeded' });
  });

  test('fails with the first of its failures, by id, and keeps them all', () => {
    const failures = [
      { instance: 3, code: 'VMStartTimedOut', message: 'three' },
      { instance: 1, code: 'AllocationFailed', message: 'one' },
    ] as const;
    const ended = end({ ...verb, failures }, {});
    expect(ended).toMatchObject({ status: 'Failed', failures });
    expect(ended?.error).toEqual({ code: 'AllocationFailed', message: 'one' });
    expect(end({ ...verb, failures }, { openTasks: 1 })).toBeUndefined();
  });
});

describe('a delete of a group', () => {
  const gone = awaiting({ kind: 'group' });

  test('goes on while the group is being deleted for it, succeeds when it is gone and fails when it stays', () => {
    expect(end(gone, { group: groupRow({ deleting: gone.id }) })).toBeUndefined();
    expect(end(gone, {})).toMatchObject({ status: 'Succeeded' });
    expect(end(gone, { group: groupRow() })).toMatchObject({ status: 'Failed' });
    expect(end(gone, { group: groupRow({ deleting: 'another' }) })).toMatchObject({ status: 'Failed' });
  });
});

test('a delete of a disk goes on while the row of that name is being deleted for it, and succeeds when it is gone', () => {
  const gone = awaiting({ kind: 'diskGone', name: 'notes' });
  expect(end(gone, { disk: diskRow({ deleting: gone.id }) })).toBeUndefined();
  for (const seen of [{}, { disk: diskRow() }, { disk: diskRow({ deleting: 'another' }) }]) {
    expect(end(gone, seen)).toMatchObject({ status: 'Succeeded' });
  }
});

describe('a run command', () => {
  const execution: Execution = {
    state: 'exited',
    exitCode: 0,
    stdout: 'hi',
    stderr: '',
    startedAt: THEN,
    endedAt: NOW,
  };
  const run = awaiting({ kind: 'runCommand', key: 'k', gone: false });
  const command = (given: Partial<RunCommand>): RunCommand => runCommandRow({ operation: run.id, ...given });

  test.each(['pending', 'running', 'deleting'] as const)('that is %s goes on', (state) => {
    expect(end(run, { runCommand: command({ state }) })).toBeUndefined();
  });

  test('as an action has what it put out as its result', () => {
    const ended = end(run, { runCommand: command({ state: 'ended', execution }) });
    expect(ended?.status).toBe('Succeeded');
    expect(ended?.result).toMatchObject({
      value: [{ message: 'Enable succeeded: \n[stdout]\nhi\n[stderr]\n' }],
    });
  });

  test('succeeds also when its script failed: so does Azure', () => {
    const ended = end(run, {
      runCommand: command({ state: 'ended', execution: { ...execution, exitCode: 3 } }),
    });
    expect(ended?.status).toBe('Succeeded');
    expect(JSON.stringify(ended?.result)).toContain('exit status=3');
  });

  test('as a resource has no result', () => {
    const ended = end(run, { runCommand: command({ kind: 'resource', state: 'ended', execution }) });
    expect(ended?.status).toBe('Succeeded');
    expect(ended).not.toHaveProperty('result');
  });

  test('that could not be run fails, and says why', () => {
    const message = 'The guest was stopped.';
    expect(end(run, { runCommand: command({ state: 'ended', message }) })).toMatchObject({
      status: 'Failed',
      error: { code: 'InternalExecutionError', message },
    });
  });

  test('that is asynchronous has ended once it has begun', () => {
    const declared = { properties: { asyncExecution: true } };
    expect(
      end(run, { runCommand: command({ kind: 'resource', declared, state: 'pending' }) }),
    ).toBeUndefined();
    expect(end(run, { runCommand: command({ kind: 'resource', declared, state: 'running' }) })?.status).toBe(
      'Succeeded',
    );
  });

  test('that was asked to run again, or whose instance is gone, fails for the operation before', () => {
    expect(end(run, { runCommand: command({ operation: 'later' }) })).toMatchObject({
      status: 'Failed',
      error: { code: 'OperationPreempted' },
    });
    expect(end(run, {})).toMatchObject({ status: 'Failed', error: { code: 'NotFound' } });
  });

  test('that is to be deleted has ended when it is gone', () => {
    const gone = awaiting({ kind: 'runCommand', key: 'k', gone: true });
    const deleting = runCommandRow({ operation: gone.id, state: 'deleting' });
    expect(end(gone, { runCommand: deleting })).toBeUndefined();
    expect(end(gone, {})?.status).toBe('Succeeded');
  });
});

describe('a rolling upgrade', () => {
  const waits = awaiting({ kind: 'rollingUpgrade', number: 1, cancel: false });
  const cancels = awaiting({ kind: 'rollingUpgrade', number: 1, cancel: true });
  const upgrade = (state: UpgradeState) => ({ upgrade: rollingUpgradeRow({ state, error: BREACH }) });

  test('is waited for, and its operation ends as it did', () => {
    expect(end(waits, upgrade('RollingForward'))).toBeUndefined();
    expect(end(waits, upgrade('Completed'))?.status).toBe('Succeeded');
    expect(end(waits, upgrade('Faulted'))).toMatchObject({ status: 'Failed', error: BREACH });
    expect(end(waits, upgrade('Cancelled'))?.error?.code).toBe('RollingUpgradeCanceled');
  });

  test('that was to be cancelled has been, however it ended', () => {
    expect(end(cancels, upgrade('RollingForward'))).toBeUndefined();
    for (const state of ['Completed', 'Cancelled', 'Faulted'] as const) {
      expect(end(cancels, upgrade(state))?.status).toBe('Succeeded');
    }
  });

  test('that went with its set ends its operation without success', () => {
    expect(end(waits, {})?.error?.code).toBe('OperationPreempted');
  });
});

describe('losing a verb to another operation', () => {
  const instances = [
    instanceRow({ id: 0, task: taskRow('restart', { operation: 'a' }) }),
    instanceRow({ id: 1, task: taskRow('restart', { operation: 'b' }) }),
    instanceRow({ id: 2, task: taskRow('restart', { operation: 'a' }) }),
    instanceRow({ id: 3 }),
  ];

  test('is a failure for each instance, of the operation that had it', () => {
    const found = losers(instances, 'winner');
    expect([...found.keys()]).toEqual(['a', 'b']);
    expect(found.get('a')).toEqual([
      { instance: 0, code: 'OperationPreempted', message: PREEMPTED },
      { instance: 2, code: 'OperationPreempted', message: PREEMPTED },
    ]);
  });

  test('does not happen to the winner itself', () => {
    expect([...losers(instances, 'a').keys()]).toEqual(['b']);
  });

  test('ends an operation Failed, for all that it names', () => {
    expect(preempted(operationRow(), NOW)).toMatchObject({
      status: 'Failed',
      ended: NOW,
      error: { code: 'OperationPreempted', message: PREEMPTED },
    });
  });
});

const awaitsAny = fc.constantFrom<Awaits[]>(
  { kind: 'scaleSet', generation: 2 },
  { kind: 'scaleSetGone' },
  { kind: 'instances' },
  { kind: 'group' },
  { kind: 'diskGone', name: 'disk' },
  { kind: 'rollingUpgrade', number: 1, cancel: false },
  { kind: 'rollingUpgrade', number: 1, cancel: true },
  { kind: 'runCommand', key: 'k', gone: false },
  { kind: 'runCommand', key: 'k', gone: true },
);

const seenAny: fc.Arbitrary<Circumstances> = fc
  .record({
    openTasks: fc.nat(2),
    set: fc.option(fc.record({ settled: fc.nat(3), deleting: fc.boolean(), failed: fc.boolean() }), {
      nil: undefined,
    }),
    upgrade: fc.option(
      fc.constantFrom<UpgradeState[]>('RollingForward', 'Completed', 'Cancelled', 'Faulted'),
      {
        nil: undefined,
      },
    ),
    group: fc.option(fc.constantFrom(undefined, operationRow().id, 'another'), { nil: 'none' }),
    command: fc.option(
      fc.record({
        state: fc.constantFrom('pending', 'running', 'ended', 'deleting'),
        operation: fc.constantFrom(operationRow().id, 'another'),
        kind: fc.constantFrom('action', 'resource'),
      }),
      { nil: undefined },
    ),
  })
  .map(({ openTasks, set, upgrade, group, command }) => ({
    openTasks,
    ...(upgrade === undefined ? {} : { upgrade: rollingUpgradeRow({ state: upgrade, error: BREACH }) }),
    ...(set === undefined
      ? {}
      : {
          set: scaleSetRow({
            settled: set.settled,
            deleting: set.deleting,
            failure: set.failed ? failure : undefined,
          }),
        }),
    ...(group === 'none' ? {} : { group: groupRow({ deleting: group }) }),
    ...(command === undefined ? {} : { runCommand: runCommandRow(command as RunCommand) }),
  }));

describe('whatever the circumstances', () => {
  test('an operation that ended stays as it ended', () => {
    const over = fc.constantFrom<OperationStatus[]>('Succeeded', 'Failed');
    fc.assert(
      fc.property(awaitsAny, over, seenAny, (awaits, status, seen) => {
        expect(outcome(awaiting(awaits, { status, ended: THEN }), seen, NOW)).toBeUndefined();
      }),
    );
  });

  test('an end has its time, and an error exactly when it is Failed; nothing else of the operation changes', () => {
    fc.assert(
      fc.property(awaitsAny, seenAny, fc.boolean(), (awaits, seen, failed) => {
        const failures = failed ? [{ instance: 0, ...failure }] : [];
        const operation = awaiting(awaits, { failures });
        const ended = outcome(operation, seen, NOW);
        if (ended === undefined) return;
        const { status, ended: at, error, result: _result, ...rest } = ended;
        const { status: _before, ...before } = operation;
        expect(rest).toEqual(before);
        expect(at).toBe(NOW);
        expect(['Succeeded', 'Failed']).toContain(status);
        expect(error !== undefined).toBe(status === 'Failed');
        if (awaits.kind === 'instances') expect(status).toBe(failed ? 'Failed' : 'Succeeded');
      }),
      { numRuns: 500 },
    );
  });

  test('an operation that ended once has nothing more to end', () => {
    fc.assert(
      fc.property(awaitsAny, seenAny, seenAny, (awaits, seen, later) => {
        const ended = outcome(awaiting(awaits), seen, NOW);
        if (ended !== undefined) expect(outcome(ended, later, NOW + 1)).toBeUndefined();
      }),
    );
  });
});
