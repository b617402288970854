// Canonical ids, and the words for several instances.
import { expect, test } from 'vitest';
import {
  groupPath,
  instancePath,
  instanceType,
  instanceWords,
  memberType,
  scaleSetPath,
} from './resource-path.ts';

test('ids are written in Azure’s canonical case', () => {
  const group = '/subscriptions/s1/resourceGroups/Rg';
  const set = `${group}/providers/Microsoft.Compute/virtualMachineScaleSets/Web`;
  expect(groupPath('s1', 'Rg')).toBe(group);
  expect(scaleSetPath('s1', 'Rg', 'Web')).toBe(set);
  expect(instancePath('s1', { group: 'Rg', name: 'Web' }, { id: 7 })).toBe(`${set}/virtualMachines/7`);
  const machine = { group: 'Rg', name: 'Web_1a2b3c4d' };
  const path = `${group}/providers/Microsoft.Compute/virtualMachines/Web_1a2b3c4d`;
  expect(instancePath('s1', { group: 'Rg', name: 'Web' }, { id: 7, machine })).toBe(path);
});

test('an instance has the type that its path says', () => {
  const machine = { group: 'Rg', name: 'Web_1a2b3c4d' };
  expect(instanceType({})).toBe('Microsoft.Compute/virtualMachineScaleSets/virtualMachines');
  expect(instanceType({ machine })).toBe('Microsoft.Compute/virtualMachines');
  expect(memberType('numbered')).toBe(instanceType({}));
  expect(memberType('machines')).toBe(instanceType({ machine }));
});

test('several instances are named by the first and the number of the others', () => {
  expect(instanceWords('web', [])).toBe('no instance');
  expect(instanceWords('web', [3])).toBe('web_3');
  expect(instanceWords('web', [3, 4, 9])).toBe('web_3 and 2 more');
  expect(instanceWords('web', ['web_1a2b3c4d'])).toBe('web_1a2b3c4d');
});
