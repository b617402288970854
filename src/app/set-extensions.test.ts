// Extensions of a set as resources. What never happens: a write of one loses or changes another, or shows in no model.
import { describe, expect, test } from 'vitest';
import { logged, ORIGIN, refusedWhole, store, type TestPlane, testPlane } from '../../test/testing/plane.ts';
import { groupRow, scaleSetBody } from '../../test/testing/rows.ts';
import { extensionsIn } from '../domain/extension.ts';
import type { JsonObject } from '../domain/json.ts';
import { objectAt } from '../domain/json.ts';
import {
  deleteSetExtension,
  getSetExtension,
  listSetExtensions,
  writeSetExtension,
} from './set-extensions.ts';
import { putScaleSet } from './write-scale-set.ts';

const REF = { group: 'rg', name: 'web' };
const SECRET = { token: 'S3cret' };

function properties(type: string, more: JsonObject = {}): JsonObject {
  return { publisher: 'P', type, typeHandlerVersion: '1.0', ...more };
}

async function planeWithSet(): Promise<TestPlane> {
  const plane = testPlane();
  await store(plane, 'group', groupRow());
  await putScaleSet(plane, ORIGIN, { ...REF, body: scaleSetBody() });
  return plane;
}

function write(plane: TestPlane, extension: string, given: JsonObject, style: 'put' | 'patch' = 'put') {
  return writeSetExtension(plane, ORIGIN, { ...REF, extension, body: { properties: given }, style });
}

async function declared(plane: TestPlane) {
  const set = await plane.store.scaleSet('rg', 'web');
  return extensionsIn(objectAt(set?.declared.properties, 'virtualMachineProfile') ?? {});
}

describe('a PUT of an extension', () => {
  test('adds it to the model, as a new version that the operation waits for', async () => {
    const plane = await planeWithSet();
    const { created, operation, set } = await write(plane, 'a', properties('T'));
    expect({ created, model: set.model }).toEqual({ created: true, model: 2 });
    expect(operation).toMatchObject({
      name: 'Microsoft.Compute/virtualMachineScaleSets/extensions/write',
      awaits: { kind: 'scaleSet', generation: set.generation },
    });
    expect(operation.resourceId).toMatch(/\/virtualMachineScaleSets\/web\/extensions\/a$/);
    const model = await plane.store.model(set.uid, 2);
    expect(extensionsIn(model?.profile ?? {})).toEqual([{ name: 'a', properties: properties('T') }]);
  });

  test('replaces the one of that name, in any case, keeps its protected settings and leaves the others', async () => {
    const plane = await planeWithSet();
    await write(plane, 'a', properties('T', { protectedSettings: SECRET, settings: { x: 1 } }));
    await write(plane, 'b', properties('U', { protectedSettings: SECRET }));
    const { created } = await write(plane, 'A', properties('T'));
    expect(created).toBe(false);
    expect(await declared(plane)).toEqual([
      { name: 'a', properties: properties('T', { protectedSettings: SECRET }) },
      { name: 'b', properties: properties('U', { protectedSettings: SECRET }) },
    ]);
  });

  test('keeps the time for all extensions', async () => {
    const plane = await planeWithSet();
    const extensionProfile = { extensions: [], extensionsTimeBudget: 'PT20M' };
    await putScaleSet(plane, ORIGIN, {
      ...REF,
      body: { properties: { virtualMachineProfile: { extensionProfile } } },
    });
    const { set } = await write(plane, 'a', properties('T'));
    expect(objectAt(set.declared.properties, 'virtualMachineProfile', 'extensionProfile')).toMatchObject({
      extensionsTimeBudget: 'PT20M',
    });
  });

  test('that changes nothing makes no new version', async () => {
    const plane = await planeWithSet();
    await write(plane, 'a', properties('T', { protectedSettings: SECRET }));
    expect((await write(plane, 'a', properties('T'))).set.model).toBe(2);
  });

  test('that Azure refuses changes nothing', async () => {
    const plane = await planeWithSet();
    await write(plane, 'a', properties('T'));
    const failure = await refusedWhole(plane, () => write(plane, 'b', properties('T')));
    expect(failure.message).toMatch(/^Multiple VMExtensions per handler/);
  });
});

