// Managed disks: what the disks of an instance are as resources, and which are left when it loses them or goes.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { diskRow, instanceRow, modelRow, scaleSetRow } from '../../test/testing/rows.ts';
import { diskUid } from './disk-name.ts';
import type { DataDisk } from './instance.ts';
import type { JsonObject } from './json.ts';
import { dataDiskResource, goesWithInstance, osDiskResource, releasedDisks } from './managed-disk.ts';

const set = scaleSetRow();

function disk(lun: number, more: Partial<DataDisk> = {}): DataDisk {
  return { lun, sizeGiB: 4, name: `disk${lun}`, declared: {}, fromModel: true, ...more };
}

describe('a data disk of an instance as a resource', () => {
  test('is where its instance is, empty in the beginning, and of the kind that was declared', () => {
    const declared = { managedDisk: { storageAccountType: 'Premium_LRS' } };
    const instance = instanceRow({ zone: '2', created: 7 });
    expect(dataDiskResource(set, instance, disk(0, { declared }))).toMatchObject({
      uid: diskUid(instance, disk(0)),
      group: set.group,
      name: 'disk0',
      created: 7,
      location: set.declared.location,
      zones: ['2'],
      sizeGiB: 4,
      properties: { creationData: { createOption: 'Empty' } },
      extra: { sku: { name: 'Premium_LRS' } },
    });
    expect(dataDiskResource(set, instance, disk(0, { created: 9 })).created).toBe(9);
  });

  test('is what it was before it was attached, as large as it is now', () => {
    const resource = diskRow({ name: 'notes', tags: { a: 'b' }, revision: 5 });
    const now = disk(1, { resource, uid: resource.uid, sizeGiB: 64 });
    expect(dataDiskResource(set, instanceRow({}), now)).toEqual({ ...resource, revision: 0, sizeGiB: 64 });
  });
});

describe('the OS disk of an instance as a resource', () => {
  const os = (imageReference: JsonObject, imageVersion?: string) =>
    osDiskResource('sub', {
      set,
      model: modelRow({ profile: { storageProfile: { imageReference, osDisk: { diskSizeGB: 64 } } } }),
      instance: instanceRow(imageVersion === undefined ? {} : { imageVersion }),
    });

  test('says of which version of which image it was laid', () => {
    const published = os({ publisher: 'muster', offer: 'web', sku: '1', version: 'latest' }, '1.2.0');
    expect(published).toMatchObject({
      sizeGiB: 64,
      properties: {
        osType: 'Linux',
        creationData: {
          createOption: 'FromImage',
          imageReference: {
            id: `/Subscriptions/sub/Providers/Microsoft.Compute/Locations/${set.declared.location}/Publishers/muster/ArtifactTypes/VMImage/Offers/web/Skus/1/Versions/1.2.0`,
          },
        },
      },
    });
    expect(os({ id: '/images/web' }).properties['creationData']).toEqual({
      createOption: 'FromImage',
      imageReference: { id: '/images/web' },
    });
  });
});

test.each<[string, Partial<DataDisk>, boolean]>([
  ['a disk of the model', {}, true],
  ['a disk of the model that says otherwise', { declared: { deleteOption: 'Detach' } }, false],
  ['an attached disk', { fromModel: false }, false],
  ['an attached disk that says otherwise', { fromModel: false, declared: { deleteOption: 'delete' } }, true],
  ['a disk that is being detached', { detaching: true }, false],
])('whether %s goes with its instance', (_, more, goes) => {
  expect(goesWithInstance(disk(0, more))).toBe(goes);
});

test('whatever an instance loses is released, and nothing that it keeps', () => {
  const some = fc.uniqueArray(fc.record({ lun: fc.nat(5), fromModel: fc.boolean() }), {
    selector: ({ lun }) => lun,
  });
  fc.assert(
    fc.property(some, fc.array(fc.nat(5)), (disks, keeps) => {
      const before = instanceRow({ dataDisks: disks.map(({ lun, fromModel }) => disk(lun, { fromModel })) });
      const after = { ...before, dataDisks: before.dataDisks.filter(({ lun }) => keeps.includes(lun)) };
      const uids = (released: ReturnType<typeof releasedDisks>) => released.map(({ uid }) => uid).toSorted();
      const lost = before.dataDisks.filter((one) => !after.dataDisks.includes(one));
      expect(uids(releasedDisks(set, before, after))).toEqual(
        lost.map((one) => diskUid(before, one)).toSorted(),
      );
      const left = before.dataDisks.filter(({ fromModel }) => !fromModel);
      expect(uids(releasedDisks(set, before, undefined))).toEqual(
        left.map((one) => diskUid(before, one)).toSorted(),
      );
    }),
  );
});
