// Run commands, from request to commit. What never happens: a refused one changes anything; an operation is left waiting
// for a run that will never end for it.
import { describe, expect, test } from 'vitest';
import {
  logged,
  ORIGIN,
  refusalOf,
  refusedWhole,
  store,
  storeSet,
  type TestPlane,
  testPlane,
} from '../../test/testing/plane.ts';
import { instanceRow, runCommandRow, scaleSetRow, SET_UID, taskRow } from '../../test/testing/rows.ts';
import type { JsonObject } from '../domain/json.ts';
import type { RunCommand } from '../domain/run-command.ts';
import {
  deleteRunCommand,
  getRunCommand,
  listRunCommands,
  patchRunCommand,
  putRunCommand,
  runCommandAction,
} from './run-commands.ts';

const REF = { group: 'rg', name: 'web', instanceId: '0' };
const CHECK = { ...REF, command: 'check' };
const ACTION = { commandId: 'RunShellScript', script: ['echo hello'] };

function resource(properties: JsonObject = {}): JsonObject {
  return { location: 'westus', properties: { source: { script: 'ls' }, ...properties } };
}

async function planeWith(given: Parameters<typeof instanceRow>[0] = {}): Promise<TestPlane> {
  const plane = testPlane();
  await storeSet(plane, [instanceRow(given), instanceRow({ id: 1 })]);
  return plane;
}

async function commands(plane: TestPlane): Promise<readonly RunCommand[]> {
  return plane.store.runCommands(SET_UID, 0);
}

describe('the action', () => {
  test('is a command of its own, for an operation whose result it will be', async () => {
    const plane = await planeWith();
    const { operation } = await runCommandAction(plane, ORIGIN, { ...REF, body: ACTION });
    const [command] = await commands(plane);
    expect(command).toMatchObject({
      kind: 'action',
      state: 'pending',
      run: 1,
      operation: operation.id,
      declared: ACTION,
    });
    expect(operation).toMatchObject({
      awaits: { kind: 'runCommand', key: command?.key, gone: false },
      instances: [0],
      name: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommand/action',
    });
    expect(await logged(plane)).toMatchObject([{ status: 'Accepted', operationId: operation.id }]);
  });

  test('is refused while another is under way on the instance, not on another one', async () => {
    const plane = await planeWith();
    await runCommandAction(plane, ORIGIN, { ...REF, body: ACTION });
    const again = await refusedWhole(plane, () => runCommandAction(plane, ORIGIN, { ...REF, body: ACTION }));
    expect(again).toMatchObject({
      code: 'conflict',
      message:
        'Run command extension execution is in progress. Please wait for completion before invoking a run command.',
    });
    await runCommandAction(plane, ORIGIN, { ...REF, instanceId: '1', body: ACTION });
  });

  test('asked twice at the same moment runs once', async () => {
    const plane = await planeWith();
    const ask = (): Promise<unknown> => runCommandAction(plane, ORIGIN, { ...REF, body: ACTION });
    const answers = await Promise.allSettled([ask(), ask(), ask()]);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await commands(plane)).toHaveLength(1);
    expect(await plane.store.openOperations()).toHaveLength(1);
  });

  test('may run beside a resource, and after one that has ended', async () => {
    const plane = await planeWith();
    await putRunCommand(plane, ORIGIN, { ...CHECK, body: resource() });
    await store(plane, 'runCommand', runCommandRow({ state: 'ended' }));
    await runCommandAction(plane, ORIGIN, { ...REF, body: ACTION });
    expect(await commands(plane)).toHaveLength(3);
  });

  test.each<[JsonObject, string]>([
    [{ script: ['a'] }, 'commandId'],
    [{ commandId: 'RunPowerShellScript', script: ['a'] }, 'commandId'],
    [{ commandId: 'RunShellScript' }, 'script'],
    [{ commandId: 'RunShellScript', script: [] }, 'script'],
  ])('with the body %j is refused for its %s', async (body, target) => {
    const plane = await planeWith();
    const failure = await refusedWhole(plane, () => runCommandAction(plane, ORIGIN, { ...REF, body }));
    expect(failure).toMatchObject({ code: 'invalidParameter', target });
  });

  test('knows its command in any case', async () => {
    const plane = await planeWith();
    await runCommandAction(plane, ORIGIN, { ...REF, body: { ...ACTION, commandId: 'runshellscript' } });
    expect(await commands(plane)).toHaveLength(1);
  });
});

