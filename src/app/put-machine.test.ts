// PUT and PATCH of virtual machines: what is committed for them. What never happens: a refusal changes anything, two machines have one
// name, or a machine that is read and put again becomes another.
import { describe, expect, test } from 'vitest';
import { flexibleBody, flexibleProfile, inSet, machineBody, setIdOf } from '../../test/testing/machines.ts';
import {
  ORIGIN,
  refusedWhole,
  store,
  SUBSCRIPTION,
  type TestPlane,
  testPlane,
} from '../../test/testing/plane.ts';
import { groupRow, instanceRow, vmIdOf } from '../../test/testing/rows.ts';
import type { Instance } from '../domain/instance.ts';
import type { JsonObject } from '../domain/json.ts';
import { guestIdentities } from '../domain/managed-identity.ts';
import { isSolo } from '../domain/scale-set.ts';
import { isAssigned } from './managed-identity.ts';
import { patchMachine, putMachine, type WrittenMachine } from './put-machine.ts';
import { putScaleSet } from './write-scale-set.ts';

const REF = { group: 'rg', name: 'm1' };

async function opened(): Promise<TestPlane> {
  const plane = testPlane();
  await store(plane, 'group', groupRow());
  return plane;
}

const assigned = (name: string): JsonObject => ({
  type: 'UserAssigned',
  userAssignedIdentities: {
    [`/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`]:
      {},
  },
});

const make = (plane: TestPlane, properties: JsonObject = {}, top: JsonObject = {}): Promise<WrittenMachine> =>
  putMachine(plane, ORIGIN, { ...REF, body: machineBody(properties, top) });
const patch = (plane: TestPlane, body: JsonObject): Promise<WrittenMachine> =>
  patchMachine(plane, ORIGIN, { ...REF, body });

async function stored(plane: TestPlane): Promise<Instance> {
  return (await plane.store.machine('rg', 'm1')) as Instance;
}

/** As the loops leave it: created, with nothing in hand. */
async function settled(plane: TestPlane, given: Partial<Instance> = {}): Promise<Instance> {
  const { task: _done, ...row } = await stored(plane);
  await store(plane, 'instance', { ...row, observed: { power: 'running', ready: true }, ...given });
  return stored(plane);
}

describe('a machine without a set', () => {
  test('is a set of one that nobody sees, whose capacity is one, and has a model of its own', async () => {
    const plane = await opened();
    const { instance, created, operation } = await make(plane);
    expect(created).toBe(true);
    const [set] = await plane.store.scaleSets('rg');
    expect(set && isSolo(set)).toBe(true);
    expect(set?.declared.sku.capacity).toBe(1);
    expect(await plane.store.scaleSet('rg', 'm1')).toBeUndefined();
    expect(instance).toMatchObject({
      model: -1,
      machine: { group: 'rg', name: 'm1' },
      task: { verb: 'create' },
    });
    expect(operation).toMatchObject({ name: 'Microsoft.Compute/virtualMachines/write', instances: ['m1'] });
    expect((await plane.store.model(instance.set, -1))?.profile).toMatchObject({
      osProfile: { computerName: 'm1' },
    });
  });

  test('may have the name of a set, and of a machine that is gone and whose set of one is not', async () => {
    const plane = await opened();
    await putScaleSet(plane, ORIGIN, { group: 'rg', name: 'm1', body: flexibleBody() });
    const { set, instance } = await make(plane);
    await plane.store.commit([{ kind: 'remove', table: 'instance', row: await stored(plane) }]);
    const again = await make(plane);
    expect(again.set.uid).not.toBe(set.uid);
    expect(again.instance.vmId).not.toBe(instance.vmId);
    expect((await plane.store.scaleSets('rg')).filter(isSolo)).toHaveLength(1);
  });

  test('is made once, however many ask for it at once', async () => {
    const plane = await opened();
    const answers = await Promise.allSettled([make(plane), make(plane), make(plane)]);
    const made = answers.filter((one) => one.status === 'fulfilled');
    expect(made.filter(({ value }) => value.created)).toHaveLength(1);
    expect(await plane.store.scaleSets('rg')).toHaveLength(1);
  });

  test('is somebody of its own, and nobody when its identity is taken away', async () => {
    const plane = await opened();
    const { instance } = await make(plane, {}, { identity: { type: 'SystemAssigned' } });
    const clientId = instance.identities?.system?.clientId ?? '';
    expect(await isAssigned(plane, clientId)).toBe(true);
    await settled(plane);
    await patch(plane, { identity: { type: 'None' } });
    expect(await isAssigned(plane, clientId)).toBe(false);
  });
});

