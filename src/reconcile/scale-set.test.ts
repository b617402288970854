// The loop of a set whose instances get addresses of a subnet: all that are missing, or none; two sets that were both accepted
// while there was room for either; and what is missing without anybody having asked.
import { beforeEach, describe, expect, test } from 'vitest';
import { NO_ARM } from '../../test/testing/no-arm.ts';
import { store, SUBSCRIPTION, type TestPlane, testPlane } from '../../test/testing/plane.ts';
import { groupRow, instanceRow, modelRow, networkRow, scaleSetRow } from '../../test/testing/rows.ts';
import { put, type Store } from '../app/ports/store.ts';
import { NO_BALANCER } from '../balancer/no-balancer.ts';
import type { Instance } from '../domain/instance.ts';
import type { JsonObject } from '../domain/json.ts';
import type { ScaleSet } from '../domain/scale-set.ts';
import { openSimulatedGuests } from '../guest/simulated/guests.ts';
import { lookAtScaleSet } from './scale-set.ts';
import type { World } from './world.ts';

const A = '5e7a0000-0000-4000-8000-00000000000a';
const B = '5e7a0000-0000-4000-8000-00000000000b';
const ID = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet/subnets/web`;
const MESSAGE = (count: number): string =>
  `Subnet web with address prefix 10.0.0.0/28 does not have enough capacity for ${count} IP addresses.`;
const profile: JsonObject = {
  storageProfile: { imageReference: { publisher: 'muster', offer: 'base' } },
  networkProfile: {
    networkInterfaceConfigurations: [
      { name: 'nic', properties: { ipConfigurations: [{ name: 'ip', properties: { subnet: { id: ID } } }] } },
    ],
  },
};

let plane: TestPlane;
let world: World;

beforeEach(async () => {
  plane = testPlane();
  const guests = openSimulatedGuests({ clock: plane.clock, seed: 's' });
  world = { ...plane, guests, balancer: NO_BALANCER, arm: NO_ARM };
  await store(plane, 'group', groupRow());
  // Room for eleven.
  const subnets = [{ name: 'web', properties: { addressPrefix: '10.0.0.0/28' } }];
  await store(plane, 'network', networkRow({ properties: { subnets } }));
});

async function declare(uid: string, given: Parameters<typeof scaleSetRow>[0]): Promise<void> {
  await plane.store.commit([
    put('scaleSet', scaleSetRow({ uid, name: uid, generation: 2, ...given })),
    { kind: 'putModel', model: modelRow({ set: uid, profile }) },
  ]);
}

async function row(uid: string): Promise<ScaleSet> {
  const set = await plane.store.scaleSetByUid(uid);
  if (set === undefined) throw new Error('it is gone');
  return set;
}

async function addresses(uid: string): Promise<readonly (string | undefined)[]> {
  return (await plane.store.instances(uid)).map((one) => one.addresses?.[0]?.address);
}

describe('a set that grows', () => {
  test('gets an address for each of its instances, and holds the network by it', async () => {
    await declare(A, { capacity: 3 });
    const [before] = await plane.store.networks('virtualNetworks');
    await lookAtScaleSet(world, A);
    expect(await addresses(A)).toEqual(['10.0.0.4', '10.0.0.5', '10.0.0.6']);
    const [after] = await plane.store.networks('virtualNetworks');
    expect(after).toEqual({ ...before, revision: (before?.revision ?? 0) + 1 });
  });

  test('and finds too few addresses left fails whole, and keeps what it has', async () => {
    await declare(A, { capacity: 8 });
    await declare(B, { capacity: 4, nextInstanceId: 1 });
    const had = { nic: 'nic', ipConfiguration: 'ip', subnet: `${networkRow().uid}/web`, address: '10.0.0.9' };
    await store(plane, 'instance', instanceRow({ set: B, id: 0, addresses: [had] }));
    await lookAtScaleSet(world, A);
    await lookAtScaleSet(world, B);
    expect(await addresses(B)).toEqual(['10.0.0.9']);
    const failure = { code: 'SubnetIsFull', message: MESSAGE(3) };
    expect(await row(B)).toMatchObject({ failure, declared: { sku: { capacity: 1 } }, nextInstanceId: 1 });
    await lookAtScaleSet(world, B);
    expect(await row(B)).toMatchObject({ failure, settled: 2, declared: { sku: { capacity: 1 } } });
  });

  test('makes fewer beyond its capacity where there is no room for them', async () => {
    await declare(A, { capacity: 10, properties: { overprovision: true } });
    await lookAtScaleSet(world, A);
    expect(await addresses(A)).toHaveLength(10);
  });

  const eight = new Set([4, 5, 6, 7, 8, 9, 10, 11].map((n) => `10.0.0.${n}`));

  test('at the same moment as another waits for its turn', async () => {
    await declare(A, { capacity: 4 });
    await declare(B, { capacity: 4 });
    await Promise.all([lookAtScaleSet(world, A), lookAtScaleSet(world, B)]);
    expect(new Set([...(await addresses(A)), ...(await addresses(B))])).toEqual(eight);
  });

  test('makes nothing of a network that somebody has taken from who did not wait', async () => {
    await declare(A, { capacity: 4 });
    await declare(B, { capacity: 4 });
    const other = { ...world, store: another(plane.store) };
    const results = await Promise.allSettled([lookAtScaleSet(world, A), lookAtScaleSet(other, B)]);
    const late = results.findIndex(({ status }) => status === 'rejected');
    expect(results[late]).toMatchObject({ reason: { name: 'RevisionConflict' } });
    expect(await addresses([A, B][late] ?? '')).toEqual([]);
    await lookAtScaleSet(world, [A, B][late] ?? '');
    expect(new Set([...(await addresses(A)), ...(await addresses(B))])).toEqual(eight);
  });
});

/** The same rows, as another plane would see them. */
function another(of: Store): Store {
  return new Proxy(of, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

describe('what is missing although nobody asked', () => {
  test('is said of the set, is made when there is room again, and is then said no more', async () => {
    await declare(A, { capacity: 11 });
    await lookAtScaleSet(world, A);
    await declare(B, { capacity: 1, generation: 1, settled: 1 });
    await lookAtScaleSet(world, B);
    const failed = await row(B);
    expect(failed).toMatchObject({ failure: { message: MESSAGE(1) }, declared: { sku: { capacity: 1 } } });
    await lookAtScaleSet(world, B);
    expect(await row(B)).toBe(failed);
    const [gone] = (await plane.store.instances(A)) as [Instance];
    await plane.store.commit([{ kind: 'remove', table: 'instance', row: gone }]);
    await lookAtScaleSet(world, B);
    expect(await addresses(B)).toEqual(['10.0.0.4']);
    expect((await row(B)).failure).toBeUndefined();
  });
});
