// The Location form of an operation, for each way it can stand.
import { expect, test } from 'vitest';
import type { Operation } from '../../domain/operation.ts';
import { operationResult } from './operations.ts';

const running: Operation = {
  id: 'op',
  revision: 1,
  awaits: { kind: 'instances' },
  group: 'rg',
  instances: [0],
  failures: [],
  location: 'westus',
  name: 'Microsoft.Compute/virtualMachineScaleSets/restart/action',
  resourceId: '/subscriptions/s',
  caller: 'c',
  correlationId: 'x',
  started: 0,
  status: 'InProgress',
};
const WHERE = 'https://localhost:7443/there';

test('one that runs says where to ask again, soon', () => {
  expect(operationResult(running, WHERE)).toEqual({
    status: 202,
    headers: { location: WHERE, 'x-ms-retry-after-ms': '100', 'retry-after-ms': '100' },
  });
});

test('one that succeeded answers its result, or nothing', () => {
  expect(operationResult({ ...running, status: 'Succeeded' }, WHERE)).toEqual({ status: 200, headers: {} });
  const result = { value: [] };
  expect(operationResult({ ...running, status: 'Succeeded', result }, WHERE)).toMatchObject({
    status: 200,
    body: result,
  });
});

test('one that failed answers why, with a status that no client tries again by itself', () => {
  const error = { code: 'AllocationFailed', message: 'no room' } as const;
  expect(operationResult({ ...running, status: 'Failed', error }, WHERE)).toMatchObject({
    status: 409,
    body: { error },
  });
});