describe('a change', () => {
  test('of tags is made at once, also while a verb is in hand', async () => {
    const plane = await opened();
    await make(plane);
    await patch(plane, { tags: { a: 'b' } });
    expect(await stored(plane)).toMatchObject({ tags: { a: 'b' }, task: { verb: 'create' }, model: -1 });
  });

  test('of the size is another version of its own model and a restart', async () => {
    const plane = await opened();
    await make(plane);
    await settled(plane);
    const size = (vmSize: string): JsonObject => ({ properties: { hardwareProfile: { vmSize } } });
    await patch(plane, size('standard_b1s'));
    expect(await stored(plane)).not.toHaveProperty('task');
    await patch(plane, size('Standard_B2s'));
    const asked = await stored(plane);
    expect(asked).toMatchObject({
      model: -1,
      wanted: { model: -2, turn: { kind: 'restart', generation: 1 } },
    });
    expect(await plane.store.model(asked.set, -2)).toMatchObject({ size: 'Standard_B2s' });
  });

  test('of what its guest need not be given is a version that it has at once', async () => {
    const plane = await opened();
    await make(plane);
    await settled(plane);
    await patch(plane, {
      properties: { licenseType: 'RHEL_BYOS', storageProfile: { osDisk: { caching: 'None' } } },
    });
    const row = await stored(plane);
    expect(row).toMatchObject({ model: -2, wanted: { model: -2 } });
    expect(row).not.toHaveProperty('task');
    const { profile } = (await plane.store.model(row.set, -2)) ?? {};
    expect(profile).toMatchObject({
      licenseType: 'RHEL_BYOS',
      storageProfile: { osDisk: { caching: 'None' } },
    });
  });

  test('of what may not be changed, and one while a verb is in hand, changes nothing', async () => {
    const plane = await opened();
    await make(plane);
    const busy = await refusedWhole(plane, () => patch(plane, { properties: { userData: 'aGk=' } }));
    expect(busy.code).toBe('conflict');
    await settled(plane);
    for (const properties of [
      { osProfile: { adminPassword: 'An0ther!word' } },
      { priority: 'Spot' },
      { storageProfile: { imageReference: { offer: 'other' } } },
    ]) {
      const failure = await refusedWhole(plane, () => patch(plane, { properties }));
      expect(failure.code).toBe('propertyChangeNotAllowed');
    }
  });

  test('with nothing different is none: no version, no verb', async () => {
    const plane = await opened();
    await make(plane, { userData: 'aGk=' });
    const before = await settled(plane);
    await make(plane, { userData: 'aGk=' });
    const { revision: _a, etag: _b, ...after } = await stored(plane);
    const { revision: _c, etag: _d, ...was } = before;
    expect(after).toEqual(was);
  });
});

describe('a set with a profile', () => {
  test('counts a member that was made by itself, and one that left it no more', async () => {
    const plane = await opened();
    const body = flexibleBody(
      { virtualMachineProfile: flexibleProfile() },
      { sku: { name: 'Standard_B1s', capacity: 0 } },
    );
    await putScaleSet(plane, ORIGIN, { group: 'rg', name: 'web', body });
    await make(plane, inSet(setIdOf('web')));
    expect((await plane.store.scaleSet('rg', 'web'))?.declared.sku.capacity).toBe(1);
    const before = await settled(plane);
    const { set } = await patch(plane, { properties: inSet(undefined) });
    expect(isSolo(set)).toBe(true);
    expect((await plane.store.scaleSet('rg', 'web'))?.declared.sku.capacity).toBe(0);
    const after = await stored(plane);
    expect(after).toMatchObject({ guest: `${before.set}_${before.id}`, vmId: before.vmId, model: -1 });
    expect(await plane.store.instances(before.set)).toEqual([]);
  });

  test('lends its identity to those that it made, and to none that was put into it', async () => {
    const plane = await opened();
    const { set } = await putScaleSet(plane, ORIGIN, {
      group: 'rg',
      name: 'web',
      body: flexibleBody({}, { identity: assigned('lent') }),
    });
    await make(plane);
    await settled(plane);
    await patch(plane, { properties: inSet(setIdOf('web')) });
    expect(guestIdentities(set, await stored(plane))).toBeUndefined();
    const made = instanceRow({ set: set.uid, id: 7, vmId: vmIdOf(7), machine: { group: 'rg', name: 'm7' } });
    expect(guestIdentities(set, made)).toBe(set.identities);
  });

  test('has members that may be somebody of their own', async () => {
    const plane = await opened();
    const body = flexibleBody(
      { virtualMachineProfile: flexibleProfile() },
      { sku: { name: 'Standard_B1s', capacity: 1 } },
    );
    const { set } = await putScaleSet(plane, ORIGIN, { group: 'rg', name: 'web', body });
    await store(plane, 'instance', instanceRow({ set: set.uid, machine: REF }));
    const { instance } = await patch(plane, { identity: assigned('own') });
    const [principal] = Object.values(instance.identities?.user ?? {});
    expect(await isAssigned(plane, principal?.clientId ?? '')).toBe(true);
  });
});
