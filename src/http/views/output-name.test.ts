// How ARM spells the names of outputs.
import { expect, test } from 'vitest';
import { outputName } from './output-name.ts';

test.for([
  ['VMSS', 'vmss'],
  ['LogicAppId', 'logicAppId'],
  ['SQLServer', 'sqlServer'],
  ['TRANS_Test', 'tranS_Test'],
  ['ID', 'id'],
  ['X', 'x'],
  ['vmss', 'vmss'],
  ['aB', 'aB'],
  ['_A', '_A'],
  ['', ''],
] as const)('%s is shown as %s', ([name, shown]) => {
  expect(outputName(name)).toBe(shown);
});
