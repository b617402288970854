// Run commands through @azure/arm-compute: the action, and the resources that stay. All of them really run.
import { beforeAll, describe, expect, test } from 'vitest';
import { until } from '../arm.ts';
import { guestProcesses, lifeOf } from '../guests.ts';
import { SOON } from './clients.ts';
import { all, declared, type Fleet, GROUP, LOCATION, refused, SetUnderTest } from './fleet.ts';

export function runCommandTests(fleet: () => Fleet): void {
  const set = new SetUnderTest(fleet, 'runs');
  const vms = () => fleet().compute.virtualMachineScaleSetVMs;
  const commands = () => fleet().compute.virtualMachineScaleSetVMRunCommands;
  const shown = async (name: string) =>
    (await commands().get(GROUP, 'runs', '0', name, { expand: 'instanceView' })).instanceView;

  /** Of the first instance's guest. */
  const processes = () => guestProcesses(fleet().muster.data).get(set.handle('0')) ?? [];
  /** The guest is there as before, and nothing that has come since. What went by itself meanwhile is no matter. */
  const expectNothingSince = (before: readonly number[]) => {
    const now = processes();
    expect(now.filter((pid) => !before.includes(pid))).toEqual([]);
    expect(now).toContain(lifeOf(fleet().muster.data, set.handle('0')).pid);
  };

  const action = async (script: readonly string[], parameters: { name: string; value: string }[] = []) => {
    const input = { commandId: 'RunShellScript', script: [...script], parameters };
    const { value } = await vms().runCommand(GROUP, 'runs', '0', input, SOON);
    return value?.[0]?.message ?? '';
  };

  const run = async (name: string, script: string, more = {}) =>
    commands().createOrUpdate(
      GROUP,
      'runs',
      '0',
      name,
      { location: LOCATION, source: { script }, ...more },
      SOON,
    );

  beforeAll(async () => {
    await set.create(declared('base', 2));
  });

  describe('a run command as an action', () => {
    test('answers what the script printed, with its parameters by place and by name', async () => {
      const parameters = [
        { name: 'arg1', value: 'hello, world' },
        { name: 'greeting', value: "it's $(here)" },
      ];
      expect(await action(['echo "$# $1; $greeting"', 'echo oops >&2'], parameters)).toBe(
        "Enable succeeded: \n[stdout]\n1 hello, world; it's $(here)\n\n[stderr]\noops\n",
      );
    });

    test('runs as many lines as one script, in the guest that it names', async () => {
      expect(
        await action(['cd "$MUSTER_ROOT/root"', 'echo hello >note', 'echo $MUSTER_COMPUTER_NAME; cat note']),
      ).toMatch(/base000000\nhello/);
      expect(await set.inside('1', 'cat "$MUSTER_ROOT/root/note" 2>&1 || true')).toMatch(/No such file/);
    });

    test('tells how the script ended', async () => {
      expect(await action(['exit 7'])).toMatch(/terminated with exit status=7/);
    });

    test('cuts the output off at four thousand bytes, and keeps the end', async () => {
      const message = await action(['i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo line $i; done']);
      const stdout = /\[stdout\]\n([\s\S]*)\n\[stderr\]/.exec(message)?.[1] ?? '';
      expect(Buffer.byteLength(stdout)).toBeLessThanOrEqual(4096);
      expect(stdout.trimEnd()).toMatch(/line 3000$/);
    });

    test('is refused for an instance that is not there or not running', async () => {
      const input = { commandId: 'RunShellScript', script: ['true'] };
      const missing = refused(vms().runCommand(GROUP, 'runs', '9', input, SOON));
      expect(await missing).toMatchObject({ statusCode: 400, code: 'InvalidParameter' });
      await vms().powerOff(GROUP, 'runs', '1', SOON);
      const stopped = refused(vms().runCommand(GROUP, 'runs', '1', input, SOON));
      expect(await stopped).toMatchObject({ statusCode: 409, code: 'OperationNotAllowed' });
    });

    test('has documents that say what can be run', async () => {
      const { virtualMachineRunCommands: documents } = fleet().compute;
      const listed = await all(documents.list(LOCATION));
      expect(listed.map(({ id }) => id)).toContain('RunShellScript');
      expect(await documents.get(LOCATION, 'RunShellScript')).toMatchObject({ osType: 'Linux' });
    });
  });

  describe('a run command as a resource', () => {
    test('keeps what became of it', async () => {
      const made = await run('hello', 'echo $who; echo problem >&2; exit 3', {
        parameters: [{ name: 'who', value: 'world' }],
        protectedParameters: [{ name: 'token', value: 'not-to-be-seen-2' }],
      });
      expect(made).toMatchObject({ name: 'hello', provisioningState: 'Succeeded' });
      expect(await shown('hello')).toMatchObject({
        executionState: 'Failed',
        exitCode: 3,
        output: 'world\n',
        error: 'problem\n',
      });
    });

    test('uses its protected parameters and shows them to nobody', async () => {
      await run('secretive', 'printf %s "$token" | wc -c', {
        protectedParameters: [{ name: 'token', value: 'not-to-be-seen-2' }],
      });
      expect((await shown('secretive'))?.output?.trim()).toBe('16');
      const read = await commands().get(GROUP, 'runs', '0', 'secretive', { expand: 'instanceView' });
      expect(JSON.stringify(read)).not.toMatch(/not-to-be-seen/);
    });

    test('runs once more when it is changed', async () => {
      const update = await commands().update(
        GROUP,
        'runs',
        '0',
        'hello',
        { source: { script: 'echo again, $who' } },
        SOON,
      );
      expect(update.provisioningState).toBe('Succeeded');
      expect(await shown('hello')).toMatchObject({
        executionState: 'Succeeded',
        exitCode: 0,
        output: 'again, world\n',
      });
    });

    test('is ended with all that it started when its time is up', async () => {
      const before = processes();
      await run('endless', 'sleep 2147483647 & sleep 2147483647', { timeoutInSeconds: 1 });
      expect(await shown('endless')).toMatchObject({ executionState: 'TimedOut' });
      expectNothingSince(before);
    });

    test('that is asynchronous is made when it has begun, and tells later how it ended', async () => {
      await set.inside('0', 'mkfifo "$MUSTER_ROOT/root/gate"');
      await run('patient', 'echo begun; cat "$MUSTER_ROOT/root/gate"', { asyncExecution: true });
      await until(async () => (await shown('patient'))?.output === 'begun\n');
      expect(await shown('patient')).toMatchObject({ executionState: 'Running' });
      // The action runs beside it.
      await set.inside('0', 'echo through >"$MUSTER_ROOT/root/gate"');
      await until(async () => (await shown('patient'))?.executionState !== 'Running');
      expect(await shown('patient')).toMatchObject({
        executionState: 'Succeeded',
        output: 'begun\nthrough\n',
      });
    });

    test('is listed with the others of its instance, and is gone when it is deleted', async () => {
      const names = async () =>
        new Set((await all(commands().list(GROUP, 'runs', '0'))).map(({ name }) => name));
      expect(await names()).toEqual(new Set(['endless', 'hello', 'patient', 'secretive']));
      await commands().delete(GROUP, 'runs', '0', 'hello', SOON);
      expect(await names()).toEqual(new Set(['endless', 'patient', 'secretive']));
      expect(await refused(commands().get(GROUP, 'runs', '0', 'hello'))).toMatchObject({ statusCode: 404 });
      await commands().delete(GROUP, 'runs', '0', 'hello', SOON);
    });

    test.for(['has hardly begun', 'still runs'])('that %s is ended when it is deleted', async (how) => {
      const before = processes();
      await run('unwanted', 'sleep 2147483647 & echo begun; wait', { asyncExecution: true });
      if (how === 'still runs') await until(async () => (await shown('unwanted'))?.output === 'begun\n');
      // Asked again at once each time, so that the answer leaves no time in which the rest could go.
      await commands().delete(GROUP, 'runs', '0', 'unwanted', { updateIntervalInMs: 1 });
      expectNothingSince(before);
    });
  });
}