describe('a PATCH of an extension', () => {
  test('leaves what it does not name', async () => {
    const plane = await planeWithSet();
    await write(plane, 'a', properties('T', { settings: { x: 1 }, protectedSettings: SECRET }));
    await write(plane, 'a', { forceUpdateTag: 'now' }, 'patch');
    expect(await declared(plane)).toEqual([
      {
        name: 'a',
        properties: properties('T', { settings: { x: 1 }, protectedSettings: SECRET, forceUpdateTag: 'now' }),
      },
    ]);
  });

  test('of one that is not there is refused', async () => {
    const plane = await planeWithSet();
    const failure = await refusedWhole(plane, () => write(plane, 'a', {}, 'patch'));
    expect(failure.code).toBe('resourceNotFound');
  });
});

describe('a DELETE of an extension', () => {
  test('takes it out of the model, and only it', async () => {
    const plane = await planeWithSet();
    await write(plane, 'a', properties('T'));
    await write(plane, 'b', properties('U'));
    const operation = await deleteSetExtension(plane, ORIGIN, { ...REF, extension: 'A' });
    expect(operation?.name).toBe('Microsoft.Compute/virtualMachineScaleSets/extensions/delete');
    expect((await declared(plane)).map(({ name }) => name)).toEqual(['b']);
    expect((await plane.store.scaleSet('rg', 'web'))?.model).toBe(4);
  });

  test('of one that is not there does nothing', async () => {
    const plane = await planeWithSet();
    const before = (await logged(plane)).length;
    expect(await deleteSetExtension(plane, ORIGIN, { ...REF, extension: 'a' })).toBeUndefined();
    expect(await deleteSetExtension(plane, ORIGIN, { ...REF, name: 'no', extension: 'a' })).toBeUndefined();
    expect((await logged(plane)).length).toBe(before);
  });

  test('of one that another comes after is refused in Azure’s words', async () => {
    const plane = await planeWithSet();
    await write(plane, 'a', properties('T'));
    await write(plane, 'b', properties('U', { provisionAfterExtensions: ['a'] }));
    const failure = await refusedWhole(plane, () =>
      deleteSetExtension(plane, ORIGIN, { ...REF, extension: 'a' }),
    );
    expect(failure.message).toMatch(/but the extension 'a' will no longer exist/);
  });
});

test('they are read one by one and together', async () => {
  const plane = await planeWithSet();
  await write(plane, 'a', properties('T'));
  expect((await listSetExtensions(plane, REF)).extensions).toHaveLength(1);
  expect((await getSetExtension(plane, { ...REF, extension: 'A' })).extension.name).toBe('a');
});

test('a whole model that comes back without protected settings keeps those of each extension', async () => {
  const plane = await planeWithSet();
  await write(plane, 'a', properties('T', { protectedSettings: SECRET }));
  await write(plane, 'b', properties('U', { protectedSettings: { other: 'S3cret-2' } }));
  const bare = [
    { name: 'b', properties: properties('U') },
    { name: 'c', properties: properties('V') },
    { name: 'a', properties: properties('T', { protectedSettings: null }) },
  ];
  const body = { properties: { virtualMachineProfile: { extensionProfile: { extensions: bare } } } };
  await putScaleSet(plane, ORIGIN, { ...REF, body });
  expect(await declared(plane)).toEqual([
    { name: 'b', properties: properties('U', { protectedSettings: { other: 'S3cret-2' } }) },
    { name: 'c', properties: properties('V') },
    { name: 'a', properties: properties('T', { protectedSettings: SECRET }) },
  ]);
});
