// PUT and PATCH of a scale set, from request to commit.
import { describe, expect, test } from 'vitest';
import {
  everything,
  logged,
  ORIGIN,
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
  rollingUpgradeRow,
  scaleSetBody,
  scaleSetRow,
  SET_UID,
} from '../../test/testing/rows.ts';
import type { JsonObject } from '../domain/json.ts';
import { provisioningState, type ScaleSet } from '../domain/scale-set.ts';
import { patchScaleSet, putScaleSet, type WriteRequest, type Written } from './write-scale-set.ts';

const WEB = { group: 'rg', name: 'web' };

function put(plane: TestPlane, body: JsonObject, given: Partial<WriteRequest> = {}): Promise<Written> {
  return putScaleSet(plane, ORIGIN, { ...WEB, body, ...given });
}

function patch(plane: TestPlane, body: JsonObject, given: Partial<WriteRequest> = {}): Promise<Written> {
  return patchScaleSet(plane, ORIGIN, { ...WEB, body, ...given });
}

async function emptyGroup(): Promise<TestPlane> {
  const plane = testPlane();
  await store(plane, 'group', groupRow());
  return plane;
}

async function stored(plane: TestPlane): Promise<ScaleSet> {
  return (await plane.store.scaleSet('rg', 'web')) as ScaleSet;
}

async function versions(plane: TestPlane, uid: string): Promise<readonly number[]> {
  return (await plane.store.models(uid)).map((model) => model.version);
}

describe('a PUT of a set that is not there', () => {
  test('makes it, with a model, an operation and a line in the log; the loop does the rest', async () => {
    const plane = await emptyGroup();
    const { set, created, operation } = await put(plane, scaleSetBody());
    expect(created).toBe(true);
    expect(provisioningState(set)).toBe('Creating');
    expect(await stored(plane)).toMatchObject({
      uid: set.uid,
      etag: 1,
      generation: 1,
      settled: 0,
      model: 1,
      nextInstanceId: 0,
      operation: operation.id,
      created: plane.clock.now(),
      declared: { location: 'westus', sku: { capacity: 2 } },
    });
    expect(await versions(plane, set.uid)).toEqual([1]);
    expect(await plane.store.operation(operation.id)).toMatchObject({
      status: 'InProgress',
      awaits: { kind: 'scaleSet', generation: 1 },
      name: 'Microsoft.Compute/virtualMachineScaleSets/write',
      resourceId: `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/web`,
      set: set.uid,
      location: 'westus',
    });
    expect(await logged(plane)).toMatchObject([{ status: 'Accepted', operationId: operation.id }]);
    expect(await plane.store.instances(set.uid)).toEqual([]);
  });

  test('keeps the group’s name as the group has it, and the set’s as it was first written', async () => {
    const plane = await emptyGroup();
    const first = await put(plane, scaleSetBody(), { group: 'RG', name: 'Web' });
    expect(first.set).toMatchObject({ group: 'rg', name: 'Web' });
    const second = await put(plane, {}, { name: 'WEB' });
    expect(second).toMatchObject({ created: false, set: { uid: first.set.uid, name: 'Web' } });
  });

  test('gives another incarnation of a name another uid', async () => {
    const plane = await emptyGroup();
    const first = await put(plane, scaleSetBody());
    await plane.store.commit([{ kind: 'remove', table: 'scaleSet', row: await stored(plane) }]);
    const second = await put(plane, scaleSetBody());
    expect(second.set.uid).not.toBe(first.set.uid);
  });

  test('twice at the same moment makes it once, and the other writes to it', async () => {
    const plane = await emptyGroup();
    const answers = await Promise.all([put(plane, scaleSetBody()), put(plane, scaleSetBody())]);
    expect(answers.map(({ created }) => created).toSorted((a, b) => Number(a) - Number(b))).toEqual([
      false,
      true,
    ]);
    expect(await plane.store.scaleSets()).toHaveLength(1);
    expect((await stored(plane)).generation).toBe(2);
  });

  test('of thirty sets at once makes thirty', async () => {
    const plane = await emptyGroup();
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => put(plane, scaleSetBody(), { name: `s${index}` })),
    );
    expect(await plane.store.scaleSets('rg')).toHaveLength(30);
  });
});

