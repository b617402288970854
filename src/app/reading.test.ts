// What is read: sets, instances, operations and the log, and Azure's words for what is not there.
import { describe, expect, test } from 'vitest';
import { ORIGIN, refusalOf, store, storeSet, testPlane } from '../../test/testing/plane.ts';
import {
  groupRow,
  instanceRow,
  modelRow,
  operationRow,
  scaleSetRow,
  SET_UID,
  THEN,
} from '../../test/testing/rows.ts';
import { listActivity } from './activity-log.ts';
import { actOnInstances } from './act-on-instances.ts';
import { consoleOf, getInstance, listInstances } from './instances.ts';
import { getOperation } from './operations.ts';
import { getScaleSet, listScaleSets, scaleSetView } from './scale-sets.ts';

const WEB = { group: 'rg', name: 'web' };
const going = { exists: false, power: 'running', model: 1 } as const;

describe('scale sets', () => {
  test('are listed by group and location, and a group that is not there is refused', async () => {
    const plane = testPlane();
    await store(plane, 'group', groupRow(), groupRow({ name: 'other' }));
    const east = { ...scaleSetRow().declared, location: 'eastus' };
    await store(
      plane,
      'scaleSet',
      scaleSetRow({ uid: 'a', name: 'a' }),
      scaleSetRow({ uid: 'b', name: 'b', declared: east }),
      scaleSetRow({ uid: 'c', name: 'c', group: 'other' }),
    );
    const names = async (where: Parameters<typeof listScaleSets>[1]): Promise<readonly string[]> =>
      (await listScaleSets(plane, where)).map(({ name }) => name);
    expect(await names({})).toEqual(['c', 'a', 'b']);
    expect(await names({ group: 'RG' })).toEqual(['a', 'b']);
    expect(await names({ location: 'East US' })).toEqual(['b']);
    expect((await refusalOf(listScaleSets(plane, { group: 'none' }))).code).toBe('resourceGroupNotFound');
  });

  test('are found in any case, and missed in Azure’s words', async () => {
    const plane = testPlane();
    await storeSet(plane, [instanceRow(), instanceRow({ id: 1, surplus: true })]);
    expect((await getScaleSet(plane, { group: 'RG', name: 'WEB' })).uid).toBe(SET_UID);
    expect((await scaleSetView(plane, WEB)).instances.map(({ id }) => id)).toEqual([0]);
    const missing = await refusalOf(getScaleSet(plane, { group: 'RG', name: 'Db' }));
    expect(missing).toMatchObject({
      code: 'resourceNotFound',
      message:
        "The Resource 'Microsoft.Compute/virtualMachineScaleSets/Db' under resource group 'rg' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    });
  });
});

describe('instances', () => {
  test('come with the model that they run, not the latest', async () => {
    const plane = testPlane();
    await storeSet(plane, [instanceRow()], scaleSetRow({ model: 2 }));
    const { instance, model } = await getInstance(plane, { ...WEB, instanceId: '0' });
    expect([instance.id, model.version]).toEqual([0, 1]);
    const list = await listInstances(plane, WEB);
    expect([...list.models.keys()]).toEqual([1, 2]);
  });

  test('are listed by id, without surplus, with those on their way out', async () => {
    const plane = testPlane();
    await storeSet(plane, [
      instanceRow({ id: 5 }),
      instanceRow({ id: 1, surplus: true }),
      instanceRow({ id: 3, wanted: going }),
    ]);
    const { instances } = await listInstances(plane, WEB);
    expect(instances.map(({ id }) => id)).toEqual([3, 5]);
    expect((await listInstances(plane, WEB)).instances).toBe(instances);
    await store(plane, 'instance', instanceRow({ id: 9 }));
    expect((await listInstances(plane, WEB)).instances.map(({ id }) => id)).toEqual([3, 5, 9]);
  });

  test('that are not there are missed in Azure’s words', async () => {
    const plane = testPlane();
    await storeSet(plane, [instanceRow({ id: 0 }), instanceRow({ id: 1, surplus: true })]);
    for (const instanceId of ['1', '7']) {
      expect(await refusalOf(getInstance(plane, { ...WEB, instanceId }))).toMatchObject({
        code: 'notFound',
        message: 'The entity was not found in this Azure location.',
      });
    }
    expect((await refusalOf(getInstance(plane, { ...WEB, instanceId: 'web_0' }))).code).toBe(
      'invalidParameter',
    );
  });

  test('have a console that is named after their guest', async () => {
    const plane = testPlane();
    await storeSet(plane, [instanceRow({ id: 4 })]);
    expect(await consoleOf(plane, { ...WEB, instanceId: '4' })).toEqual({ handle: `${SET_UID}_4` });
  });

  test('whose model is missing are a broken invariant, not a refusal', async () => {
    const plane = testPlane();
    await store(plane, 'group', groupRow());
    await store(plane, 'scaleSet', scaleSetRow());
    await plane.store.commit([{ kind: 'putModel', model: modelRow({ version: 2 }) }]);
    await store(plane, 'instance', instanceRow());
    await expect(getInstance(plane, { ...WEB, instanceId: '0' })).rejects.toThrow(/model 1 .* is missing/);
  });
});

describe('operations', () => {
  test('are found by id in any case, also when they have ended', async () => {
    const plane = testPlane();
    await store(plane, 'operation', operationRow({ id: 'abc', status: 'Succeeded', ended: THEN }));
    expect((await getOperation(plane, 'ABC')).status).toBe('Succeeded');
    expect((await refusalOf(getOperation(plane, 'none'))).code).toBe('notFound');
  });
});

describe('the log', () => {
  test('has what was accepted, newest first, by correlation', async () => {
    const plane = testPlane();
    await storeSet(plane, [instanceRow({ id: 0 }), instanceRow({ id: 1 })]);
    for (const id of ['0', '1']) {
      await actOnInstances(
        plane,
        { ...ORIGIN, correlationId: `c${id}` },
        { ...WEB, verb: 'restart', target: { kind: 'named', instanceIds: [id] } },
      );
      plane.clock.advance(1000);
    }
    const all = { from: THEN, to: plane.clock.now(), limit: 10 };
    expect((await listActivity(plane, all)).entries.map(({ instances }) => instances)).toEqual([[1], [0]]);
    expect((await listActivity(plane, { ...all, correlationId: 'c0' })).entries).toHaveLength(1);
  });
});
