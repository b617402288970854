// Disk plans. What never happens: a disk is taken that is somebody's, a disk that the instance has is dropped without a word,
// two disks share a lun, or more are attached than the size allows.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { instanceRow, scaleSetRow } from '../../test/testing/rows.ts';
import { type DiskPlan, namedDisks, planDisks } from './disk-plan.ts';
import type { Disk } from './disk.ts';
import { Failure } from './failure.ts';
import type { DataDisk, Instance } from './instance.ts';
import type { JsonObject } from './json.ts';
import type { ManagedDisk } from './managed-disk.ts';
import { diskPath } from './resource-path.ts';

const SUBSCRIPTION = 'sub';
const set = scaleSetRow();
const { location } = set.declared;

function diskRow(name: string, more: Partial<Disk> = {}): Disk {
  const base = { uid: `uid of ${name}`, group: set.group, name, revision: 1, created: 0, location };
  return { ...base, tags: {}, zones: [], sizeGiB: 4, properties: {}, extra: {}, ...more };
}

const present: DataDisk = {
  lun: 0,
  sizeGiB: 8,
  name: 'present',
  declared: { lun: 0, diskSizeGB: 8, createOption: 'Empty' },
  fromModel: true,
};

const attach = (lun: number, name: string, more: JsonObject = {}): JsonObject => ({
  lun,
  createOption: 'Attach',
  managedDisk: { id: diskPath(SUBSCRIPTION, set.group, name) },
  ...more,
});

function plan(
  asked: readonly JsonObject[],
  disks: readonly ManagedDisk[] = [],
  given: Partial<Instance> = {},
): DiskPlan {
  const instance = instanceRow({ dataDisks: [present], ...given });
  const find = (name: string) => disks.find(({ disk }) => disk.name.toLowerCase() === name.toLowerCase());
  return planDisks(
    { subscriptionId: SUBSCRIPTION, set, instance, size: 'Standard_B2s', now: 5, find },
    asked,
  );
}

function refused(...given: Parameters<typeof plan>): [code: string, message: string] {
  try {
    plan(...given);
  } catch (error) {
    if (error instanceof Failure) return [error.code, error.message];
    throw error;
  }
  throw new Error('it was not refused');
}

describe('a list of data disks', () => {
  test('that says what is there changes nothing, with or without the size', () => {
    for (const disk of [present.declared, { lun: 0 }]) {
      expect(plan([disk])).toMatchObject({
        dataDisks: [{ ...present, declared: { lun: 0, createOption: 'Empty' } }],
        taken: [],
        chosen: false,
      });
    }
  });

  test('detaches what it leaves out or says is to be detached, which stays the instance’s meanwhile', () => {
    for (const asked of [[], [{ lun: 0, toBeDetached: true }], [{ lun: 0, toBeDetached: 'True' }]]) {
      expect(plan(asked).dataDisks).toEqual([{ ...present, detaching: true }]);
    }
  });

  test('takes an unattached disk, by its id in any case, with all that it was', () => {
    const disk = diskRow('notes', { tags: { a: 'b' } });
    const asked = attach(3, 'NOTES', { caching: 'None' });
    const { dataDisks, taken } = plan([present.declared, asked], [{ disk }]);
    expect(taken).toEqual([disk]);
    expect(dataDisks[1]).toEqual({
      lun: 3,
      sizeGiB: 4,
      name: 'notes',
      declared: { lun: 3, createOption: 'Attach', caching: 'None', diskSizeGB: 4, managedDisk: {} },
      fromModel: false,
      uid: disk.uid,
      resource: disk,
    });
  });

  test('makes an empty one, under a name of its own or under the one that it says', () => {
    const made = plan([present.declared, { lun: 1, diskSizeGB: 2 }]);
    expect(made.dataDisks[1]).toMatchObject({ sizeGiB: 2, fromModel: false, created: 5 });
    expect(made.dataDisks[1]?.name).toMatch(/^web_web_0_disk3_[0-9a-f]{32}$/);
    expect(made.chosen).toBe(false);
    const named = plan([present.declared, { lun: 1, name: 'mine', diskSizeGB: 2 }]);
    expect([named.dataDisks[1]?.name, named.chosen]).toEqual(['mine', true]);
  });

  test('names the disks that it depends on: of those that are new at their lun', () => {
    const instance = instanceRow({ dataDisks: [present] });
    const asked = [{ ...present.declared, name: 'Present' }, attach(1, 'Notes'), { lun: 2, name: 'Mine' }];
    expect(namedDisks(instance, asked)).toEqual(['notes', 'mine']);
  });
});

