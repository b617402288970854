// Managed disks: what may be written of them, where they are shown from, and what is committed together. A refusal changes
// nothing.

import { beforeEach, describe, expect, test } from 'vitest';
import {
  logged,
  ORIGIN,
  refusedWhole,
  store,
  storeSet,
  type TestPlane,
  testPlane,
} from '../../test/testing/plane.ts';
import { diskRow, groupRow, instanceRow, SET_UID, taskRow } from '../../test/testing/rows.ts';
import type { DataDisk, Instance } from '../domain/instance.ts';
import type { JsonObject } from '../domain/json.ts';
import { attachDetachDisks } from './attach-detach-disks.ts';
import { deleteDisk, getDisk, listDisks, patchDisk, putDisk } from './disks.ts';
import { putInstance } from './put-instance.ts';

const REF = { group: 'rg', name: 'notes' };
const INSTANCE = { group: 'rg', name: 'web', instanceId: '0' };
const body = (more: JsonObject = {}): JsonObject => ({
  location: 'West US',
  properties: { creationData: { createOption: 'Empty' }, diskSizeGB: 4, ...more },
});
const own: DataDisk = { lun: 0, sizeGiB: 8, name: 'web_disk', declared: { lun: 0 }, fromModel: true };

let plane: TestPlane;

beforeEach(async () => {
  plane = testPlane();
  await storeSet(plane, [instanceRow({ id: 0, dataDisks: [own] }), instanceRow({ id: 1 })]);
});

const instance = async (id = 0): Promise<Instance> => (await plane.store.instance(SET_UID, id)) as Instance;
const pathOf = (name: string): string =>
  `/subscriptions/${plane.subscriptionId}/resourceGroups/rg/providers/Microsoft.Compute/disks/${name}`;
const attach = (id: string, name = 'notes', lun = 1) => {
  const disk = { lun, createOption: 'Attach', managedDisk: { id: pathOf(name) } };
  const dataDisks = [...(id === '0' ? [own.declared] : []), disk];
  return putInstance(plane, ORIGIN, {
    ...INSTANCE,
    instanceId: id,
    body: { properties: { storageProfile: { dataDisks } } },
  });
};

describe('a PUT', () => {
  test('makes a disk and writes its group; another changes it and keeps what it is', async () => {
    const before = await plane.store.group('rg');
    const made = await putDisk(plane, ORIGIN, { ...REF, body: body() });
    expect(made.disk).toMatchObject({ name: 'notes', location: 'westus', sizeGiB: 4, zones: [] });
    expect((await plane.store.group('rg'))?.revision).toBe((before?.revision ?? 0) + 1);
    const again = await putDisk(plane, ORIGIN, { ...REF, name: 'NOTES', body: body({ diskSizeGB: 8 }) });
    expect(again.disk).toMatchObject({ name: 'notes', uid: made.disk.uid, sizeGiB: 8 });
    expect((await logged(plane)).map(({ operationName }) => operationName)).toEqual([
      'Microsoft.Compute/disks/write',
      'Microsoft.Compute/disks/write',
    ]);
  });

  test.each<[string, string, JsonObject, string]>([
    ['a bad name', 'no name', body(), 'invalidParameter'],
    ['no location', 'notes', { properties: body()['properties'] }, 'invalidParameter'],
    ['no size', 'notes', body({ diskSizeGB: null }), 'invalidParameter'],
    ['a size beyond all', 'notes', body({ diskSizeGB: 40_000 }), 'invalidParameter'],
    ['no way to make it', 'notes', body({ creationData: null }), 'invalidParameter'],
    ['a source', 'notes', body({ creationData: { createOption: 'Copy' } }), 'operationNotAllowed'],
    ['two zones', 'notes', { ...body(), zones: ['1', '2'] }, 'invalidParameter'],
  ])('with %s is refused', async (_, name, sent, code) => {
    const failure = await refusedWhole(plane, () => putDisk(plane, ORIGIN, { ...REF, name, body: sent }));
    expect(failure.code).toBe(code);
  });

  test('of a disk that would shrink or move is refused', async () => {
    await store(plane, 'disk', diskRow({ name: 'notes', sizeGiB: 8 }));
    const put = (sent: JsonObject) =>
      refusedWhole(plane, () => putDisk(plane, ORIGIN, { ...REF, body: sent }));
    expect((await put(body())).code).toBe('operationNotAllowed');
    expect((await put({ ...body({ diskSizeGB: 8 }), location: 'eastus' })).code).toBe(
      'invalidResourceLocation',
    );
  });

  test('in a group that is going away is refused', async () => {
    await store(plane, 'group', groupRow({ name: 'gone', deleting: 'operation' }));
    const put = () => putDisk(plane, ORIGIN, { group: 'gone', name: 'notes', body: body() });
    expect((await refusedWhole(plane, put)).code).toBe('groupBeingDeleted');
  });
});

