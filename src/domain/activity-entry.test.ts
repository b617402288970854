// What the log says of operations and of the plane's own deeds.
import { describe, expect, test } from 'vitest';
import { operationRow, THEN } from '../../test/testing/rows.ts';
import { PLANE } from './activity.ts';
import { operationEntry, ownEntry } from './activity-entry.ts';

describe('an entry of an operation', () => {
  test('says who did what to what, and belongs to it', () => {
    const operation = operationRow({ instances: [3, 4] });
    expect(operationEntry(operation, 'Accepted', 'an id', THEN)).toEqual({
      id: 'an id',
      time: THEN,
      status: 'Accepted',
      level: 'Informational',
      operationName: operation.name,
      resourceId: operation.resourceId,
      group: 'rg',
      caller: 'ada',
      correlationId: operation.correlationId,
      operationId: operation.id,
      instances: [3, 4],
      description: '',
      properties: {},
    });
  });

  test('says why, where the caller did', () => {
    const operation = operationRow({ intent: 'evidence r-1: nobody notices' });
    for (const status of ['Accepted', 'Succeeded'] as const) {
      expect(operationEntry(operation, status, 'an id', THEN).properties).toEqual({
        intent: 'evidence r-1: nobody notices',
      });
    }
  });

  test('of one that failed says why, and for which instances', () => {
    const error = { code: 'VMStartTimedOut', message: 'late' } as const;
    const operation = operationRow({ status: 'Failed', error, failures: [{ instance: 4, ...error }] });
    const entry = operationEntry(operation, 'Failed', 'an id', THEN);
    expect(entry.level).toBe('Error');
    expect(entry.description).toBe('late');
    expect(entry.properties).toEqual({
      statusCode: 'VMStartTimedOut',
      statusMessage: 'late',
      failures: [{ instanceId: '4', code: 'VMStartTimedOut', message: 'late' }],
    });
  });
});

describe('an entry of what the plane did by itself', () => {
  const deed = {
    operationName: 'x/action',
    resourceId: '/r',
    group: 'rg',
    correlationId: 'c',
    instances: [1],
    description: 'It was done.',
  };

  test('names the plane as the one who did it', () => {
    const entry = ownEntry(deed, 'an id', THEN);
    expect(entry).toMatchObject({
      ...deed,
      id: 'an id',
      time: THEN,
      caller: PLANE,
      status: 'Succeeded',
      level: 'Informational',
    });
    expect(entry).not.toHaveProperty('operationId');
  });

  test('may be a warning, belong to an operation and say more', () => {
    const entry = ownEntry(
      { ...deed, level: 'Warning', operationId: 'op', properties: { a: 1 } },
      'an id',
      THEN,
    );
    expect(entry).toMatchObject({ level: 'Warning', operationId: 'op', properties: { a: 1 } });
  });
});
