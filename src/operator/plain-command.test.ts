// What version 1 of run commands tells, in the words that Azure was recorded with or quoted by users, and when it is asked for.
import { expect, test } from 'vitest';
import { instanceFacts } from '../../test/testing/inventories.ts';
import { isUnserved, plainCommandRequest, plainOutput } from './plain-command.ts';

const linux = (message: string) => ({
  value: [{ code: 'ProvisioningState/succeeded', level: 'Info', message }],
});
const refusal = (status: number, code: string) => ({
  status,
  headers: {},
  body: { error: { code, message: '' } },
});

test.each([
  [
    'Enable succeeded: \n[stdout]\nhi\nyou\n\n[stderr]\n',
    { state: 'Succeeded', exitCode: 0, stdout: 'hi\nyou\n', stderr: '' },
  ],
  [
    'Enable succeeded: \n[stdout]\n\n[stderr]\nwarned\n',
    { state: 'Succeeded', exitCode: 0, stdout: '', stderr: 'warned\n' },
  ],
  [
    'Enable failed: failed to execute command: command terminated with exit status=127\n[stdout]\n\n[stderr]\nnot found\n',
    { state: 'Failed', exitCode: 127, stdout: '', stderr: 'not found\n' },
  ],
  ['Enable failed: it was not downloaded', { state: 'Failed', stdout: '', stderr: '' }],
])('on Linux both streams and the exit code are in one message: %j', (message, output) => {
  expect(plainOutput(linux(message))).toEqual(output);
});

test('on Windows each stream has its own, and there is no exit code', () => {
  const value = [
    { code: 'ComponentStatus/StdOut/succeeded', message: 'hi' },
    { code: 'ComponentStatus/StdErr/succeeded', message: 'oh' },
  ];
  expect(plainOutput({ value })).toEqual({ state: 'Succeeded', stdout: 'hi', stderr: 'oh' });
  expect(plainOutput(undefined)).toEqual({ state: 'ARM has kept no output', stdout: '', stderr: '' });
});

test('the shell is the machine’s own, and the script is lines', () => {
  const windows = instanceFacts('1', {
    body: { properties: { storageProfile: { osDisk: { osType: 'Windows' } } } },
  });
  expect(plainCommandRequest('/vm', '2024-07-01', 'a\nb\n', windows)).toEqual({
    method: 'POST',
    path: '/vm/runCommand',
    apiVersion: '2024-07-01',
    body: { commandId: 'RunPowerShellScript', script: ['a', 'b'] },
  });
  expect(plainCommandRequest('/vm', 'x', 'a', undefined).body).toMatchObject({ commandId: 'RunShellScript' });
});

test('it is asked for where version 2 is not there or not allowed, and not where the command itself is refused', () => {
  expect(isUnserved(refusal(404, 'InvalidResourceType'))).toBe(true);
  expect(isUnserved(refusal(400, 'NoRegisteredProviderFound'))).toBe(true);
  expect(isUnserved(refusal(403, 'AuthorizationFailed'))).toBe(true);
  expect(isUnserved(refusal(405, ''))).toBe(true);
  expect(isUnserved(refusal(404, 'ParentResourceNotFound'))).toBe(false);
  expect(isUnserved(refusal(409, 'Conflict'))).toBe(false);
  expect(isUnserved(refusal(400, 'InvalidParameter'))).toBe(false);
  expect(isUnserved({ status: 201, headers: {}, body: {} })).toBe(false);
  expect(isUnserved(refusal(500, 'InternalError'))).toBe(false);
});