describe('a PUT of a set that is there', () => {
  test('of location and sku keeps its model, and its instances stay up to date', async () => {
    const plane = await emptyGroup();
    const first = await put(plane, scaleSetBody());
    const { set, created } = await put(plane, {
      location: 'westus',
      sku: { name: 'Standard_B1s', tier: 'Standard', capacity: 7 },
    });
    expect(created).toBe(false);
    expect(set).toMatchObject({ uid: first.set.uid, model: 1, generation: 2, etag: 2 });
    expect(set.declared).toEqual({ ...first.set.declared, sku: { ...first.set.declared.sku, capacity: 7 } });
    expect(await versions(plane, set.uid)).toEqual([1]);
  });

  test('that changes the model makes a new version of it, and keeps the old ones', async () => {
    const plane = await emptyGroup();
    await put(plane, scaleSetBody());
    const { set } = await put(plane, { sku: { name: 'Standard_B2s' } });
    expect(set.model).toBe(2);
    expect(await versions(plane, set.uid)).toEqual([1, 2]);
    expect((await plane.store.model(set.uid, 2))?.size).toBe('Standard_B2s');
    expect((await plane.store.model(set.uid, 1))?.size).toBe('Standard_B1s');
  });

  test('acts for its own operation from then on, and forgets why the one before failed', async () => {
    const plane = testPlane();
    const failure = { code: 'AllocationFailed', message: 'no room' } as const;
    await storeSet(plane, [instanceRow()], scaleSetRow({ capacity: 1, failure, generation: 3, settled: 3 }));
    const { set, operation } = await put(plane, {});
    expect(set).toMatchObject({ operation: operation.id, generation: 4, settled: 3 });
    expect(operation.awaits).toEqual({ kind: 'scaleSet', generation: 4 });
    expect(await stored(plane)).not.toHaveProperty('failure');
    expect(provisioningState(set)).toBe('Updating');
  });

  test('changes no instance: that is the loop’s', async () => {
    const plane = testPlane();
    await storeSet(plane, [instanceRow()]);
    const before = await plane.store.instances(SET_UID);
    await put(plane, { sku: { name: 'Standard_B2s', capacity: 5 } });
    expect(await plane.store.instances(SET_UID)).toBe(before);
  });
});

describe('a PATCH', () => {
  test('changes what it names, and removes what it makes null', async () => {
    const plane = await emptyGroup();
    await put(plane, { ...scaleSetBody(), plan: { name: 'p' }, tags: { a: 'b' } });
    const { set } = await patch(plane, { sku: { capacity: 3 }, plan: null });
    expect(set.declared.sku.capacity).toBe(3);
    expect(set.declared.extra).toEqual({});
    expect(set.declared.tags).toEqual({ a: 'b' });
  });

  test('of a set that is not there is refused', async () => {
    const plane = await emptyGroup();
    expect((await refusedWhole(plane, () => patch(plane, {}))).code).toBe('resourceNotFound');
    const elsewhere = await refusedWhole(plane, () => patch(plane, {}, { group: 'other' }));
    expect(elsewhere.code).toBe('resourceGroupNotFound');
  });
});

describe('a write while a rolling upgrade runs', () => {
  async function upgrading(state: 'RollingForward' | 'Completed'): Promise<TestPlane> {
    const plane = await emptyGroup();
    const { set } = await put(plane, scaleSetBody());
    await store(plane, 'rollingUpgrade', rollingUpgradeRow({ set: set.uid, number: 4, state }));
    return plane;
  }

  test('that leaves the model as it is does not wait for its success', async () => {
    const plane = await upgrading('RollingForward');
    const { operation } = await patch(plane, { sku: { capacity: 9 } });
    expect(operation.awaits).toEqual({ kind: 'scaleSet', generation: 2, beside: 4 });
  });

  test('that changes the model is what the next upgrade is for, and fails with it', async () => {
    const plane = await upgrading('RollingForward');
    const { operation } = await patch(plane, { sku: { name: 'Standard_B2s' } });
    expect(operation.awaits).toEqual({ kind: 'scaleSet', generation: 2 });
  });

  test('that has ended is a write like any other', async () => {
    const plane = await upgrading('Completed');
    const { operation } = await patch(plane, { sku: { capacity: 9 } });
    expect(operation.awaits).toEqual({ kind: 'scaleSet', generation: 2 });
  });
});

