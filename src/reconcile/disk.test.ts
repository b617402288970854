// The disk reconciler. What never happens: a disk that an instance has, or that nobody asked to delete, loses its content; a
// row goes before its content.

import { beforeEach, describe, expect, test } from 'vitest';
import { NO_ARM } from '../../test/testing/no-arm.ts';
import { store, storeSet, type TestPlane, testPlane } from '../../test/testing/plane.ts';
import { diskRow, groupRow, instanceRow } from '../../test/testing/rows.ts';
import { GuestError, type Guests } from '../app/ports/guests.ts';
import { NO_BALANCER } from '../balancer/no-balancer.ts';
import { diskUid } from '../domain/disk-name.ts';
import type { DataDisk } from '../domain/instance.ts';
import { openSimulatedGuests } from '../guest/simulated/guests.ts';
import { diskKey, diskKeys, dropUnownedDisks, lookAtDisk } from './disk.ts';
import { lookAtGroup } from './resource-group.ts';
import type { World } from './world.ts';

const own: DataDisk = { lun: 0, sizeGiB: 8, name: 'own', declared: {}, fromModel: true };

let plane: TestPlane;
let deleted: string[];
let kept: string[];
/** The next deletions are refused by the driver so often. */
let reluctance: number;
let world: World;

beforeEach(() => {
  plane = testPlane();
  deleted = [];
  kept = [];
  reluctance = 0;
  const driver = openSimulatedGuests({ clock: plane.clock, seed: 'disks' });
  const guests: Guests = Object.assign(Object.create(driver) as Guests, {
    disks: async () => kept,
    deleteDisk: async (id: string) => {
      if (reluctance > 0) {
        reluctance -= 1;
        throw new GuestError('transient', 'Another guest still has a data disk.');
      }
      deleted.push(id);
    },
  });
  world = { ...plane, guests, balancer: NO_BALANCER, arm: NO_ARM };
});

describe('a disk', () => {
  test('that is being deleted loses its content, then its row', async () => {
    const disk = diskRow({ name: 'Notes', deleting: 'operation' });
    await store(plane, 'disk', disk, diskRow({ uid: 'other', name: 'other' }));
    expect(await diskKeys(world)).toEqual([diskKey(disk)]);
    reluctance = 1;
    expect(await lookAtDisk(world, diskKey(disk))).toBe(plane.clock.now() + 2000);
    expect(await plane.store.disk('rg', 'notes')).toBeDefined();
    expect(await lookAtDisk(world, diskKey(disk))).toBeUndefined();
    expect([await plane.store.disk('rg', 'notes'), deleted]).toEqual([undefined, [disk.uid]]);
  });

  test('that nobody asked to delete, or that is not there, is left alone', async () => {
    const disk = diskRow({ name: 'notes' });
    await store(plane, 'disk', disk);
    for (const key of [diskKey(disk), 'rg/none']) expect(await lookAtDisk(world, key)).toBeUndefined();
    expect([(await plane.store.disks()).length, deleted]).toEqual([1, []]);
  });
});

test('what guests hold for nobody is taken away at start, unless a row owns it', async () => {
  const instance = instanceRow({ dataDisks: [own] });
  await storeSet(plane, [instance]);
  await store(plane, 'disk', diskRow({ name: 'notes' }));
  kept = ['nobody’s', diskUid(instance, own), diskRow().uid];
  await dropUnownedDisks(world);
  expect(deleted).toEqual(['nobody’s']);
  kept = [];
  await dropUnownedDisks(world);
  expect(deleted).toEqual(['nobody’s']);
});

test('a group that goes takes its disks along, first what is on them, and no other group’s', async () => {
  await store(plane, 'group', groupRow({ name: 'rg', deleting: 'operation' }), groupRow({ name: 'stays' }));
  await store(plane, 'disk', diskRow({ name: 'a' }), diskRow({ uid: 'other', group: 'stays', name: 'a' }));
  reluctance = 1;
  expect(await lookAtGroup(world, 'rg')).toBe(plane.clock.now() + 2000);
  expect(await plane.store.group('rg')).toBeDefined();
  await lookAtGroup(world, 'rg');
  expect(await plane.store.group('rg')).toBeUndefined();
  expect((await plane.store.disks()).map(({ uid }) => uid)).toEqual(['other']);
  expect(deleted).toEqual([diskRow().uid]);
});
