// Verbs on instances, from request to commit. What never happens: an instance that was not named is changed; a refused
// request changes anything at all; two requests both get the same instance.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  everything,
  logged,
  ORIGIN,
  refusalOf,
  refusedWhole,
  store,
  storeSet,
  SUBSCRIPTION,
  type TestPlane,
  testPlane,
} from '../../test/testing/plane.ts';
import {
  groupRow,
  instanceRow,
  modelRow,
  operationRow,
  scaleSetRow,
  SET_UID,
  taskRow,
} from '../../test/testing/rows.ts';
import { Failure } from '../domain/failure.ts';
import type { Instance } from '../domain/instance.ts';
import { type ActionVerb, VERBS } from '../domain/verb.ts';
import { type Acted, type ActionRequest, actOnInstances, deleteInstance } from './act-on-instances.ts';

const WEB = { group: 'rg', name: 'web' };
const ALL = Object.keys(VERBS) as ActionVerb[];
const fromActions = { protectFromScaleIn: false, protectFromScaleSetActions: true };
const SET_PATH = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/web`;

async function planeWith(...instances: readonly Instance[]): Promise<TestPlane> {
  const plane = testPlane();
  await storeSet(plane, instances);
  return plane;
}

function fleet(count: number): readonly Instance[] {
  return Array.from({ length: count }, (_, id) => instanceRow({ id }));
}

function act(
  plane: TestPlane,
  verb: ActionVerb,
  ids?: readonly string[],
  given: Partial<ActionRequest> = {},
): Promise<Acted> {
  const target =
    ids === undefined ? ({ kind: 'all' } as const) : ({ kind: 'named', instanceIds: ids } as const);
  return actOnInstances(plane, ORIGIN, { ...WEB, verb, target, ...given });
}

function one(plane: TestPlane, verb: ActionVerb, instanceId: string): Promise<Acted> {
  return act(plane, verb, undefined, { target: { kind: 'one', instanceId } });
}

async function busyIds(plane: TestPlane): Promise<readonly number[]> {
  const instances = await plane.store.instances(SET_UID);
  return instances.filter((row) => row.task !== undefined).map((row) => row.id);
}

async function capacity(plane: TestPlane): Promise<number | undefined> {
  return (await plane.store.scaleSetByUid(SET_UID))?.declared.sku.capacity;
}

describe('a verb', () => {
  test('on named instances is in the hands of just those, for one operation that names them', async () => {
    const plane = await planeWith(...fleet(4));
    const { operation, changed } = await act(plane, 'restart', ['3', '1']);
    expect(changed).toBe(2);
    expect(await busyIds(plane)).toEqual([1, 3]);
    expect((await plane.store.instance(SET_UID, 1))?.task).toMatchObject({
      verb: 'restart',
      operation: operation.id,
    });
    expect(await plane.store.openTasks(operation.id)).toBe(2);
    expect(await plane.store.operation(operation.id)).toMatchObject({
      status: 'InProgress',
      awaits: { kind: 'instances' },
      instances: [3, 1],
      name: 'Microsoft.Compute/virtualMachineScaleSets/restart/action',
      resourceId: SET_PATH,
      caller: 'ada',
      correlationId: ORIGIN.correlationId,
      started: plane.clock.now(),
    });
    expect(await logged(plane)).toMatchObject([
      { status: 'Accepted', operationId: operation.id, instances: [3, 1] },
    ]);
  });

  test('on all is in the hands of every member, and of nothing that is surplus or on its way out', async () => {
    const going = { exists: false, power: 'running', model: 1 } as const;
    const plane = await planeWith(
      ...fleet(2),
      instanceRow({ id: 2, surplus: true }),
      instanceRow({ id: 3, wanted: going, task: taskRow('delete') }),
    );
    const { operation } = await act(plane, 'reimage');
    expect(operation.instances).toEqual([0, 1]);
    expect(await busyIds(plane)).toEqual([0, 1, 3]);
  });

  test('on one, addressed itself, says so in its operation', async () => {
    const plane = await planeWith(...fleet(3));
    const { operation } = await one(plane, 'powerOff', '2');
    expect(operation).toMatchObject({
      name: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/powerOff/action',
      resourceId: `${SET_PATH}/virtualMachines/2`,
      instances: [2],
    });
    expect(await busyIds(plane)).toEqual([2]);
  });

  test('on `*` in the place of one is on all', async () => {
    const plane = await planeWith(...fleet(2));
    const { operation } = await one(plane, 'deallocate', '*');
    expect(operation).toMatchObject({ resourceId: SET_PATH, instances: [0, 1] });
  });

  test('that changes nothing is accepted all the same, and its operation has nothing to wait for', async () => {
    const plane = await planeWith(...fleet(2));
    const { operation, changed } = await act(plane, 'start');
    expect(changed).toBe(0);
    expect(await busyIds(plane)).toEqual([]);
    expect(await plane.store.operation(operation.id)).toMatchObject({
      status: 'InProgress',
      instances: [0, 1],
    });
    expect(await plane.store.openTasks(operation.id)).toBe(0);
  });

  test('cuts the power when the shutdown is to be skipped', async () => {
    const plane = await planeWith(...fleet(1));
    await act(plane, 'powerOff', ['0'], { skipShutdown: true });
    expect((await plane.store.instance(SET_UID, 0))?.task?.graceful).toBe(false);
  });

  test('works in a set and a group that are named in any case', async () => {
    const plane = await planeWith(...fleet(1));
    const { operation } = await act(plane, 'restart', ['0'], { group: 'RG', name: 'WEB' });
    expect(operation).toMatchObject({ group: 'rg', setName: 'web', resourceId: SET_PATH });
  });
});

describe('a refused request changes nothing at all', () => {
  test.each(ALL)('%s, when one of ten ids is wrong', async (verb) => {
    const plane = await planeWith(...fleet(12));
    const right = ['0', '1', '2', '3', '4', '5', '6', '7', '8'];
    for (const wrong of ['12', 'x', '-1', '01', '*', '']) {
      for (const ids of [
        [wrong, ...right],
        [...right, wrong],
      ]) {
        const failure = await refusedWhole(plane, () => act(plane, verb, ids));
        expect(failure).toMatchObject({ code: 'invalidParameter', target: 'instanceIds' });
      }
    }
  });

  test.each(ALL)('%s, when one of them has a verb in hand', async (verb) => {
    const other = verb === 'restart' ? 'reimage' : 'restart';
    const plane = await planeWith(...fleet(3), instanceRow({ id: 3, task: taskRow(other) }));
    for (const ids of [['0', '3'], ['3'], ['*'], undefined]) {
      expect((await refusedWhole(plane, () => act(plane, verb, ids))).code).toBe('conflict');
    }
    expect((await refusedWhole(plane, () => one(plane, verb, '3'))).code).toBe('conflict');
  });

  test('when there is no such group, set or instance', async () => {
    const plane = await planeWith(...fleet(1));
    const set = await refusedWhole(plane, () => act(plane, 'restart', ['0'], { name: 'db' }));
    expect(set.code).toBe('resourceNotFound');
    expect(set.message).toContain(
      "'Microsoft.Compute/virtualMachineScaleSets/db' under resource group 'rg' was not found",
    );
    const group = await refusedWhole(plane, () => act(plane, 'restart', ['0'], { group: 'other' }));
    expect(group).toMatchObject({
      code: 'resourceGroupNotFound',
      message: "Resource group 'other' could not be found.",
    });
    expect((await refusedWhole(plane, () => one(plane, 'restart', '7'))).code).toBe('invalidParameter');
  });

  test('when the set is being deleted', async () => {
    const plane = testPlane();
    await storeSet(plane, fleet(1), scaleSetRow({ capacity: 1, deleting: true }));
    const failure = await refusedWhole(plane, () => act(plane, 'restart'));
    expect(failure.code).toBe('operationNotAllowed');
    expect(failure.message).toMatch(
      /^Operation 'restart' is not allowed on Virtual Machine Scale Set 'web' since it is marked for deletion\./,
    );
  });

  test('when nothing is named', async () => {
    const plane = await planeWith(...fleet(1));
    expect((await refusedWhole(plane, () => act(plane, 'restart', []))).code).toBe('invalidParameter');
  });
});

describe('the verb that an instance goes through already', () => {
  const restarting = instanceRow({ id: 1, task: taskRow('restart', { operation: 'older' }) });

  test('is a conflict for who names the instance, and is passed over when all are asked for', async () => {
    const plane = await planeWith(instanceRow({ id: 0 }), restarting);
    expect((await refusedWhole(plane, () => act(plane, 'restart', ['1']))).code).toBe('conflict');
    const { operation } = await act(plane, 'restart');
    expect(operation.instances).toEqual([0]);
    expect((await plane.store.instance(SET_UID, 1))?.task?.operation).toBe('older');
  });

  test('is not the same when it is an update to a version that is not the latest any more', async () => {
    const plane = testPlane();
    const wanted = { exists: true, power: 'running', model: 2 } as const;
    const updating = instanceRow({ id: 1, task: taskRow('update'), wanted });
    await storeSet(plane, [instanceRow({ id: 0 }), updating], scaleSetRow({ capacity: 2, model: 3 }));
    expect((await refusedWhole(plane, () => act(plane, 'update'))).code).toBe('conflict');
    const current = testPlane();
    await storeSet(current, [instanceRow({ id: 0 }), updating], scaleSetRow({ capacity: 2, model: 2 }));
    expect((await act(current, 'update')).operation.instances).toEqual([0]);
  });
});

describe('protection from scale set actions', () => {
  const fleetWithOne = [instanceRow({ id: 0 }), instanceRow({ id: 1, protection: fromActions })];

  test('refuses a request that names the instance, whole', async () => {
    const plane = await planeWith(...fleetWithOne);
    expect((await refusedWhole(plane, () => act(plane, 'reimage', ['0', '1']))).code).toBe(
      'operationNotAllowed',
    );
  });

  test('makes a request for all pass it over, and its operation does not name it', async () => {
    const plane = await planeWith(...fleetWithOne);
    const { operation } = await act(plane, 'reimage');
    expect(operation.instances).toEqual([0]);
    expect(await busyIds(plane)).toEqual([0]);
  });

  test('does not protect from a verb on the instance itself, nor from a delete by name', async () => {
    const plane = await planeWith(...fleetWithOne);
    await one(plane, 'restart', '1');
    expect(await busyIds(plane)).toEqual([1]);
    const other = await planeWith(...fleetWithOne);
    await act(other, 'delete', ['1']);
    expect(await busyIds(other)).toEqual([1]);
  });
});

describe('a delete', () => {
  test('lowers the capacity by as many as go', async () => {
    const plane = await planeWith(...fleet(5));
    const { set, changed } = await act(plane, 'delete', ['1', '4']);
    expect(changed).toBe(2);
    expect(await capacity(plane)).toBe(3);
    expect((await plane.store.scaleSetByUid(SET_UID))?.etag).toBe(set.etag + 1);
    expect(await act(plane, 'delete', ['0'])).toMatchObject({ changed: 1 });
    expect(await capacity(plane)).toBe(2);
  });

  test('of all leaves none', async () => {
    const plane = await planeWith(...fleet(3));
    await act(plane, 'delete', ['*']);
    expect(await capacity(plane)).toBe(0);
  });

  test('counts first what was to go anyway: no other instance goes for it', async () => {
    const plane = testPlane();
    // Scaled in from five to two; nothing has gone yet.
    await storeSet(plane, fleet(5), scaleSetRow({ capacity: 2, generation: 2 }));
    await act(plane, 'delete', ['0', '1']);
    expect(await capacity(plane)).toBe(2);
    await act(plane, 'delete', ['2', '3']);
    expect(await capacity(plane)).toBe(1);
  });

  test('keeps the capacity when it is not a delete', async () => {
    const plane = await planeWith(...fleet(2));
    await act(plane, 'deallocate');
    expect(await capacity(plane)).toBe(2);
  });

  test('that is forced takes over from the verb in hand, whose operation gets that as a failure', async () => {
    const plane = await planeWith(...fleet(3));
    const { operation: older } = await act(plane, 'restart', ['0', '1']);
    const { operation } = await act(plane, 'delete', ['0', '2'], { force: true });
    expect((await plane.store.instance(SET_UID, 0))?.task).toMatchObject({
      verb: 'delete',
      operation: operation.id,
    });
    expect((await plane.store.instance(SET_UID, 1))?.task).toMatchObject({
      verb: 'restart',
      operation: older.id,
    });
    expect((await plane.store.operation(older.id))?.failures).toMatchObject([
      { instance: 0, code: 'OperationPreempted' },
    ]);
    expect(await plane.store.openTasks(older.id)).toBe(1);
    expect(await capacity(plane)).toBe(1);
  });

  test('that is forced takes over also where the older operation has ended or is forgotten', async () => {
    const plane = await planeWith(
      instanceRow({ id: 0, task: taskRow('restart', { operation: 'ended' }) }),
      instanceRow({ id: 1, task: taskRow('restart', { operation: 'forgotten' }) }),
    );
    await store(plane, 'operation', operationRow({ id: 'ended', status: 'Failed', ended: 1 }));
    const before = await plane.store.operation('ended');
    expect((await act(plane, 'delete', ['0', '1'], { force: true })).changed).toBe(2);
    expect(await plane.store.operation('ended')).toEqual(before);
  });

  test('forces nothing but a delete', async () => {
    const plane = await planeWith(instanceRow({ task: taskRow('restart') }));
    expect((await refusedWhole(plane, () => act(plane, 'restart', ['0'], { force: true }))).code).toBe(
      'conflict',
    );
  });
});

describe('a delete of an instance itself', () => {
  const ref = (instanceId: string): typeof WEB & { instanceId: string } => ({ ...WEB, instanceId });

  test('is a verb like any other', async () => {
    const plane = await planeWith(...fleet(2));
    const acted = await deleteInstance(plane, ORIGIN, ref('1'));
    expect(acted?.operation).toMatchObject({
      name: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/delete',
      resourceId: `${SET_PATH}/virtualMachines/1`,
    });
    expect(await capacity(plane)).toBe(1);
  });

  test('that is not there is no failure, and changes nothing', async () => {
    const plane = await planeWith(instanceRow({ id: 0 }), instanceRow({ id: 1, surplus: true }));
    const before = await everything(plane);
    for (const id of ['1', '7']) expect(await deleteInstance(plane, ORIGIN, ref(id))).toBeUndefined();
    expect(await deleteInstance(plane, ORIGIN, { group: 'rg', name: 'db', instanceId: '0' })).toBeUndefined();
    expect(await everything(plane)).toEqual(before);
  });

  test('asked for several times at once is one operation for all who ask', async () => {
    const plane = await planeWith(...fleet(3));
    const acted = await Promise.all([1, 2, 3].map(() => deleteInstance(plane, ORIGIN, ref('1'))));
    expect(new Set(acted.map((each) => each?.operation.id)).size).toBe(1);
    expect(acted.filter((each) => each?.changed === 1)).toHaveLength(1);
  });

  test('asked again while it goes answers the operation that is under way', async () => {
    const plane = await planeWith(...fleet(2));
    const first = await deleteInstance(plane, ORIGIN, ref('1'));
    const before = await everything(plane);
    const again = await deleteInstance(plane, ORIGIN, ref('1'));
    expect(again).toMatchObject({ changed: 0, operation: { id: first?.operation.id } });
    expect(await everything(plane)).toEqual(before);
  });

  test('in a group that is not there, or by no number, is refused', async () => {
    const plane = await planeWith(...fleet(1));
    const elsewhere = deleteInstance(plane, ORIGIN, { ...ref('0'), group: 'other' });
    expect((await refusalOf(elsewhere)).code).toBe('resourceGroupNotFound');
    expect((await refusedWhole(plane, () => deleteInstance(plane, ORIGIN, ref('web_0')))).code).toBe(
      'invalidParameter',
    );
  });
});

describe('an update', () => {
  async function stale(profile: Parameters<typeof modelRow>[0]): Promise<TestPlane> {
    const plane = testPlane();
    await store(plane, 'group', groupRow());
    await store(plane, 'scaleSet', scaleSetRow({ capacity: 2, model: 2 }));
    await plane.store.commit([
      { kind: 'putModel', model: modelRow() },
      { kind: 'putModel', model: modelRow({ ...profile, version: 2 }) },
    ]);
    await store(plane, 'instance', instanceRow({ id: 0 }), instanceRow({ id: 1, model: 2 }));
    return plane;
  }

  test('changes what is stale, and leaves alone what is not', async () => {
    const plane = await stale({ size: 'Standard_B2s' });
    const { operation, changed } = await act(plane, 'update', ['0', '1']);
    expect(changed).toBe(1);
    expect(operation).toMatchObject({
      name: 'Microsoft.Compute/virtualMachineScaleSets/manualUpgrade/action',
      instances: [0, 1],
    });
    expect((await plane.store.instance(SET_UID, 0))?.wanted).toEqual({
      exists: true,
      power: 'running',
      model: 2,
      turn: { kind: 'restart', generation: 1 },
    });
    expect(await busyIds(plane)).toEqual([0]);
  });

  test('gives the instance the data disks of the model', async () => {
    const { profile } = modelRow();
    const storageProfile = {
      ...(profile['storageProfile'] as object),
      dataDisks: [{ lun: 3, diskSizeGB: 8 }],
    };
    const plane = await stale({ profile: { ...profile, storageProfile } });
    await act(plane, 'update', ['0']);
    expect(await plane.store.instance(SET_UID, 0)).toMatchObject({
      wanted: { turn: { kind: 'reconfigure' } },
      dataDisks: [{ lun: 3, sizeGiB: 8, fromModel: true }],
    });
  });

  test('of an instance that its own PUT made differ brings it back', async () => {
    const plane = await planeWith(instanceRow({ id: 0, ownModel: true, userData: 'YQ==' }));
    expect(await act(plane, 'update', ['0'])).toMatchObject({ changed: 1 });
    const after = await plane.store.instance(SET_UID, 0);
    expect(after?.ownModel).toBe(false);
    expect(after).not.toHaveProperty('userData');
  });
});

describe('at the same moment', () => {
  test.each(['restart', 'delete', 'reimage'] as const)(
    'of two that ask for %s on one instance, one wins and the other gets a conflict',
    async (verb) => {
      const plane = await planeWith(...fleet(2));
      const answers = await Promise.allSettled([act(plane, 'restart', ['0']), act(plane, verb, ['0', '1'])]);
      expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      const lost = answers.find((answer) => answer.status === 'rejected');
      expect(lost?.reason).toMatchObject({ name: 'Failure', code: 'conflict' });
      // The loser touched nothing: not the other instance either, nor the capacity.
      const open = await plane.store.openOperations();
      expect(open).toHaveLength(1);
      expect(await busyIds(plane)).toEqual(open[0]?.instances);
    },
  );

  test('many deletes of different instances all come through, each counted once', async () => {
    const plane = await planeWith(...fleet(50));
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, id) => act(plane, 'delete', [String(id)])),
    );
    expect(answers.every(({ changed }) => changed === 1)).toBe(true);
    expect(await capacity(plane)).toBe(0);
    expect(await busyIds(plane)).toHaveLength(50);
  });
});

function onlyRefused(error: unknown): undefined {
  expect(error).toBeInstanceOf(Failure);
  return undefined;
}

describe('whatever is asked', () => {
  test('only named instances change, once each, and a refusal changes nothing', async () => {
    const ask = fc.record({
      verb: fc.constantFrom(...ALL),
      ids: fc.option(fc.array(fc.constantFrom('0', '1', '2', '3', '4', '9', '*'), { maxLength: 3 }), {
        nil: undefined,
      }),
      force: fc.boolean(),
    });
    const states = [
      instanceRow({ id: 0 }),
      instanceRow({ id: 1, protection: fromActions }),
      instanceRow({ id: 2, task: taskRow('restart', { operation: operationRow().id }) }),
      instanceRow({ id: 3, surplus: true }),
      instanceRow({
        id: 4,
        wanted: { exists: true, power: 'deallocated', model: 1 },
        observed: { power: 'deallocated', ready: false },
      }),
    ];
    await fc.assert(
      fc.asyncProperty(ask, async ({ verb, ids, force }) => {
        const plane = await planeWith(...states);
        await store(plane, 'operation', operationRow());
        const before = await plane.store.instances(SET_UID);
        const whole = JSON.stringify(await everything(plane));
        const acted = await act(plane, verb, ids, { force }).catch(onlyRefused);
        const after = await plane.store.instances(SET_UID);
        if (acted === undefined) {
          expect(JSON.stringify(await everything(plane))).toBe(whole);
          return;
        }
        const changed = after.filter((row, index) => row !== before[index]).map((row) => row.id);
        expect(acted.operation.instances).toEqual(expect.arrayContaining(changed));
        expect(acted.changed).toBe(changed.length);
        const named = ids === undefined || ids.includes('*') ? ['0', '1', '2', '4'] : ids;
        expect(named).toEqual(expect.arrayContaining(changed.map(String)));
        await plane.store.close();
      }),
    );
  });
});