describe('in Azure’s words is refused', () => {
  const attachment = { set, instance: instanceRow({ id: 7 }), isDetaching: false };

  test.each<[string, JsonObject, ManagedDisk | undefined, string, RegExp]>([
    [
      'a disk that is not there',
      attach(1, 'none'),
      undefined,
      'resourceNotFound',
      /^Disk .*\/none is not found\.$/,
    ],
    [
      'a disk of another VM',
      attach(1, 'notes'),
      { disk: diskRow('notes'), attachment },
      'conflictingUserInput',
      /^Disk '.*\/disks\/notes' cannot be attached as the disk is already owned by VM '.*\/virtualMachines\/7'\.$/,
    ],
    [
      'a disk that is being detached',
      attach(1, 'notes'),
      { disk: diskRow('notes'), attachment: { ...attachment, isDetaching: true } },
      'diskBeingDetached',
      /^Cannot attach data disk 'notes' to VM 'web_0' because the disk is currently being detached/,
    ],
    [
      'a disk that is being deleted',
      attach(1, 'notes'),
      { disk: diskRow('notes', { deleting: 'operation' }) },
      'conflict',
      /concurrent request/,
    ],
    [
      'a disk of another location',
      attach(1, 'notes'),
      { disk: diskRow('notes', { location: 'mars' }) },
      'badRequest',
      /it is in location 'mars'/,
    ],
    [
      'a disk in a zone for a VM in none',
      attach(1, 'notes'),
      { disk: diskRow('notes', { zones: ['1'] }) },
      'badRequest',
      /it is in a zone and the VM is not/,
    ],
    [
      'a lun that is in use',
      attach(0, 'notes'),
      { disk: diskRow('notes') },
      'invalidParameter',
      /^A disk at LUN 0 already exists\.$/,
    ],
    [
      'a smaller size than the disk has',
      attach(1, 'notes', { diskSizeGB: 3 }),
      { disk: diskRow('notes') },
      'operationNotAllowed',
      /cannot be made smaller/,
    ],
    [
      'no id',
      { lun: 1, createOption: 'Attach' },
      undefined,
      'invalidParameter',
      /managedDisk\.id' is missing/,
    ],
    [
      'a new disk under a name that is used',
      { lun: 1, name: 'NOTES', diskSizeGB: 1 },
      { disk: diskRow('notes') },
      'conflictingUserInput',
      /already exists/,
    ],
  ])('%s', (_, asked, disk, code, message) => {
    const kept = asked['lun'] === 0 ? [] : [present.declared];
    const [is, says] = refused([...kept, asked], disk === undefined ? [] : [disk]);
    expect(is).toBe(code);
    expect(says).toMatch(message);
  });

  test('a disk of another resource group, which is not looked for there', () => {
    const id = diskPath(SUBSCRIPTION, 'other', 'notes');
    const [code] = refused(
      [present.declared, attach(1, 'x', { managedDisk: { id } })],
      [{ disk: diskRow('notes') }],
    );
    expect(code).toBe('resourceNotFound');
  });

  test('a disk of no zone or another zone for a VM in a zone', () => {
    const inZone = (zones: readonly string[]) =>
      refused([present.declared, attach(1, 'notes')], [{ disk: diskRow('notes', { zones }) }], {
        zone: '2',
      })[1];
    expect(inZone([])).toMatch(/because it is not in zone '2'\.$/);
    expect(inZone(['1'])).toMatch(/it is not in the same zone as the VM\. VM zone: '2'\. Disk zone: '1'\.$/);
    const same = [{ disk: diskRow('notes', { zones: ['2'] }) }];
    expect(plan([present.declared, attach(1, 'notes')], same, { zone: '2' }).taken).toHaveLength(1);
  });

  test('one disk at two luns, and a disk that is to stay though it is being detached', () => {
    const notes = [{ disk: diskRow('notes') }];
    expect(refused([attach(1, 'notes'), attach(2, 'Notes')], notes)[0]).toBe('conflictingUserInput');
    const dataDisks = [{ ...present, detaching: true as const }];
    expect(refused([present.declared], [], { dataDisks })[0]).toBe('diskBeingDetached');
  });

  test('more than the size allows; fewer, or the same, never', () => {
    const many = Array.from({ length: 5 }, (_, lun) => ({ lun, diskSizeGB: 8 }));
    expect(refused(many)).toEqual([
      'operationNotAllowed',
      'The maximum number of data disks allowed to be attached to a VM of this size is 4.',
    ]);
    expect(plan(many.slice(0, 4)).dataDisks).toHaveLength(4);
    const dataDisks = many.map((declared, lun): DataDisk => ({ ...present, lun, declared, name: `d${lun}` }));
    expect(plan(many, [], { dataDisks }).dataDisks).toHaveLength(5);
  });
});

test('whatever is asked, a plan keeps or detaches what is there and takes only what is free', () => {
  const names = ['a', 'b', 'c', 'd'];
  const lun = fc.nat(3);
  const asked = fc.oneof(
    fc.record({ lun, name: fc.constantFrom(...names) }).map(({ lun: at, name }) => attach(at, name)),
    fc.record({ lun, diskSizeGB: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ lun, diskSizeGB: fc.constant(9), toBeDetached: fc.boolean() }),
  );
  const state = fc.constantFrom('free', 'owned', 'detaching', 'deleting', 'none');
  fc.assert(
    fc.property(fc.array(asked, { maxLength: 5 }), fc.tuple(state, state, state, state), (list, states) => {
      const disks = states.flatMap((is, index): ManagedDisk[] => {
        if (is === 'none') return [];
        const disk = diskRow(names[index] as string, is === 'deleting' ? { deleting: 'x' } : {});
        const attachment = { set, instance: instanceRow({ id: 9 }), isDetaching: is === 'detaching' };
        return [is === 'owned' || is === 'detaching' ? { disk, attachment } : { disk }];
      });
      let made: DiskPlan;
      try {
        made = plan(list, disks);
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
        return;
      }
      const { dataDisks, taken } = made;
      expect(dataDisks.some(({ name }) => name === present.name)).toBe(true);
      expect(new Set(dataDisks.map((disk) => disk.lun)).size).toBe(dataDisks.length);
      expect(dataDisks.filter(({ detaching }) => detaching !== true).length).toBeLessThanOrEqual(4);
      expect(taken.every(({ name }) => states[names.indexOf(name)] === 'free')).toBe(true);
      expect(new Set(taken.map(({ uid }) => uid)).size).toBe(taken.length);
      expect(dataDisks.flatMap(({ resource }) => resource ?? [])).toEqual(taken);
    }),
  );
});
