// What is asked of a machine: its model applied again, its sizes, and the verbs that no plane of Muster's does. Also that the use
// cases for instances find a machine by its name, and what they make of it. A refusal changes nothing.
import { beforeEach, describe, expect, test } from 'vitest';
import {
  logged,
  ORIGIN,
  refusedWhole,
  store,
  storeSet,
  SUBSCRIPTION,
  type TestPlane,
  testPlane,
} from '../../test/testing/plane.ts';
import { diskRow, instanceRow, scaleSetRow, SET_UID, taskRow, vmIdOf } from '../../test/testing/rows.ts';
import { guestHandle } from '../domain/guest.ts';
import type { DataDisk, Instance } from '../domain/instance.ts';
import { machineName } from '../domain/machine-name.ts';
import { diskPath, machinePath } from '../domain/resource-path.ts';
import { commandHandle } from '../domain/run-command.ts';
import type { Target } from '../domain/target.ts';
import { actOnInstances } from './act-on-instances.ts';
import { attachDetachDisks } from './attach-detach-disks.ts';
import { listInstanceExtensions, writeInstanceExtension } from './instance-extensions.ts';
import { machineSizes, reapplyMachine, refuseVerb } from './machine-actions.ts';
import { deleteRunCommand, getRunCommand, putRunCommand, runCommandAction } from './run-commands.ts';

const name = (id: number): string => machineName('web', vmIdOf(id));
const ref = (id: number) => ({ group: 'rg', name: name(id) });
const FLEXIBLE = { orchestrationMode: 'Flexible' };

let plane: TestPlane;

function machine(id: number, given: Parameters<typeof instanceRow>[0] = {}): Instance {
  return instanceRow({ id, machine: { group: 'rg', name: name(id) }, ...given });
}

async function storeMachines(...machines: readonly Instance[]): Promise<void> {
  await storeSet(plane, machines, scaleSetRow({ capacity: machines.length, properties: FLEXIBLE }));
}

const row = async (id: number): Promise<Instance | undefined> => plane.store.instance(SET_UID, id);

beforeEach(() => {
  plane = testPlane();
});

describe('a machine whose model is applied again', () => {
  test('is given to its guest once more, and nothing else is asked of it', async () => {
    await storeMachines(machine(0), machine(1));
    const before = await row(0);
    const operation = await reapplyMachine(plane, ORIGIN, ref(0));
    expect(operation).toMatchObject({
      name: 'Microsoft.Compute/virtualMachines/reapply/action',
      resourceId: machinePath(SUBSCRIPTION, 'rg', name(0)),
      instances: [name(0)],
      awaits: { kind: 'instances' },
    });
    expect(await row(0)).toMatchObject({
      wanted: {
        exists: true,
        power: 'running',
        model: 1,
        turn: { kind: 'reconfigure', generation: (before?.generation ?? 0) + 1 },
      },
      task: { verb: 'configure', operation: operation.id },
      dataDisks: before?.dataDisks,
    });
    expect((await row(1))?.task).toBeUndefined();
    expect(await logged(plane)).toMatchObject([{ status: 'Accepted', operationId: operation.id }]);
  });

  test('runs again what failed of its extensions, and nothing that succeeded', async () => {
    const record = { print: 'p', handler: 'a.b', version: '1.0', since: 0, run: 1, key: 'k' } as const;
    const records = [
      { ...record, name: 'good', state: 'succeeded' as const },
      { ...record, name: 'bad', state: 'failed' as const },
    ];
    const failure = { code: 'VMExtensionProvisioningError', message: 'bad' } as const;
    await storeMachines(machine(0, { failure, extensions: { own: [], records } as never }));
    await reapplyMachine(plane, ORIGIN, ref(0));
    const after = await row(0);
    expect(after?.extensions?.records.map((one) => one.name)).toEqual(['good']);
    expect(after?.failure).toBeUndefined();
  });

  test('stays off where it is off', async () => {
    await storeMachines(
      machine(0, {
        wanted: { exists: true, power: 'deallocated', model: 1 },
        observed: { power: 'deallocated', ready: false },
      }),
    );
    await reapplyMachine(plane, ORIGIN, ref(0));
    expect((await row(0))?.wanted).toMatchObject({ power: 'deallocated', turn: { kind: 'reconfigure' } });
  });

  test('is refused while a verb is in hand, on its way out, and where there is none', async () => {
    const leaving = { exists: false, power: 'running', model: 1 } as const;
    await storeMachines(
      machine(0, { task: taskRow('restart') }),
      machine(1, { wanted: leaving, task: taskRow('delete') }),
    );
    const refused = async (id: number) => refusedWhole(plane, () => reapplyMachine(plane, ORIGIN, ref(id)));
    expect((await refused(0)).code).toBe('conflict');
    expect(await refused(1)).toMatchObject({
      code: 'operationNotAllowed',
      message: `Operation 'reapply' is not allowed on VM '${name(1)}' since the VM is marked for deletion. You can only retry the Delete operation (or wait for an ongoing one to complete).`,
    });
    expect((await refused(7)).code).toBe('resourceNotFound');
  });
});

