// A simulated eviction of a Spot instance.
import { describe, expect, test } from 'vitest';
import { ORIGIN, refusedWhole, store, type TestPlane, testPlane } from '../../test/testing/plane.ts';
import { groupRow, instanceRow, modelRow, scaleSetRow, SET_UID, taskRow } from '../../test/testing/rows.ts';
import type { JsonObject } from '../domain/json.ts';
import { simulateEviction } from './simulate-eviction.ts';

async function planeWith(
  profile: JsonObject,
  given: Parameters<typeof instanceRow>[0] = {},
): Promise<TestPlane> {
  const plane = testPlane();
  await store(plane, 'group', groupRow());
  await store(plane, 'scaleSet', scaleSetRow({ capacity: 2 }));
  await plane.store.commit([{ kind: 'putModel', model: modelRow({ profile }) }]);
  await store(plane, 'instance', instanceRow(given), instanceRow({ id: 1 }));
  return plane;
}

const SPOT = { priority: 'Spot' };

function evict(plane: TestPlane, instanceId = '0'): Promise<void> {
  return simulateEviction(plane, ORIGIN, { group: 'rg', name: 'web', instanceId });
}

describe('an evicted instance', () => {
  test('goes away and is not replaced, where its policy says Delete', async () => {
    const plane = await planeWith({ ...SPOT, evictionPolicy: 'Delete' });
    await evict(plane);
    expect(await plane.store.instance(SET_UID, 0)).toMatchObject({
      wanted: { exists: false },
      task: { verb: 'evict' },
    });
    expect((await plane.store.scaleSetByUid(SET_UID))?.declared.sku.capacity).toBe(1);
    expect((await plane.store.instance(SET_UID, 1))?.task).toBeUndefined();
  });

  test('is deallocated, and stays, where its policy says so or says nothing', async () => {
    for (const profile of [SPOT, { ...SPOT, evictionPolicy: 'Deallocate' }]) {
      const plane = await planeWith(profile);
      await evict(plane);
      expect(await plane.store.instance(SET_UID, 0)).toMatchObject({
        wanted: { exists: true, power: 'deallocated' },
        task: { verb: 'evict' },
      });
      expect((await plane.store.scaleSetByUid(SET_UID))?.declared.sku.capacity).toBe(2);
    }
  });

  test('has an operation, which names it', async () => {
    const plane = await planeWith(SPOT);
    await evict(plane);
    expect(await plane.store.openOperations()).toMatchObject([
      {
        name: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/simulateEviction/action',
        instances: [0],
        awaits: { kind: 'instances' },
      },
    ]);
  });
});

describe('an eviction is refused, and changes nothing,', () => {
  test('where the instance is no Spot instance (recorded)', async () => {
    for (const profile of [{}, { priority: 'Regular' }]) {
      const plane = await planeWith(profile);
      expect(await refusedWhole(plane, () => evict(plane))).toMatchObject({
        code: 'operationNotAllowed',
        message: "Operation 'simulateEviction' is allowed only for Spot Virtual Machines",
      });
    }
  });

  test('where a verb is in hand, or there is no such instance', async () => {
    const plane = await planeWith(SPOT, { task: taskRow('restart') });
    expect((await refusedWhole(plane, () => evict(plane))).code).toBe('conflict');
    expect((await refusedWhole(plane, () => evict(plane, '7'))).code).toBe('invalidParameter');
    expect((await refusedWhole(plane, () => evict(plane, 'x'))).code).toBe('invalidParameter');
  });
});
