// Entries of the log become events: those of the plane, those of Azure, and whatever else a log may send.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { operationRow, THEN } from '../../test/testing/rows.ts';
import { operationEntry, ownEntry } from '../domain/activity-entry.ts';
import type { Json } from '../domain/json.ts';
import { activityBody } from '../http/views/activity.ts';
import { eventFrom, eventsFrom } from './event.ts';

const SHOW = { subscriptionId: 's', tenantId: 't' };

/** As Azure's log has a request to restart two instances; the body of the request is a text. */
const AZURE = {
  authorization: {
    action: 'Microsoft.Compute/virtualMachineScaleSets/restart/action',
    scope: '/subscriptions/s/x',
  },
  caller: 'ada@contoso.com',
  claims: { name: 'Ada', appid: 'a' },
  correlationId: 'c',
  description: '',
  eventTimestamp: '2026-11-24T05:00:00.1234567Z',
  operationId: 'o',
  operationName: {
    value: 'Microsoft.Compute/virtualMachineScaleSets/restart/action',
    localizedValue: 'Restart',
  },
  properties: { statusCode: 'Accepted', requestbody: '{"instanceIds":["3","9"]}' },
  resourceId: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/web',
  status: { value: 'Accepted', localizedValue: 'Accepted' },
};

describe('an entry of the plane', () => {
  test('keeps who, what, when, to which, and how it came out', () => {
    const operation = operationRow({ instances: [3, 4] });
    expect(eventFrom(activityBody(operationEntry(operation, 'Accepted', 'e', THEN), SHOW))).toEqual({
      time: new Date(THEN).toISOString(),
      operation: operation.name,
      resourceId: operation.resourceId,
      status: 'Accepted',
      caller: 'ada',
      correlationId: operation.correlationId,
      description: '',
      instances: ['3', '4'],
    });
  });

  test('about what the plane did for a request has that request’s correlation id', () => {
    const operation = operationRow({ instances: [] });
    const deed = {
      operationName: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/delete',
      resourceId: operation.resourceId,
      group: 'rg',
      correlationId: operation.id,
      operationId: operation.id,
      instances: [3],
      description: 'Deleted web_3: the capacity was lowered.',
    };
    const entries = [ownEntry(deed, 'b', THEN + 1), operationEntry(operation, 'Accepted', 'a', THEN)];
    const events = eventsFrom(entries.map((entry) => activityBody(entry, SHOW)));
    expect(events.map(({ caller, correlationId }) => [caller, correlationId])).toEqual([
      ['ada', operation.correlationId],
      ['muster', operation.correlationId],
    ]);
  });
});

describe('an entry of Azure', () => {
  test('names the instances that the request named', () => {
    expect(eventFrom(AZURE)).toMatchObject({
      instances: ['3', '9'],
      caller: 'ada@contoso.com',
      status: 'Accepted',
    });
  });

  test.each<[string, Json, readonly string[]]>([
    ['all of them, which names none', { ...AZURE, properties: { requestbody: '{"instanceIds":["*"]}' } }, []],
    ['no JSON', { ...AZURE, properties: { requestbody: '{"instan' } }, []],
    [
      'a list of something else',
      { ...AZURE, properties: { requestbody: '{"instanceIds":[1,null,""]}' } },
      [],
    ],
    [
      'an instance by its path',
      { ...AZURE, properties: {}, resourceId: `${AZURE.resourceId}/virtualMachines/7` },
      ['7'],
    ],
    [
      'a machine of a Flexible set',
      {
        ...AZURE,
        properties: null,
        resourceId:
          '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/web_1a2b3c4d',
      },
      ['web_1a2b3c4d'],
    ],
  ])('that says %s', (_, body, instances) => {
    expect(eventsFrom([body])[0]?.instances).toEqual(instances);
  });

  test('without a caller has the name in its claims, else the application', () => {
    const { caller: _caller, ...nobody } = AZURE;
    expect(eventFrom(nobody)?.caller).toBe('Ada');
    expect(eventFrom({ ...nobody, claims: { appid: 'an app' } })?.caller).toBe('an app');
    expect(eventFrom({ ...nobody, claims: null })?.caller).toBe('');
  });

  test('that failed is described by its message, and may write names as plain texts', () => {
    const body = {
      ...AZURE,
      operationName: 'X/y/action',
      status: 'Failed',
      properties: { statusMessage: 'no' },
    };
    expect(eventFrom(body)).toMatchObject({ operation: 'X/y/action', status: 'Failed', description: 'no' });
    const statusMessage =
      '{"status":"Failed","error":{"code":"VMStartTimedOut","message":"It did not start."}}';
    expect(eventFrom({ ...body, properties: { statusMessage } })?.description).toBe('It did not start.');
  });
});

describe('a log', () => {
  test('has what is listed later first, where both are of the same moment', () => {
    const entry = (status: string): Json => ({ ...AZURE, status });
    expect(eventsFrom([entry('Succeeded'), entry('Accepted')]).map(({ status }) => status)).toEqual([
      'Accepted',
      'Succeeded',
    ]);
  });

  test('is put in the order of time, without what has no time or name', () => {
    const entry = (time: string): Json => ({ ...AZURE, eventTimestamp: time });
    const events = eventsFrom([
      entry('2026-11-24T05:00:01Z'),
      entry('2026-11-24T06:00:00.0000000+01:00'),
      entry('soon'),
      { ...AZURE, operationName: null, authorization: null },
      null,
      'text',
    ]);
    expect(events.map(({ time }) => time)).toEqual(['2026-11-24T05:00:00.000Z', '2026-11-24T05:00:01.000Z']);
  });

  test('may hold anything: nothing throws, and what comes out is whole', () => {
    const keys = Object.fromEntries(Object.keys(AZURE).map((key) => [key, fc.jsonValue()]));
    const anything = fc.oneof(fc.jsonValue(), fc.record(keys, { requiredKeys: [] }));
    fc.assert(
      fc.property(fc.array(anything), (entries) => {
        for (const event of eventsFrom(entries)) {
          expect(Number.isNaN(Date.parse(event.time))).toBe(false);
          expect(event.operation).not.toBe('');
          expect(event.instances.every((id) => id !== '' && id !== '*')).toBe(true);
        }
      }),
    );
  });
});
