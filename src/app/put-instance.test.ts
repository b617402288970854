// PUT of an instance. What never happens: what the set says of it is changed; a verb in hand is replaced.
import { describe, expect, test } from 'vitest';
import {
  logged,
  ORIGIN,
  refusedWhole,
  store,
  storeSet,
  type TestPlane,
  testPlane,
} from '../../test/testing/plane.ts';
import { groupRow, instanceRow, scaleSetRow, SET_UID, taskRow } from '../../test/testing/rows.ts';
import type { DataDisk, Instance } from '../domain/instance.ts';
import type { JsonObject } from '../domain/json.ts';
import { putInstance, type PutInstanceRequest } from './put-instance.ts';

const REF = { group: 'rg', name: 'web', instanceId: '0' };
const disk: DataDisk = {
  lun: 0,
  sizeGiB: 32,
  name: 'web_web_0_disk2_x',
  declared: { lun: 0, diskSizeGB: 32, createOption: 'Empty' },
  fromModel: true,
};

type Answer = Awaited<ReturnType<typeof putInstance>>;

function put(plane: TestPlane, body: JsonObject, given: Partial<PutInstanceRequest> = {}): Promise<Answer> {
  return putInstance(plane, ORIGIN, { ...REF, body, ...given });
}

async function planeWith(given: Parameters<typeof instanceRow>[0] = {}): Promise<TestPlane> {
  const plane = testPlane();
  await storeSet(plane, [instanceRow(given)]);
  return plane;
}

async function stored(plane: TestPlane): Promise<Instance> {
  return (await plane.store.instance(SET_UID, 0)) as Instance;
}

function protect(protectFromScaleIn: unknown, protectFromScaleSetActions: unknown): JsonObject {
  return {
    properties: { protectionPolicy: { protectFromScaleIn, protectFromScaleSetActions } as JsonObject },
  };
}

function disks(...dataDisks: readonly JsonObject[]): JsonObject {
  return { properties: { storageProfile: { dataDisks } } };
}

describe('protection', () => {
  test('is absent until it is set, and then stays, also when it is turned off', async () => {
    const plane = await planeWith();
    await put(plane, { tags: { a: 'b' } });
    expect(await stored(plane)).not.toHaveProperty('protection');
    await put(plane, protect(true, 'True'));
    expect((await stored(plane)).protection).toEqual({
      protectFromScaleIn: true,
      protectFromScaleSetActions: true,
    });
    await put(plane, protect(false, false));
    expect((await stored(plane)).protection).toEqual({
      protectFromScaleIn: false,
      protectFromScaleSetActions: false,
    });
  });

  test('is no verb: it is there at once, raises the etag, and is allowed while a verb is in hand', async () => {
    const plane = await planeWith({ task: taskRow('restart') });
    const before = await stored(plane);
    const { instance, operation } = await put(plane, protect(true, false));
    expect(instance.etag).toBe(before.etag + 1);
    const { revision: _a, protection, ...rest } = await stored(plane);
    const { revision: _b, ...kept } = before;
    expect(protection).toEqual({ protectFromScaleIn: true, protectFromScaleSetActions: false });
    expect(rest).toEqual({ ...kept, etag: before.etag + 1 });
    expect(await plane.store.openTasks(operation.id)).toBe(0);
  });

  test('is left alone by a body that says nothing of it', async () => {
    const plane = await planeWith({
      protection: { protectFromScaleIn: true, protectFromScaleSetActions: false },
    });
    await put(plane, { tags: { a: 'b' } });
    expect((await stored(plane)).protection?.protectFromScaleIn).toBe(true);
  });
});

describe('the whole instance sent back, as az does', () => {
  test('with its protection changed is no verb, though its disks say more than was declared', async () => {
    const plane = await planeWith({ dataDisks: [disk] });
    const before = await stored(plane);
    const body = {
      id: '/x',
      name: 'web_0',
      sku: { name: 'Standard_Other' },
      zones: ['3'],
      properties: {
        ...(protect(true, false)['properties'] as JsonObject),
        hardwareProfile: { vmSize: 'Standard_Other' },
        osProfile: { computerName: 'other' },
        storageProfile: {
          dataDisks: [{ ...disk.declared, name: disk.name, managedDisk: { id: '/disks/x' } }],
        },
      },
    };
    await put(plane, body);
    const after = await stored(plane);
    expect(after.task).toBeUndefined();
    expect(after.wanted).toEqual(before.wanted);
    expect(after).not.toHaveProperty('zone');
    expect(after.ownModel).toBe(false);
    expect(after.dataDisks).toMatchObject([{ lun: 0, sizeGiB: 32, name: disk.name, fromModel: true }]);
  });
});

