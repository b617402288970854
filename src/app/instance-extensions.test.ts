// Extensions of one instance as resources. What never happens: what the model gives is changed, another instance is
// touched, a verb in hand is replaced.
import { describe, expect, test } from 'vitest';
import { ORIGIN, refusedWhole, storeSet, type TestPlane, testPlane } from '../../test/testing/plane.ts';
import { instanceRow, scaleSetRow, SET_UID, taskRow } from '../../test/testing/rows.ts';
import { extensionsState } from '../domain/extension-record.ts';
import type { Instance } from '../domain/instance.ts';
import type { JsonObject } from '../domain/json.ts';
import {
  deleteInstanceExtension,
  getInstanceExtension,
  listInstanceExtensions,
  writeInstanceExtension,
} from './instance-extensions.ts';
import { writeSetExtension } from './set-extensions.ts';

const REF = { group: 'rg', name: 'web', instanceId: '0' };
const SECRET = { token: 'S3cret' };

function properties(type: string, more: JsonObject = {}): JsonObject {
  return { publisher: 'P', type, typeHandlerVersion: '1.0', ...more };
}

async function planeWith(given: Parameters<typeof instanceRow>[0] = {}): Promise<TestPlane> {
  const plane = testPlane();
  await storeSet(
    plane,
    [instanceRow({ id: 0, ...given }), instanceRow({ id: 1 })],
    scaleSetRow({ capacity: 2 }),
  );
  return plane;
}

function write(plane: TestPlane, extension: string, given: JsonObject, style: 'put' | 'patch' = 'put') {
  return writeInstanceExtension(plane, ORIGIN, { ...REF, extension, body: { properties: given }, style });
}

function remove(plane: TestPlane, extension: string) {
  return deleteInstanceExtension(plane, ORIGIN, { ...REF, extension });
}

async function stored(plane: TestPlane, id = 0): Promise<Instance> {
  return (await plane.store.instance(SET_UID, id)) as Instance;
}

/** As if the verb had come true. */
async function rest(plane: TestPlane): Promise<void> {
  const { task: _done, ...row } = await stored(plane);
  await plane.store.commit([{ kind: 'put', table: 'instance', row }]);
}

describe('a PUT of an extension', () => {
  test('declares it for this instance alone, as a verb that the operation waits for', async () => {
    const plane = await planeWith();
    const neighbour = await stored(plane, 1);
    const { created, operation } = await write(
      plane,
      'a',
      properties('T', { provisioningState: 'x', settings: null }),
    );
    expect(created).toBe(true);
    expect(operation).toMatchObject({
      name: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/extensions/write',
      awaits: { kind: 'instances' },
      instances: [0],
    });
    const row = await stored(plane);
    expect(row.task).toMatchObject({ verb: 'configure', operation: operation.id });
    expect(row.wanted).toEqual({ exists: true, power: 'running', model: 1 });
    expect(extensionsState(row).own).toEqual([{ name: 'a', properties: properties('T') }]);
    expect(await stored(plane, 1)).toEqual(neighbour);
  });

  test('again replaces it, and keeps the protected settings that it does not name', async () => {
    const plane = await planeWith();
    await write(plane, 'a', properties('T', { protectedSettings: SECRET, settings: { x: 1 } }));
    await rest(plane);
    const { created } = await write(plane, 'A', properties('T', { settings: { x: 2 } }));
    expect(created).toBe(false);
    const own = [
      { name: 'a', properties: properties('T', { settings: { x: 2 }, protectedSettings: SECRET }) },
    ];
    expect(extensionsState(await stored(plane)).own).toEqual(own);
  });

  test('goes in front of what the model has of that name', async () => {
    const plane = await planeWith();
    const set = { group: 'rg', name: 'web', extension: 'a' };
    await writeSetExtension(plane, ORIGIN, { ...set, body: { properties: properties('T') }, style: 'put' });
    await plane.store.commit([
      {
        kind: 'put',
        table: 'instance',
        row: { ...(await stored(plane)), model: 2, wanted: { exists: true, power: 'running', model: 2 } },
      },
    ]);
    await write(plane, 'a', { settings: { mine: true } }, 'patch');
    const { extensions } = await listInstanceExtensions(plane, REF);
    expect(extensions).toEqual([{ name: 'a', properties: properties('T', { settings: { mine: true } }) }]);
    await rest(plane);
    await remove(plane, 'a');
    expect((await listInstanceExtensions(plane, REF)).extensions).toEqual([
      { name: 'a', properties: properties('T') },
    ]);
    await rest(plane);
    const failure = await refusedWhole(plane, () => remove(plane, 'a'));
    expect(failure.message).toMatch(/part of the model of its scale set/);
  });
});

describe('what is refused', () => {
  test.each([
    ['a verb in hand', { task: taskRow('restart') }, 'conflict'],
    [
      'an instance that does not run',
      { observed: { power: 'stopped', ready: false } },
      'operationNotAllowed',
    ],
  ] as const)('with %s', async (_what, given, code) => {
    const plane = await planeWith(given);
    expect((await refusedWhole(plane, () => write(plane, 'a', properties('T')))).code).toBe(code);
  });

  test('a PATCH of one that is not there, and an instance that is not there', async () => {
    const plane = await planeWith();
    expect((await refusedWhole(plane, () => write(plane, 'a', {}, 'patch'))).code).toBe('resourceNotFound');
    const nobody = { ...REF, instanceId: '9', extension: 'a', body: {}, style: 'put' } as const;
    const failure = await refusedWhole(plane, () => writeInstanceExtension(plane, ORIGIN, nobody));
    expect(failure.message).toMatch(/instanceId 9 is not an active/);
  });

  test('one that names what is not there, in the instance’s name', async () => {
    const plane = await planeWith();
    const given = properties('T', { provisionAfterExtensions: ['x'] });
    const failure = await refusedWhole(plane, () => write(plane, 'a', given));
    expect(failure.message).toMatch(/^On resource 'web_0', extension 'a' specifies 'x'/);
  });
});

describe('a DELETE of an extension', () => {
  test('takes it away, as a verb', async () => {
    const plane = await planeWith();
    await write(plane, 'a', properties('T'));
    await rest(plane);
    const operation = await remove(plane, 'A');
    expect(operation?.resourceId).toMatch(/\/virtualMachines\/0\/extensions\/a$/);
    const row = await stored(plane);
    expect(extensionsState(row).own).toEqual([]);
    expect(row.task?.operation).toBe(operation?.id);
  });

  test('of one that is not there does nothing', async () => {
    const plane = await planeWith();
    const before = await stored(plane);
    expect(await remove(plane, 'a')).toBeUndefined();
    expect(await stored(plane)).toEqual(before);
  });
});

test('one that is read is found in any case, or not at all', async () => {
  const plane = await planeWith();
  await write(plane, 'a', properties('T'));
  expect((await getInstanceExtension(plane, { ...REF, extension: 'A' })).extension.name).toBe('a');
  await expect(getInstanceExtension(plane, { ...REF, extension: 'b' })).rejects.toThrow(/was not found/);
});