describe('conditions', () => {
  async function written(): Promise<TestPlane> {
    const plane = await emptyGroup();
    await put(plane, scaleSetBody());
    await put(plane, {});
    return plane;
  }

  test('that hold let a write through', async () => {
    const plane = await written();
    expect((await put(plane, {}, { ifMatch: '"2"' })).set.etag).toBe(3);
    expect((await patch(plane, {}, { ifMatch: '*' })).set.etag).toBe(4);
    const made = await put(plane, scaleSetBody(), { name: 'new', ifNoneMatch: '*' });
    expect(made.created).toBe(true);
  });

  test('that do not hold refuse it, whole', async () => {
    const plane = await written();
    const late: Partial<WriteRequest>[] = [
      { ifMatch: '"1"' },
      { ifNoneMatch: '*' },
      { name: 'new', ifMatch: '*' },
    ];
    for (const given of late) {
      expect((await refusedWhole(plane, () => put(plane, scaleSetBody(), given))).code).toBe(
        'preconditionFailed',
      );
    }
    expect((await refusedWhole(plane, () => patch(plane, {}, { ifMatch: '"1"' }))).code).toBe(
      'preconditionFailed',
    );
  });

  test('let one of two through that read the same etag', async () => {
    const plane = await written();
    const answers = await Promise.allSettled([
      put(plane, { tags: { a: '1' } }, { ifMatch: '"2"' }),
      put(plane, { tags: { a: '2' } }, { ifMatch: '"2"' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect((await stored(plane)).declared.tags).toEqual({ a: '1' });
  });
});

describe('a refused write changes nothing at all', () => {
  test('of a name that is none', async () => {
    const plane = await emptyGroup();
    const failure = await refusedWhole(plane, () => put(plane, scaleSetBody(), { name: '-web' }));
    expect(failure).toMatchObject({ code: 'invalidParameter', target: 'vmScaleSetName' });
  });

  test('in a group that is not there, or that is being deleted', async () => {
    const plane = testPlane();
    expect((await refusedWhole(plane, () => put(plane, scaleSetBody()))).code).toBe('resourceGroupNotFound');
    await storeSet(plane, []);
    const group = await plane.store.group('rg');
    await store(plane, 'group', { ...groupRow(), revision: group?.revision ?? 0, deleting: 'an operation' });
    const writes = [
      () => put(plane, {}),
      () => put(plane, scaleSetBody(), { name: 'new' }),
      () => patch(plane, {}),
    ];
    for (const write of writes) {
      expect(await refusedWhole(plane, write)).toMatchObject({
        code: 'groupBeingDeleted',
        message: "The resource group 'rg' is in deprovisioning state and cannot perform this operation.",
      });
    }
  });

  test('of a set that is being deleted', async () => {
    const plane = testPlane();
    await storeSet(plane, [], scaleSetRow({ deleting: true }));
    const failure = await refusedWhole(plane, () => put(plane, scaleSetBody()));
    expect(failure.code).toBe('operationNotAllowed');
    expect(failure.message).toMatch(
      /^Operation 'Update Virtual Machine Scale Set' is not allowed on Virtual Machine Scale Set 'web' since it is marked/,
    );
  });

  test('of another location, and of what may not be changed', async () => {
    const plane = await emptyGroup();
    await put(plane, scaleSetBody());
    const moved = await refusedWhole(plane, () => put(plane, { location: 'eastus' }));
    expect(moved.code).toBe('invalidResourceLocation');
    expect(moved.message).toContain("already exists in location 'westus' in resource group 'rg'");
    expect((await put(plane, { location: 'West US' })).created).toBe(false);
    const zones = { properties: { platformFaultDomainCount: 3 } };
    expect((await refusedWhole(plane, () => patch(plane, zones))).code).toBe('propertyChangeNotAllowed');
  });

  test('of a set that would be out of range', async () => {
    const plane = await emptyGroup();
    await put(plane, scaleSetBody());
    for (const capacity of [-1, 1001]) {
      expect((await refusedWhole(plane, () => put(plane, { sku: { capacity } }))).target).toBe(
        'sku.capacity',
      );
    }
  });
});

test('a group that is deleted at the moment in which a set is made in it loses one of the two, never both', async () => {
  const plane = await emptyGroup();
  const group = groupRow({ revision: (await plane.store.group('rg'))?.revision ?? 0 });
  const [made, removed] = await Promise.allSettled([
    put(plane, scaleSetBody()),
    plane.store.commit([{ kind: 'remove', table: 'group', row: group }]),
  ]);
  expect([made.status, removed.status].filter((status) => status === 'fulfilled')).toHaveLength(1);
  const { groups, sets } = (await everything(plane)) as { groups: unknown[]; sets: unknown[] };
  expect(groups).toHaveLength(sets.length);
});

describe('an identity of a set', () => {
  const NAMED =
    '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/a';
  const both = { type: 'SystemAssigned, UserAssigned', userAssignedIdentities: { [NAMED]: {} } };

  test('gets its principals with the write that assigns it, and keeps them through every other', async () => {
    const plane = testPlane();
    await store(plane, 'group', groupRow());
    const made = await put(plane, { ...scaleSetBody(), identity: both });
    const { system, user } = made.set.identities ?? { user: {} };
    expect(system?.principalId).toMatch(/^[0-9a-f-]{36}$/);
    expect(Object.keys(user)).toEqual([NAMED]);
    const shown = { ...both, principalId: system?.principalId, tenantId: 't' };
    const again = await put(plane, { ...scaleSetBody(), identity: shown });
    expect(again.set.identities).toEqual(made.set.identities);
    expect(again.set.model).toBe(made.set.model);
    expect((await put(plane, scaleSetBody())).set.identities).toEqual(made.set.identities);
  });

  test('is gone when it is taken away, and another one afterwards', async () => {
    const plane = testPlane();
    await store(plane, 'group', groupRow());
    const { set } = await put(plane, { ...scaleSetBody(), identity: { type: 'SystemAssigned' } });
    const none = await put(plane, { ...scaleSetBody(), identity: { type: 'None' } });
    expect(none.set.identities).toBeUndefined();
    const again = await put(plane, { ...scaleSetBody(), identity: { type: 'SystemAssigned' } });
    expect(again.set.identities?.system).not.toEqual(set.identities?.system);
  });

  test('that is none of Azure’s changes nothing', async () => {
    const plane = testPlane();
    await store(plane, 'group', groupRow());
    const failure = await refusedWhole(plane, () =>
      put(plane, { ...scaleSetBody(), identity: { type: 'Root' } }),
    );
    expect(failure).toMatchObject({ code: 'invalidParameter', target: 'identity.type' });
  });
});
