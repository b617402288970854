// Disk names: what they look like, and that none is given twice.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { instanceRow, vmIdOf } from '../../test/testing/rows.ts';
import {
  dataDiskName,
  diskDigits,
  diskName,
  diskUid,
  newDiskName,
  newDiskUid,
  osDiskName,
} from './disk-name.ts';

const HEX = '6d72b805e50e4de6830303c5055077fc';

describe('disk names', () => {
  test('of a set with a short name are as recorded', () => {
    expect(diskName('vmss3176', { id: 0 }, 'OsDisk', HEX)).toBe(`vmss3176_vmss3176_0_OsDisk_1_${HEX}`);
    expect(diskName('vmss3176', { id: 0 }, 2, HEX)).toBe(`vmss3176_vmss3176_0_disk2_${HEX}`);
  });

  test('of a set with a long name are cut as recorded', () => {
    const recorded = `vmss-simulate-evictivmss-simulate-evictioOS__1_${HEX}`;
    expect(diskName('vmss-simulate-eviction', { id: 0 }, 'OsDisk', HEX)).toBe(recorded);
  });

  test('are never longer than the eighty characters that Azure allows, and end in the kind and the digits', () => {
    const names = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/);
    fc.assert(
      fc.property(names, fc.nat(1_000_000), fc.integer({ min: 2, max: 65 }), (name, id, number) => {
        const os = diskName(name, { id }, 'OsDisk', HEX);
        const data = diskName(name, { id }, number, HEX);
        expect(Math.max(os.length, data.length)).toBeLessThanOrEqual(80);
        expect(os).toMatch(/(_OsDisk_1_|OS__1_)[0-9a-f]{32}$/);
        expect(data.endsWith(`disk${number}_${HEX}`)).toBe(true);
      }),
    );
  });

  test('have 32 hex digits, the same for the same disk and others for another', () => {
    const vmId = vmIdOf(7);
    expect(diskDigits(vmId)).toMatch(/^[0-9a-f]{32}$/);
    const digits = [diskDigits(vmId), ...Array.from({ length: 64 }, (_, lun) => diskDigits(vmId, lun))];
    expect(digits.every((each) => /^[0-9a-f]{32}$/.test(each))).toBe(true);
    expect(new Set(digits).size).toBe(65);
    expect(diskDigits(vmId, 3)).toBe(diskDigits(vmId, 3));
  });
});

describe('the names and uids of an instance’s disks', () => {
  const disk = { lun: 0, sizeGiB: 1, name: 'd', declared: {}, fromModel: true };

  test('are never those of another, whatever became of those before', () => {
    const luns = fc.uniqueArray(fc.nat(63), { maxLength: 4 });
    fc.assert(
      fc.property(luns, fc.array(luns, { maxLength: 6 }), (born, turns) => {
        const instance = instanceRow({ id: 3, vmId: vmIdOf(3) });
        const names = [osDiskName('web', instance), ...born.map((lun) => dataDiskName('web', instance, lun))];
        const uids = [instance.vmId, ...born.map((lun) => diskUid(instance, { ...disk, lun }))];
        for (const [generation, made] of turns.entries()) {
          const then = { ...instance, generation };
          names.push(...made.map((lun) => newDiskName('web', then, lun)));
          uids.push(...made.map((lun) => newDiskUid(then, lun)));
        }
        expect(new Set(names).size).toBe(names.length);
        expect(new Set(uids).size).toBe(uids.length);
        for (const uid of uids) expect(uid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      }),
    );
  });

  test('go with a disk that has one of its own', () => {
    expect(diskUid(instanceRow({}), { ...disk, uid: 'its own' })).toBe('its own');
  });
});
