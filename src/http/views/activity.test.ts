// Activity log entries as they are shown, and the part of one that was selected.
import { expect, test } from 'vitest';
import type { Activity } from '../../domain/activity.ts';
import { scaleSetPath } from '../../domain/resource-path.ts';
import { CREATED, SUBSCRIPTION } from '../../../test/wire/rows.ts';
import { activityBody, selected } from './activity.ts';

const activity: Activity = {
  id: 'event',
  time: CREATED,
  status: 'Failed',
  level: 'Error',
  operationName: 'Microsoft.Compute/virtualMachineScaleSets/restart/action',
  resourceId: scaleSetPath(SUBSCRIPTION, 'Rg', 'web'),
  group: 'Rg',
  caller: 'somebody',
  correlationId: 'correlation',
  operationId: 'operation',
  instances: [0, 3],
  description: 'It did not come up.',
  properties: { statusCode: 'VMStartTimedOut', failures: [{ instanceId: '3' }] },
};
const show = { subscriptionId: SUBSCRIPTION, tenantId: 'tenant' };

test('an entry says who did what to which instances, when, and how it came out', () => {
  expect(activityBody(activity, show)).toMatchObject({
    caller: 'somebody',
    correlationId: 'correlation',
    operationId: 'operation',
    eventDataId: 'event',
    eventName: { value: 'EndRequest' },
    id: `${activity.resourceId}/events/event/ticks/639310968001230000`,
    level: 'Error',
    resourceGroupName: 'Rg',
    resourceProviderName: { value: 'Microsoft.Compute' },
    resourceType: { value: 'Microsoft.Compute/virtualMachineScaleSets' },
    status: { value: 'Failed' },
    eventTimestamp: '2026-11-24T06:00:00.1230000+00:00',
    properties: { statusCode: 'VMStartTimedOut', failures: '[{"instanceId":"3"}]', instanceIds: '0,3' },
  });
});

test('an entry of the beginning says so, and one of a group is about a group', () => {
  const { operationId: _none, ...group } = {
    ...activity,
    resourceId: `/subscriptions/${SUBSCRIPTION}/resourceGroups/Rg`,
  };
  expect(activityBody({ ...group, status: 'Accepted', instances: [], properties: {} }, show)).toMatchObject({
    eventName: { value: 'BeginRequest' },
    operationId: 'correlation',
    resourceProviderName: { value: 'Microsoft.Resources' },
    resourceType: { value: 'Microsoft.Resources/resourceGroups' },
    properties: {},
  });
});

test('a selection keeps what is named, in any case, in the order of the whole', () => {
  const body = activityBody(activity, show);
  expect(Object.keys(selected(body, ['STATUS', 'caller', 'nothing']))).toEqual(['caller', 'status']);
});