describe('any command', () => {
  const asks = [
    (plane: TestPlane, ref = REF) => runCommandAction(plane, ORIGIN, { ...ref, body: ACTION }),
    (plane: TestPlane, ref = REF) =>
      putRunCommand(plane, ORIGIN, { ...ref, command: 'check', body: resource() }),
  ] as const;

  test('needs a running guest with nothing else in hand', async () => {
    for (const ask of asks) {
      const stopped = await planeWith({ observed: { power: 'stopped', ready: false } });
      expect(await refusedWhole(stopped, () => ask(stopped))).toMatchObject({
        code: 'operationNotAllowed',
        message: 'The operation requires the VM to be running (or set to run).',
      });
      const busy = await planeWith({ task: taskRow('restart') });
      expect((await refusedWhole(busy, () => ask(busy))).code).toBe('conflict');
    }
  });

  test('needs an instance and a set that are there to stay', async () => {
    const plane = await planeWith();
    const dying = testPlane();
    await storeSet(dying, [instanceRow()], scaleSetRow({ deleting: true }));
    for (const ask of asks) {
      expect((await refusedWhole(plane, () => ask(plane, { ...REF, instanceId: '7' }))).code).toBe(
        'invalidParameter',
      );
      expect((await refusedWhole(plane, () => ask(plane, { ...REF, name: 'db' }))).code).toBe(
        'resourceNotFound',
      );
      expect((await refusedWhole(dying, () => ask(dying))).code).toBe('operationNotAllowed');
    }
  });
});

describe('a PUT of a resource', () => {
  test('makes it, and asks it to run', async () => {
    const plane = await planeWith();
    const { command, created, operation } = await putRunCommand(plane, ORIGIN, {
      ...CHECK,
      body: { ...resource({ timeoutInSeconds: 5 }), id: '/x', tags: { a: 'b' } },
    });
    expect(created).toBe(true);
    expect(command).toMatchObject({
      kind: 'resource',
      name: 'check',
      run: 1,
      state: 'pending',
      tags: { a: 'b' },
    });
    expect(command.declared).toEqual({ properties: { source: { script: 'ls' }, timeoutInSeconds: 5 } });
    expect(operation.resourceId).toMatch(/\/virtualMachines\/0\/runCommands\/check$/);
    expect(await getRunCommand(plane, { ...CHECK, command: 'CHECK' })).toMatchObject({
      command: { key: command.key },
    });
  });

  test('of one that is there replaces it, and asks it to run once more', async () => {
    const plane = await planeWith();
    const first = await putRunCommand(plane, ORIGIN, {
      ...CHECK,
      body: { ...resource({ runAsUser: 'ada' }), tags: { a: 'b' } },
    });
    const [row] = await commands(plane);
    const execution = { state: 'exited', exitCode: 0, stdout: '', stderr: '', startedAt: 1 } as const;
    await store(plane, 'runCommand', { ...(row as RunCommand), state: 'ended', execution });
    const second = await putRunCommand(plane, ORIGIN, {
      ...CHECK,
      body: resource({ provisioningState: 'Succeeded', instanceView: {} }),
    });
    expect(second).toMatchObject({
      created: false,
      command: { key: first.command.key, run: 2, state: 'pending', tags: {} },
    });
    expect(second.command.declared).toEqual({ properties: { source: { script: 'ls' } } });
    expect(second.command).not.toHaveProperty('execution');
  });

  test('that takes the place of a run ends the operation that waited for it', async () => {
    const plane = await planeWith();
    const first = await putRunCommand(plane, ORIGIN, { ...CHECK, body: resource() });
    const second = await putRunCommand(plane, ORIGIN, { ...CHECK, body: resource() });
    expect(await plane.store.operation(first.operation.id)).toMatchObject({
      status: 'Failed',
      error: { code: 'OperationPreempted' },
    });
    expect((await plane.store.operation(second.operation.id))?.status).toBe('InProgress');
    expect(await logged(plane)).toContainEqual(
      expect.objectContaining({ status: 'Failed', operationId: first.operation.id }),
    );
  });

  test.each<[string, JsonObject, string]>([
    ['no source', { properties: {} }, 'source'],
    ['a script at an address', { properties: { source: { scriptUri: 'https://x' } } }, 'source.script'],
    ['a time below 0', resource({ timeoutInSeconds: -1 }), 'timeoutInSeconds'],
    ['a time above a day', resource({ timeoutInSeconds: 86_401 }), 'timeoutInSeconds'],
    ['a flag that is none', resource({ asyncExecution: 'perhaps' }), 'asyncExecution'],
  ])('with %s is refused', async (_, body, target) => {
    const plane = await planeWith();
    const failure = await refusedWhole(plane, () => putRunCommand(plane, ORIGIN, { ...CHECK, body }));
    expect(failure).toMatchObject({ code: 'invalidParameter', target });
  });

  test.each(['', 'a b', 'a/b', '-a', 'a'.repeat(81)])('of the name %j is refused', async (command) => {
    const plane = await planeWith();
    const put = (): Promise<unknown> => putRunCommand(plane, ORIGIN, { ...REF, command, body: resource() });
    expect(await refusedWhole(plane, put)).toMatchObject({
      code: 'invalidParameter',
      target: 'runCommandName',
    });
  });

  test('twice at the same moment makes it once', async () => {
    const plane = await planeWith();
    const put = (): Promise<{ created: boolean }> =>
      putRunCommand(plane, ORIGIN, { ...CHECK, body: resource() });
    const answers = await Promise.all([put(), put()]);
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(await commands(plane)).toMatchObject([{ run: 2 }]);
    expect(await plane.store.openOperations()).toHaveLength(1);
  });
});

