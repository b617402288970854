// Models that machines have of their own: each goes when nobody has it any more, and none that somebody has.
import { beforeEach, describe, expect, test } from 'vitest';
import { NO_ARM } from '../../test/testing/no-arm.ts';
import { store, type TestPlane, testPlane } from '../../test/testing/plane.ts';
import { groupRow, instanceRow, modelRow, scaleSetRow, SET_UID, vmIdOf } from '../../test/testing/rows.ts';
import { put, type Store } from '../app/ports/store.ts';
import { NO_BALANCER } from '../balancer/no-balancer.ts';
import type { Instance } from '../domain/instance.ts';
import { openSimulatedGuests } from '../guest/simulated/guests.ts';
import { lookAtScaleSet } from './scale-set.ts';
import type { World } from './world.ts';

let plane: TestPlane;
let world: World;

beforeEach(async () => {
  plane = testPlane();
  const guests = openSimulatedGuests({ clock: plane.clock, seed: 's' });
  world = { ...plane, guests, balancer: NO_BALANCER, arm: NO_ARM };
  await store(plane, 'group', groupRow());
  await plane.store.commit([
    put('scaleSet', scaleSetRow({ capacity: 2, nextInstanceId: 2, lastOwnModel: -3, model: 2 })),
    ...[1, 2, -1, -2, -3].map((version) => ({ kind: 'putModel', model: modelRow({ version }) }) as const),
  ]);
});

const machine = (id: number, given: Partial<Instance>): Instance =>
  instanceRow({ id, vmId: vmIdOf(id), machine: { group: 'rg', name: `m${id}` }, ...given });

async function versions(): Promise<readonly number[]> {
  return (await plane.store.models(SET_UID)).map(({ version }) => version).toSorted((a, b) => a - b);
}

describe('a model of its own', () => {
  test('goes when its machine has another or has gone; the set’s own versions stay until it settles', async () => {
    await store(plane, 'instance', machine(0, { model: -3 }), machine(1, { model: 2 }));
    await lookAtScaleSet(world, SET_UID);
    expect(await versions()).toEqual([-3, 1, 2]);
    const settled = await plane.store.scaleSetByUid(SET_UID);
    await lookAtScaleSet(world, SET_UID);
    expect(await plane.store.scaleSetByUid(SET_UID)).toBe(settled);
  });

  test('stays while its machine has it, or is to have it', async () => {
    const wanted = { exists: true, power: 'running', model: -3 } as const;
    await store(plane, 'instance', machine(0, { model: -1, wanted }), machine(1, { model: 2 }));
    await lookAtScaleSet(world, SET_UID);
    expect(await versions()).toEqual([-3, -1, 1, 2]);
  });

  test('that is given while the loop decides stays', async () => {
    await store(plane, 'instance', machine(0, { model: -3 }), machine(1, { model: 2 }));
    const late = { ...world, store: withChange(plane.store, async () => giveAnother()) };
    await expect(lookAtScaleSet(late, SET_UID)).rejects.toMatchObject({ name: 'RevisionConflict' });
    expect(await versions()).toContain(-4);
    await lookAtScaleSet(world, SET_UID);
    expect(await versions()).toEqual([-4, 1, 2]);
  });
});

/** As a PATCH of the machine does it. */
async function giveAnother(): Promise<void> {
  const set = await plane.store.scaleSetByUid(SET_UID);
  const row = await plane.store.instance(SET_UID, 0);
  if (set === undefined || row === undefined) throw new Error('it is gone');
  await plane.store.commit([
    put('scaleSet', { ...set, lastOwnModel: -4 }),
    { kind: 'putModel', model: modelRow({ version: -4 }) },
    put('instance', { ...row, model: -4, wanted: { ...row.wanted, model: -4 } }),
  ]);
}

/** Somebody else's commit, just before the models are read. */
function withChange(of: Store, change: () => Promise<void>): Store {
  return new Proxy(of, {
    get(target, key) {
      if (key === 'models') {
        return async (set: string) => {
          await change();
          return target.models(set);
        };
      }
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
