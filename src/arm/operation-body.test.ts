// Operation bodies: the recorded shapes, member by member and in order.
import { expect, test } from 'vitest';
import { operationBody } from './operation-body.ts';

const startTime = '2026-11-24T06:08:00.1230000+00:00';
const endTime = '2026-11-24T06:08:01.0000000+00:00';
const text = (facts: Parameters<typeof operationBody>[0]): string => JSON.stringify(operationBody(facts));

test('a running operation has begun and has a name', () => {
  expect(text({ name: 'op', status: 'InProgress', startTime })).toBe(
    `{"startTime":"${startTime}","status":"InProgress","name":"op"}`,
  );
});

test('a finished one has ended too', () => {
  expect(text({ name: 'op', status: 'Succeeded', startTime, endTime })).toBe(
    `{"startTime":"${startTime}","endTime":"${endTime}","status":"Succeeded","name":"op"}`,
  );
});

test('a failed one says why', () => {
  const error = { code: 'AllocationFailed', message: 'no room', instance: 3 };
  expect(text({ name: 'op', status: 'Failed', startTime, endTime, error })).toBe(
    `{"startTime":"${startTime}","endTime":"${endTime}","status":"Failed","error":{"code":"AllocationFailed","message":"no room"},"name":"op"}`,
  );
});

test('one with a result holds it as its output', () => {
  expect(text({ name: 'op', status: 'Succeeded', startTime, endTime, output: { value: [] } })).toBe(
    `{"startTime":"${startTime}","endTime":"${endTime}","status":"Succeeded","properties":{"output":{"value":[]}},"name":"op"}`,
  );
});