describe('a PATCH of a resource', () => {
  test('changes what it names, keeps the rest, and asks it to run once more', async () => {
    const plane = await planeWith();
    const body = { ...resource({ timeoutInSeconds: 5 }), tags: { a: 'b' } };
    const first = await putRunCommand(plane, ORIGIN, { ...CHECK, body });
    const { command } = await patchRunCommand(plane, ORIGIN, {
      ...CHECK,
      body: { properties: { runAsUser: 'ada' } },
    });
    expect(command.declared).toEqual({
      properties: { source: { script: 'ls' }, timeoutInSeconds: 5, runAsUser: 'ada' },
    });
    expect(command).toMatchObject({ key: first.command.key, run: 2, state: 'pending', tags: { a: 'b' } });
    expect((await plane.store.operation(first.operation.id))?.status).toBe('Failed');
  });

  test('is refused for what is not there, and for what would not be one', async () => {
    const plane = await planeWith();
    const missing = await refusedWhole(plane, () => patchRunCommand(plane, ORIGIN, { ...CHECK, body: {} }));
    expect(missing.code).toBe('resourceNotFound');
    await putRunCommand(plane, ORIGIN, { ...CHECK, body: resource() });
    const body = { properties: { timeoutInSeconds: -1 } };
    const wrong = await refusedWhole(plane, () => patchRunCommand(plane, ORIGIN, { ...CHECK, body }));
    expect(wrong.target).toBe('timeoutInSeconds');
  });
});

describe('a delete of a resource', () => {
  test('marks it, for an operation that waits until it is gone, and ends the one before', async () => {
    const plane = await planeWith();
    const first = await putRunCommand(plane, ORIGIN, { ...CHECK, body: resource() });
    const operation = await deleteRunCommand(plane, ORIGIN, CHECK);
    expect(operation?.awaits).toEqual({ kind: 'runCommand', key: first.command.key, gone: true });
    expect(await commands(plane)).toMatchObject([{ state: 'deleting', operation: operation?.id }]);
    expect((await plane.store.operation(first.operation.id))?.status).toBe('Failed');
    const late = await refusedWhole(plane, () =>
      putRunCommand(plane, ORIGIN, { ...CHECK, body: resource() }),
    );
    expect(late.code).toBe('conflict');
  });

  test('that is not there is no failure', async () => {
    const plane = await planeWith();
    expect(await deleteRunCommand(plane, ORIGIN, CHECK)).toBeUndefined();
    expect(await logged(plane)).toEqual([]);
  });
});

describe('reading', () => {
  test('lists resources by name, and no actions', async () => {
    const plane = await planeWith();
    await putRunCommand(plane, ORIGIN, { ...REF, command: 'b', body: resource() });
    await putRunCommand(plane, ORIGIN, { ...REF, command: 'A', body: resource() });
    await runCommandAction(plane, ORIGIN, { ...REF, body: ACTION });
    const { commands: listed } = await listRunCommands(plane, REF);
    expect(listed.map(({ name }) => name)).toEqual(['A', 'b']);
  });

  test('refuses what is not there', async () => {
    const plane = await planeWith();
    expect((await refusalOf(getRunCommand(plane, CHECK))).message).toContain(
      '/virtualMachines/0/runCommands/check',
    );
    expect((await refusalOf(listRunCommands(plane, { ...REF, instanceId: '7' }))).code).toBe('notFound');
  });
});
