// Canonical ids, and the words for several instances.
import { expect, test } from 'vitest';
import { groupPath, instancePath, instanceWords, scaleSetPath } from './resource-path.ts';

test('ids are written in Azure’s canonical case', () => {
  const group = '/subscriptions/s1/resourceGroups/Rg';
  const set = `${group}/providers/Microsoft.Compute/virtualMachineScaleSets/Web`;
  expect(groupPath('s1', 'Rg')).toBe(group);
  expect(scaleSetPath('s1', 'Rg', 'Web')).toBe(set);
  expect(instancePath('s1', 'Rg', 'Web', 7)).toBe(`${set}/virtualMachines/7`);
});

test('several instances are named by the first and the number of the others', () => {
  expect(instanceWords('web', [])).toBe('no instance');
  expect(instanceWords('web', [3])).toBe('web_3');
  expect(instanceWords('web', [3, 4, 9])).toBe('web_3 and 2 more');
});