test('a machine may have the sizes that take its data disks', async () => {
  const disk = (lun: number): DataDisk => ({
    lun,
    sizeGiB: 1,
    name: `d${lun}`,
    declared: { lun },
    fromModel: false,
  });
  await storeMachines(machine(0), machine(1, { dataDisks: [disk(0), disk(1), disk(2)] }));
  const sizes = async (id: number) => (await machineSizes(plane, ref(id))).map((size) => size.name);
  expect(await sizes(0)).toContain('Standard_B1s');
  expect(await sizes(1)).not.toContain('Standard_B1s');
  expect(await sizes(1)).toContain('Standard_B2s');
});

test('a refused verb is refused of a machine that is there, and what is not there is not found', async () => {
  await storeMachines(machine(0));
  const refused = async (id: number) => refusedWhole(plane, () => refuseVerb(plane, ref(id), 'capture'));
  expect((await refused(0)).code).toBe('operationNotAllowed');
  expect((await refused(7)).code).toBe('resourceNotFound');
});

describe('of a machine with a guest that came along from elsewhere', () => {
  const guest = guestHandle('5ca1ab1e-0000-4000-8000-0000000000aa', 4);

  test('a command runs in that guest, and is called after the machine', async () => {
    await storeMachines(machine(0, { guest }));
    await runCommandAction(plane, ORIGIN, {
      ...ref(0),
      body: { commandId: 'RunShellScript', script: ['ls'] },
    });
    const body = { location: 'westus', properties: { source: { script: 'ls' } } };
    await putRunCommand(plane, ORIGIN, { ...ref(0), command: 'check', body });
    const commands = await plane.store.runCommands(SET_UID, 0);
    expect(commands.map(commandHandle)).toEqual([guest, guest]);
    const { command } = await getRunCommand(plane, { ...ref(0), command: 'check' });
    expect(command.machine).toEqual({ group: 'rg', name: name(0) });
  });
});

