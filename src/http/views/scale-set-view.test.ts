// The set's instance view: counts by provisioning state, and nothing about power.
import { expect, test } from 'vitest';
import type { Instance } from '../../domain/instance.ts';
import { BODY, instance, scaleSet } from '../../../test/wire/rows.ts';
import { scaleSetViewBody } from './scale-set-view.ts';

const set = scaleSet();
const task = { operation: 'op', since: 0, deadline: 1, graceful: true } as const;
const row = (id: number, changes: Partial<Instance> = {}): Instance => instance(set, id, changes);

test('instances are counted by provisioning state, whatever their power', () => {
  const rows = [
    row(0),
    row(1, { observed: { power: 'stopped', ready: false } }),
    row(2, { task: { ...task, verb: 'create' } }),
    row(3, { task: { ...task, verb: 'restart' } }),
    row(4, { failure: { code: 'VMStartTimedOut', message: 'no' } }),
    row(5, { task: { ...task, verb: 'delete' }, wanted: { exists: false, power: 'running', model: 1 } }),
  ];
  expect(scaleSetViewBody(set, rows)).toEqual({
    virtualMachine: {
      statusesSummary: [
        { code: 'ProvisioningState/succeeded', count: 2 },
        { code: 'ProvisioningState/creating', count: 1 },
        { code: 'ProvisioningState/updating', count: 1 },
        { code: 'ProvisioningState/failed', count: 1 },
        { code: 'ProvisioningState/deleting', count: 1 },
      ],
    },
    statuses: [
      {
        code: 'ProvisioningState/succeeded',
        level: 'Info',
        displayStatus: 'Provisioning succeeded',
        time: '2026-11-24T06:00:05.0000000+00:00',
      },
    ],
  });
});

test('an empty set has an empty summary', () => {
  expect(scaleSetViewBody(set, [])).toMatchObject({ virtualMachine: { statusesSummary: [] } });
});

test('a set that changes has no time yet; one that failed says why', () => {
  expect(scaleSetViewBody(scaleSet(BODY, { generation: 2 }), [])['statuses']).toEqual([
    { code: 'ProvisioningState/updating', level: 'Info', displayStatus: 'Updating' },
  ]);
  const failure = { code: 'AllocationFailed', message: 'Allocation failed. No room.' } as const;
  expect(scaleSetViewBody(scaleSet(BODY, { failure }), [])['statuses']).toMatchObject([
    { code: 'ProvisioningState/failed', level: 'Error', message: 'Allocation failed. No room.' },
  ]);
});
