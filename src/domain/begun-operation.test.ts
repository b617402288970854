// Begun operations: that the row names what was asked of what, by whom and when.
import { expect, test } from 'vitest';
import { SET_UID, scaleSetRow, THEN } from '../../test/testing/rows.ts';
import { aboutInstance, begunOperation } from './begun-operation.ts';

const BEGUN = { subscriptionId: 's', caller: 'ada', correlationId: 'c', now: THEN };
const GROUP_PATH = '/subscriptions/s/resourceGroups/rg';

test('an operation on instances of a set is about that set, below its path', () => {
  const set = scaleSetRow({ group: 'rg', name: 'web' });
  const beginning = {
    id: 'op',
    name: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/restart/action',
    awaits: { kind: 'instances' },
    group: 'rg',
    location: 'westus',
    set,
    instances: [3],
    below: '/virtualMachines/3',
  } as const;
  expect(begunOperation(beginning, BEGUN)).toEqual({
    id: 'op',
    revision: 0,
    awaits: { kind: 'instances' },
    group: 'rg',
    set: SET_UID,
    setName: 'web',
    instances: [3],
    failures: [],
    location: 'westus',
    name: beginning.name,
    resourceId: `${GROUP_PATH}/providers/Microsoft.Compute/virtualMachineScaleSets/web/virtualMachines/3`,
    caller: 'ada',
    correlationId: 'c',
    started: THEN,
    status: 'InProgress',
  });
});

test('an operation about a machine is about that, and not about its set', () => {
  const set = scaleSetRow({ group: 'rg', name: 'web' });
  const machine = { group: 'rg', name: 'web_1a2b3c4d' };
  const about = { id: 'op', action: 'extensions/write', below: '/extensions/setup' };
  expect(begunOperation(aboutInstance(set, { id: 3, machine }, about), BEGUN)).toMatchObject({
    name: 'Microsoft.Compute/virtualMachines/extensions/write',
    resourceId: `${GROUP_PATH}/providers/Microsoft.Compute/virtualMachines/web_1a2b3c4d/extensions/setup`,
    set: SET_UID,
    instances: ['web_1a2b3c4d'],
  });
});

test('an operation without a set is about its group', () => {
  const name = 'Microsoft.Resources/subscriptions/resourceGroups/delete';
  const awaits = { kind: 'group' } as const;
  const operation = begunOperation({ id: 'op', name, awaits, group: 'rg', location: 'westus' }, BEGUN);
  expect(operation).toMatchObject({ resourceId: GROUP_PATH, instances: [], status: 'InProgress' });
  expect(operation).not.toHaveProperty('set');
  expect(operation).not.toHaveProperty('setName');
});