describe('a machine is found by its name', () => {
  test('for its verbs, which its protection from the actions of its set does not forbid', async () => {
    const protection = { protectFromScaleIn: true, protectFromScaleSetActions: true };
    await storeMachines(machine(0, { protection }));
    const named = { kind: 'named', instanceIds: [name(0)] } as const;
    const ofSet = () =>
      actOnInstances(plane, ORIGIN, { group: 'rg', name: 'web', verb: 'restart', target: named });
    expect((await refusedWhole(plane, ofSet)).message).toMatch(/protected from scale set actions/);
    const target = { kind: 'machine' } as const;
    const { operation } = await actOnInstances(plane, ORIGIN, { ...ref(0), verb: 'restart', target });
    expect(operation.name).toBe('Microsoft.Compute/virtualMachines/restart/action');
  });

  test('and passed over by an upgrade of its set where its model is its own, or refused when it is named', async () => {
    const own = { exists: true, power: 'running', model: -1 } as const;
    await storeMachines(machine(0), machine(1, { model: -1, wanted: own }));
    const upgrade = (target: Target) =>
      actOnInstances(plane, ORIGIN, { group: 'rg', name: 'web', verb: 'update', target });
    const { operation } = await upgrade({ kind: 'all' });
    expect(operation.instances).toEqual([name(0)]);
    const one = () => upgrade({ kind: 'named', instanceIds: [name(1)] });
    expect((await refusedWhole(plane, one)).message).toContain(
      'was not created from the virtual machine profile of its scale set',
    );
  });

  test('and not asked for anything while it waits to take the place of another', async () => {
    await storeMachines(machine(0), machine(1, { surge: true }));
    for (const verb of ['restart', 'delete'] as const) {
      const ask = () => actOnInstances(plane, ORIGIN, { ...ref(1), verb, target: { kind: 'machine' } });
      expect((await refusedWhole(plane, ask)).code).toBe('conflict');
    }
    expect((await refusedWhole(plane, () => reapplyMachine(plane, ORIGIN, ref(1)))).code).toBe('conflict');
  });

  test('and not asked for anything while its set is being deleted', async () => {
    await storeSet(plane, [machine(0)], scaleSetRow({ capacity: 1, properties: FLEXIBLE }));
    const body = { location: 'westus', properties: { source: { script: 'ls' } } };
    await putRunCommand(plane, ORIGIN, { ...ref(0), command: 'check', body });
    const set = await plane.store.scaleSetByUid(SET_UID);
    if (set !== undefined) await store(plane, 'scaleSet', { ...set, deleting: true });
    const remove = () => deleteRunCommand(plane, ORIGIN, { ...ref(0), command: 'check' });
    const restart = () =>
      actOnInstances(plane, ORIGIN, { ...ref(0), verb: 'restart', target: { kind: 'machine' } });
    for (const ask of [remove, restart]) {
      expect((await refusedWhole(plane, ask)).message).toMatch(/on VM 'web_.*marked for deletion/);
    }
  });

  test('for its extensions, in another case too', async () => {
    await storeMachines(machine(0));
    const body = {
      properties: {
        publisher: 'Microsoft.Azure.Extensions',
        type: 'CustomScript',
        typeHandlerVersion: '2.1',
        settings: { commandToExecute: 'true' },
      },
    };
    const loud = { group: 'RG', name: name(0).toUpperCase() };
    const { operation } = await writeInstanceExtension(plane, ORIGIN, {
      ...loud,
      extension: 'setup',
      body,
      style: 'put',
    });
    expect(operation.resourceId).toBe(`${machinePath(SUBSCRIPTION, 'rg', name(0))}/extensions/setup`);
    const { extensions } = await listInstanceExtensions(plane, ref(0));
    expect(extensions.map((one) => one.name)).toEqual(['setup']);
  });

  test('for its disks, of which its own size says how many', async () => {
    await storeMachines(machine(0, { size: 'Standard_B1s' }), machine(1, { size: 'Standard_B2s' }));
    const paths = ['a', 'b', 'c'].map((disk) => diskPath(SUBSCRIPTION, 'rg', disk));
    await store(
      plane,
      'disk',
      ...['a', 'b', 'c'].map((called, index) => diskRow({ name: called, uid: vmIdOf(50 + index) })),
    );
    const body = { dataDisksToAttach: paths.map((diskId) => ({ diskId })) };
    const attach = (id: number) => attachDetachDisks(plane, ORIGIN, { ...ref(id), body });
    expect((await refusedWhole(plane, () => attach(0))).message).toMatch(/data disks/);
    expect((await attach(1)).name).toBe('Microsoft.Compute/virtualMachines/attachDetachDataDisks/action');
    expect((await row(1))?.dataDisks.map((disk) => disk.name)).toEqual(['a', 'b', 'c']);
  });
});
