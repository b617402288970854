// Which sizes there are, and the refusal of others.

import { describe, expect, test } from 'vitest';

import { checkVmSize, VM_FAMILIES, VM_SIZES, vmSize } from './vm-size.ts';

describe('VM sizes', () => {
  test('have names of their own, whatever their case, and are each in a family of the list', () => {
    const names = VM_SIZES.map(({ name }) => name.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
    expect(VM_SIZES.filter(({ family }) => !VM_FAMILIES.includes(family))).toEqual([]);
    expect(new Set(VM_SIZES.map(({ family }) => family)).size).toBe(VM_FAMILIES.length);
  });

  test('have as many cores as the number in their name says, where it does', () => {
    // A v2, B, D and E from v3 on, F: the number is that of the cores. Up to v2 of D it is a step.
    const told = VM_SIZES.filter(({ name }) => !/_D(S)?\d+_v2$/.test(name));
    const wrong = told.filter(({ name, cores }) => Number(/_[A-Z](\d+)/.exec(name)?.[1]) !== cores);
    expect(wrong).toEqual([]);
    expect(vmSize('Standard_DS3_v2')).toMatchObject({
      cores: 4,
      memoryGiB: 14,
      family: 'standardDSv2Family',
    });
  });

  test('have a temporary disk or none, as Azure says of their series', () => {
    expect(vmSize('Standard_D2s_v3')?.temporaryGiB).toBe(16);
    expect(vmSize('Standard_D2s_v5')?.temporaryGiB).toBe(0);
  });

  test('are found in any case', () => {
    expect(vmSize('standard_b1S')).toBe(vmSize('Standard_B1s'));
    expect(vmSize('Standard_B1s')).toMatchObject({
      name: 'Standard_B1s',
      cores: 1,
      family: 'standardBSFamily',
    });
  });

  test.each(['Standard_Foo', 'B1s', '', 'Standard_B4s', 'Standard_D2s_v55'])(
    'refuse %j in Azure’s words',
    (name) => {
      expect(vmSize(name)).toBeUndefined();
      expect(() => {
        checkVmSize(name);
      }).toThrow(
        `The value ${name} provided for the VM size is not valid. The valid sizes in the current region are: Standard_A1_v2,`,
      );
    },
  );
});