describe('attached', () => {
  beforeEach(async () => {
    await store(plane, 'disk', diskRow({ name: 'notes', tags: { a: 'b' } }));
    await attach('0');
  });

  test('it is in the instance’s row and in no other', async () => {
    expect(await plane.store.disk('rg', 'notes')).toBeUndefined();
    expect((await instance()).dataDisks[1]).toMatchObject({ name: 'notes', uid: diskRow().uid });
    expect((await instance()).task?.undo?.dataDisks).toEqual([own]);
    const { disk, attachment } = await getDisk(plane, { ...REF, name: 'Notes' });
    expect([disk.tags, attachment?.instance.id]).toEqual([{ a: 'b' }, 0]);
  });

  test('it is attached to nothing else, resized or deleted', async () => {
    const codes = [
      await refusedWhole(plane, () => attach('1')),
      await refusedWhole(plane, () => deleteDisk(plane, ORIGIN, REF)),
      await refusedWhole(plane, () =>
        patchDisk(plane, ORIGIN, { ...REF, body: { properties: { diskSizeGB: 9 } } }),
      ),
    ].map(({ code }) => code);
    expect(codes).toEqual(['conflictingUserInput', 'operationNotAllowed', 'operationNotAllowed']);
  });

  test('its tags are changed where it is, and the OS disk’s are not', async () => {
    await patchDisk(plane, ORIGIN, { ...REF, body: { tags: { c: 'd' } } });
    expect((await getDisk(plane, REF)).disk.tags).toEqual({ c: 'd' });
    const os = (await listDisks(plane, 'rg')).find(({ disk }) => disk.name.includes('OsDisk'));
    const patch = () =>
      patchDisk(plane, ORIGIN, { group: 'rg', name: os?.disk.name ?? '', body: { tags: { c: 'd' } } });
    expect((await refusedWhole(plane, patch)).code).toBe('operationNotAllowed');
  });

  test('it is listed with the others: first those that are attached to nothing, then each instance’s', async () => {
    await store(plane, 'disk', diskRow({ uid: 'd15c0000-0000-4000-8000-000000000009', name: 'spare' }));
    const named = (await listDisks(plane)).map(({ disk }) => disk.name.replace(/_[0-9a-f]{32}$/, ''));
    expect(named).toEqual(['spare', 'web_web_0_OsDisk_1', 'web_disk', 'notes', 'web_web_1_OsDisk_1']);
  });
});

describe('a delete', () => {
  test('is an operation that the row names, and the same again while it is under way', async () => {
    await store(plane, 'disk', diskRow({ name: 'notes' }));
    const operation = await deleteDisk(plane, ORIGIN, REF);
    expect(operation).toMatchObject({
      name: 'Microsoft.Compute/disks/delete',
      awaits: { kind: 'diskGone', name: 'notes' },
      resourceId: pathOf('notes'),
    });
    expect((await plane.store.disk('rg', 'notes'))?.deleting).toBe(operation?.id);
    expect((await deleteDisk(plane, ORIGIN, REF))?.id).toBe(operation?.id);
    expect((await refusedWhole(plane, () => attach('0'))).code).toBe('conflict');
    const patch = () => patchDisk(plane, ORIGIN, { ...REF, body: { tags: {} } });
    expect((await refusedWhole(plane, patch)).code).toBe('conflict');
  });

  test('of what is not there is nothing to do', async () => {
    expect(await deleteDisk(plane, ORIGIN, REF)).toBeUndefined();
  });
});

describe('attachDetachDataDisks', () => {
  const act = (sent: JsonObject) => attachDetachDisks(plane, ORIGIN, { ...INSTANCE, body: sent });

  test('attaches at the lowest lun that is free, and detaches, in one verb', async () => {
    await store(plane, 'disk', diskRow({ name: 'notes' }));
    const operation = await act({
      dataDisksToAttach: [{ diskId: pathOf('notes'), caching: 'None' }],
      dataDisksToDetach: [{ diskId: pathOf('WEB_DISK') }],
    });
    const { task, dataDisks } = await instance();
    expect(task).toMatchObject({ verb: 'configure', operation: operation.id });
    expect(dataDisks).toMatchObject([
      { name: 'web_disk', detaching: true },
      { lun: 1, name: 'notes', declared: { caching: 'None' } },
    ]);
  });

  test('that names nothing changes nothing but has its operation', async () => {
    await act({});
    const { task, dataDisks } = await instance();
    expect([task, dataDisks.map(({ name }) => name)]).toEqual([undefined, ['web_disk']]);
  });

  test('is refused for a disk that is not attached, one without an id, and while a verb is in hand', async () => {
    await store(plane, 'disk', diskRow({ name: 'notes' }));
    const detach = { dataDisksToDetach: [{ diskId: pathOf('notes') }] };
    expect((await refusedWhole(plane, () => act(detach))).message).toMatch(/is not attached to the VM/);
    expect((await refusedWhole(plane, () => act({ dataDisksToAttach: [{ lun: 1 }] }))).code).toBe(
      'invalidParameter',
    );
    await store(plane, 'instance', { ...(await instance()), task: taskRow('restart') });
    const attaching = { dataDisksToAttach: [{ diskId: pathOf('notes') }] };
    expect((await refusedWhole(plane, () => act(attaching))).code).toBe('conflict');
  });
});

test('a new disk under a name that the request chose writes the group, so that no other gets it at the same moment', async () => {
  const put = (id: string) =>
    putInstance(plane, ORIGIN, {
      ...INSTANCE,
      instanceId: id,
      body: { properties: { storageProfile: { dataDisks: [{ lun: 3, name: 'mine', diskSizeGB: 1 }] } } },
    });
  const both = await Promise.allSettled([put('0'), put('1')]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  const named = (await listDisks(plane)).filter(({ disk }) => disk.name === 'mine');
  expect(named).toHaveLength(1);
});
