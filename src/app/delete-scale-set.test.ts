// Deleting a set: it is marked, and what was going on in it is preempted; nothing is removed yet.
import { describe, expect, test } from 'vitest';
import {
  everything,
  logged,
  ORIGIN,
  refusalOf,
  refusedWhole,
  store,
  storeSet,
  type TestPlane,
  testPlane,
} from '../../test/testing/plane.ts';
import {
  groupRow,
  instanceRow,
  operationRow,
  scaleSetBody,
  SET_UID,
  taskRow,
} from '../../test/testing/rows.ts';
import { actOnInstances } from './act-on-instances.ts';
import { deleteScaleSet } from './delete-scale-set.ts';
import { putScaleSet } from './write-scale-set.ts';

const WEB = { group: 'rg', name: 'web' };

async function planeWithSet(): Promise<TestPlane> {
  const plane = testPlane();
  await storeSet(plane, [
    instanceRow({ id: 0 }),
    instanceRow({ id: 1, task: taskRow('restart', { operation: 'r' }) }),
  ]);
  return plane;
}

describe('a delete of a set', () => {
  test('marks it for its operation, and leaves its instances to the loop', async () => {
    const plane = await planeWithSet();
    const before = await plane.store.instances(SET_UID);
    const operation = await deleteScaleSet(plane, ORIGIN, WEB);
    expect(operation).toMatchObject({ awaits: { kind: 'scaleSetGone' }, status: 'InProgress', set: SET_UID });
    expect(await plane.store.scaleSet('rg', 'web')).toMatchObject({
      deleting: true,
      operation: operation?.id,
      generation: 2,
    });
    expect(await plane.store.instances(SET_UID)).toBe(before);
  });

  test('ends everything that was going on in it, and says so in the log', async () => {
    const plane = await planeWithSet();
    await store(
      plane,
      'operation',
      operationRow({ id: 'r' }),
      operationRow({ id: 'elsewhere', set: 'another' }),
    );
    await deleteScaleSet(plane, ORIGIN, WEB);
    expect(await plane.store.operation('r')).toMatchObject({
      status: 'Failed',
      error: { code: 'OperationPreempted' },
      ended: plane.clock.now(),
    });
    expect((await plane.store.operation('elsewhere'))?.status).toBe('InProgress');
    expect((await logged(plane)).map(({ status, operationId }) => [status, operationId])).toContainEqual([
      'Failed',
      'r',
    ]);
  });

  test('asked again answers the operation that is under way, and changes nothing', async () => {
    const plane = await planeWithSet();
    const first = await deleteScaleSet(plane, ORIGIN, WEB);
    const before = await everything(plane);
    expect((await deleteScaleSet(plane, ORIGIN, WEB))?.id).toBe(first?.id);
    expect(await everything(plane)).toEqual(before);
  });

  test('that is forced later ends the notices that run, and says nothing new', async () => {
    const plane = testPlane();
    const notice = { event: 'e', notBefore: plane.clock.now() + 1000, source: 'User' } as const;
    const told = instanceRow({ task: taskRow('delete', { notice, deadline: plane.clock.now() + 9000 }) });
    await storeSet(plane, [told]);
    const operation = await deleteScaleSet(plane, ORIGIN, WEB);
    expect((await plane.store.instances(SET_UID))[0]?.task?.notice?.acknowledged).toBeUndefined();
    const entries = (await logged(plane)).length;
    expect((await deleteScaleSet(plane, ORIGIN, { ...WEB, force: true }))?.id).toBe(operation?.id);
    expect((await plane.store.instances(SET_UID))[0]?.task).toMatchObject({
      notice: { acknowledged: plane.clock.now() },
      deadline: plane.clock.now() + 8000,
    });
    expect(await plane.store.scaleSet('rg', 'web')).toMatchObject({ deleting: true, forced: true });
    expect(await logged(plane)).toHaveLength(entries);
  });

  test('that is not there is no failure; in a group that is not there it is one', async () => {
    const plane = testPlane();
    await store(plane, 'group', groupRow());
    expect(await deleteScaleSet(plane, ORIGIN, WEB)).toBeUndefined();
    expect((await refusalOf(deleteScaleSet(plane, ORIGIN, { group: 'other', name: 'web' }))).code).toBe(
      'resourceGroupNotFound',
    );
    expect(await logged(plane)).toEqual([]);
  });

  test('heeds its condition', async () => {
    const plane = await planeWithSet();
    const late = await refusedWhole(plane, () => deleteScaleSet(plane, ORIGIN, { ...WEB, ifMatch: '"1"' }));
    expect(late.code).toBe('preconditionFailed');
    expect(await deleteScaleSet(plane, ORIGIN, { ...WEB, ifMatch: '"2"' })).toBeDefined();
  });

  test('at the moment of a write or a verb leaves no open operation but its own and those it can still end', async () => {
    const plane = await planeWithSet();
    const [deleted, written, asked] = await Promise.allSettled([
      deleteScaleSet(plane, ORIGIN, WEB),
      putScaleSet(plane, ORIGIN, { ...WEB, body: scaleSetBody() }),
      actOnInstances(plane, ORIGIN, {
        ...WEB,
        verb: 'delete',
        target: { kind: 'named', instanceIds: ['0'] },
      }),
    ]);
    expect(deleted.status).toBe('fulfilled');
    for (const late of [written, asked]) {
      expect(late.status === 'rejected' && (late.reason as { code: string }).code).toBe(
        'operationNotAllowed',
      );
    }
    const set = await plane.store.scaleSet('rg', 'web');
    expect((await plane.store.openOperations(SET_UID)).map(({ id }) => id)).toEqual([set?.operation]);
  });
});