describe('data disks', () => {
  test('are attached by a verb, with a name, and do not make the instance differ from its model', async () => {
    const plane = await planeWith({ dataDisks: [disk] });
    const { operation } = await put(plane, disks(disk.declared, { lun: 5, diskSizeGB: 8 }));
    const after = await stored(plane);
    expect(after).toMatchObject({
      task: { verb: 'configure', operation: operation.id },
      wanted: { turn: { kind: 'reconfigure', generation: 1 }, model: 1 },
      generation: 1,
      ownModel: false,
      etag: 3,
    });
    expect(after.dataDisks).toMatchObject([
      { lun: 0, name: disk.name, fromModel: true },
      { lun: 5, sizeGiB: 8, fromModel: false },
    ]);
    expect(after.dataDisks[1]?.name).toMatch(/^web_web_0_disk7_[0-9a-f]{32}$/);
  });

  test('are detached when they are left out of a list that is sent, and kept when none is', async () => {
    const plane = await planeWith({ dataDisks: [disk] });
    await put(plane, { properties: { storageProfile: {} } });
    expect((await stored(plane)).dataDisks).toEqual([disk]);
    await put(plane, disks());
    expect(await stored(plane)).toMatchObject({
      dataDisks: [{ ...disk, detaching: true }],
      task: { verb: 'configure' },
    });
  });

  test('can grow', async () => {
    const plane = await planeWith({ dataDisks: [disk] });
    await put(plane, disks({ ...disk.declared, diskSizeGB: 64 }));
    expect(await stored(plane)).toMatchObject({
      dataDisks: [{ lun: 0, sizeGiB: 64 }],
      task: { verb: 'configure' },
    });
  });

  test('cannot shrink, share a lun or have none', async () => {
    const plane = await planeWith({ dataDisks: [disk] });
    const wrong = [
      disks({ lun: 0, diskSizeGB: 16 }),
      disks({ lun: 1 }, { lun: 1 }),
      disks({ diskSizeGB: 1 }),
      disks({ lun: 64 }),
    ];
    const codes = [];
    for (const body of wrong) codes.push((await refusedWhole(plane, () => put(plane, body))).code);
    expect(codes).toEqual([
      'operationNotAllowed',
      'invalidParameter',
      'invalidParameter',
      'invalidParameter',
    ]);
  });
});

describe('user data', () => {
  test('of its own makes the instance differ from its model, by a verb', async () => {
    const plane = await planeWith();
    await put(plane, { properties: { userData: 'YQ==' } });
    expect(await stored(plane)).toMatchObject({
      userData: 'YQ==',
      ownModel: true,
      task: { verb: 'configure' },
    });
  });

  test('that is there already is no verb', async () => {
    const plane = await planeWith({ userData: 'YQ==', ownModel: true });
    await put(plane, { properties: { userData: 'YQ==' } });
    expect((await stored(plane)).task).toBeUndefined();
  });
});

test('tags are replaced whole, and kept when none are sent', async () => {
  const plane = await planeWith({ tags: { a: 'b' } });
  await put(plane, protect(true, false));
  expect((await stored(plane)).tags).toEqual({ a: 'b' });
  await put(plane, { tags: { c: 'd' } });
  expect((await stored(plane)).tags).toEqual({ c: 'd' });
});

test('every PUT has an operation that names the instance, and a line in the log', async () => {
  const plane = await planeWith();
  const { operation } = await put(plane, { tags: {} });
  expect(operation).toMatchObject({
    instances: [0],
    name: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/write',
    awaits: { kind: 'instances' },
  });
  expect(operation.resourceId).toMatch(/\/virtualMachineScaleSets\/web\/virtualMachines\/0$/);
  expect(await logged(plane)).toMatchObject([{ status: 'Accepted', operationId: operation.id }]);
});

describe('a refused PUT changes nothing at all', () => {
  test('while a verb is in hand that the guest would have to be asked for', async () => {
    const plane = await planeWith({ task: taskRow('restart') });
    for (const body of [disks({ lun: 1 }), { properties: { userData: 'YQ==' } }]) {
      expect((await refusedWhole(plane, () => put(plane, body))).code).toBe('conflict');
    }
  });

  test('of an instance that is not there, surplus, or on its way out', async () => {
    const plane = testPlane();
    const going = { exists: false, power: 'running', model: 1 } as const;
    await storeSet(plane, [instanceRow({ id: 1, surplus: true }), instanceRow({ id: 2, wanted: going })]);
    for (const instanceId of ['0', '1', '2']) {
      const failure = await refusedWhole(plane, () => put(plane, {}, { instanceId }));
      expect(failure).toMatchObject({
        code: 'invalidParameter',
        message: `The provided instanceId ${instanceId} is not an active Virtual Machine Scale Set VM instanceId.`,
      });
    }
  });

  test('of a set or a group that is not there, or that is being deleted', async () => {
    const plane = await planeWith();
    const parent = await refusedWhole(plane, () => put(plane, {}, { name: 'db' }));
    expect(parent).toMatchObject({
      code: 'parentResourceNotFound',
      message: "Can not perform requested operation on nested resource. Parent resource 'db' not found.",
    });
    expect((await refusedWhole(plane, () => put(plane, {}, { group: 'other' }))).code).toBe(
      'resourceGroupNotFound',
    );
    const dying = testPlane();
    await storeSet(dying, [instanceRow()], scaleSetRow({ deleting: true }));
    expect((await refusedWhole(dying, () => put(dying, {}))).code).toBe('operationNotAllowed');
    const closing = testPlane();
    await store(closing, 'group', groupRow({ deleting: 'an operation' }));
    await storeSet(closing, [instanceRow()]);
    expect((await refusedWhole(closing, () => put(closing, {}))).code).toBe('groupBeingDeleted');
  });

  test('of what is no tag, no Base64, or not the etag that was read', async () => {
    const plane = await planeWith();
    const wrong: [JsonObject, Partial<PutInstanceRequest>, string][] = [
      [{ tags: { t: 'v'.repeat(257) } }, {}, 'invalidParameter'],
      [{ properties: { userData: 'abc' } }, {}, 'invalidParameter'],
      [{}, { ifMatch: '"1"' }, 'preconditionFailed'],
      [{}, { ifNoneMatch: '*' }, 'preconditionFailed'],
    ];
    for (const [body, given, code] of wrong) {
      expect((await refusedWhole(plane, () => put(plane, body, given))).code).toBe(code);
    }
    expect((await put(plane, {}, { ifMatch: '"2"' })).instance.etag).toBe(3);
  });
});
