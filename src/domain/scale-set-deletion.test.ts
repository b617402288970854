// Marking a set for its deletion, and what that preempts.
import { expect, test } from 'vitest';
import { operationRow, scaleSetRow, THEN } from '../../test/testing/rows.ts';
import { markDeleting, preemptAll } from './scale-set-deletion.ts';
import { provisioningState } from './scale-set.ts';

test('a marked set acts for the operation that deletes it, and clients see that it changed', () => {
  const set = scaleSetRow({ etag: 4, generation: 2 });
  const marked = markDeleting(set, 'the delete');
  expect(marked).toEqual({ ...set, etag: 5, generation: 3, operation: 'the delete', deleting: true });
  expect(provisioningState(marked)).toBe('Deleting');
});

test('a forced one says so, and any other does not', () => {
  expect(markDeleting(scaleSetRow(), 'the delete', true).forced).toBe(true);
  expect(markDeleting(scaleSetRow(), 'the delete', false)).not.toHaveProperty('forced');
});

test('everything that is open on the set is preempted, except what waits for just that, and what has ended', () => {
  const open = [
    operationRow({ id: 'a', awaits: { kind: 'instances' } }),
    operationRow({ id: 'b', awaits: { kind: 'scaleSet', generation: 2 } }),
    operationRow({ id: 'c', awaits: { kind: 'runCommand', key: 'k', gone: false } }),
    operationRow({ id: 'd', awaits: { kind: 'scaleSetGone' } }),
    operationRow({ id: 'e', status: 'Succeeded', ended: THEN }),
  ];
  const ended = preemptAll(open, THEN + 9);
  expect(ended.map(({ id, status, ended: at, error }) => [id, status, at, error?.code])).toEqual([
    ['a', 'Failed', THEN + 9, 'OperationPreempted'],
    ['b', 'Failed', THEN + 9, 'OperationPreempted'],
    ['c', 'Failed', THEN + 9, 'OperationPreempted'],
  ]);
});
