// What is sent for each verb, and that no request ever names an instance that was not selected.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyInventory, inventoryOf } from '../../test/testing/inventories.ts';
import type { ArmRequest } from './arm.ts';
import { placeOf } from './guard.ts';
import type { Inventory } from './inventory.ts';
import {
  capacityRequest,
  forgetRequests,
  outputRequests,
  type PlainVerb,
  protectRequest,
  readRequests,
  runRequests,
  tracesRequest,
  verbRequests,
} from './requests.ts';
import { type InstanceIds, select } from './selection.ts';

const PLAIN_VERBS: readonly PlainVerb[] = [
  'restart',
  'start',
  'stop',
  'deallocate',
  'reimage',
  'redeploy',
  'update',
  'delete',
];

const inventory = inventoryOf(5);
const place = placeOf(inventory.set);
const SET =
  '/subscriptions/5ca1ab1e-0000-4000-8000-000000000001/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/web';
const chosen = (from: Inventory, ...ids: string[]): InstanceIds => {
  const { ids: selected } = select(from, { by: 'ids', ids });
  if (selected === undefined) throw new Error('not there');
  return selected;
};
const line = ({ method, path, body }: ArmRequest): string =>
  `${method} ${path}${body === undefined ? '' : ` ${JSON.stringify(body)}`}`;

describe('in a Uniform set', () => {
  test.each([
    ['restart', `POST ${SET}/virtualMachines/3/restart`],
    ['start', `POST ${SET}/virtualMachines/3/start`],
    ['stop', `POST ${SET}/virtualMachines/3/powerOff`],
    ['deallocate', `POST ${SET}/virtualMachines/3/deallocate`],
    ['reimage', `POST ${SET}/virtualMachines/3/reimage`],
    ['redeploy', `POST ${SET}/virtualMachines/3/redeploy`],
    ['update', `POST ${SET}/manualupgrade {"instanceIds":["3"]}`],
    ['delete', `DELETE ${SET}/virtualMachines/3`],
  ] as const)('%s is asked of the instance alone', (verb, sent) => {
    expect(verbRequests(place, verb, chosen(inventory, '3')).map(({ request }) => line(request))).toEqual([
      sent,
    ]);
  });
});

test('in a Flexible set the machine is addressed itself', () => {
  const flexible = { ...place, mode: 'Flexible' as const };
  const [sent] = verbRequests(flexible, 'restart', chosen(inventory, '3'));
  expect(sent?.request.path).toMatch(/\/rg\/providers\/Microsoft\.Compute\/virtualMachines\/3\/restart$/);
});

describe('protection', () => {
  const body = {
    id: 'x',
    instanceId: '3',
    etag: '"2"',
    sku: { name: 's' },
    tags: { a: 'b' },
    location: 'westus',
    properties: { vmId: 'v', latestModelApplied: false, storageProfile: { dataDisks: [] } },
  };

  test('is written with the rest of the instance as it was read, if that is unchanged', () => {
    const policy = { scaleIn: true, scaleSetActions: false };
    const { request } = protectRequest(place, chosen(inventory, '3'), { body, etag: '"2"' }, policy);
    expect(request).toEqual({
      method: 'PUT',
      path: `${SET}/virtualMachines/3`,
      apiVersion: '2024-07-01',
      headers: { 'if-match': '"2"' },
      body: {
        tags: { a: 'b' },
        location: 'westus',
        properties: {
          storageProfile: { dataDisks: [] },
          protectionPolicy: { protectFromScaleIn: true, protectFromScaleSetActions: false },
        },
      },
    });
  });

  test('of one instance is never written from another, nor to two', () => {
    const policy = { scaleIn: true, scaleSetActions: true };
    const current = { body, etag: undefined };
    expect(() => protectRequest(place, chosen(inventory, '4'), current, policy)).toThrow('another');
    expect(() => protectRequest(place, chosen(inventory, '3', '4'), current, policy)).toThrow('several');
  });
});

describe('the capacity', () => {
  test('is put back to what it was, if nobody has changed the set meanwhile', () => {
    const current = { etag: '"7"', sku: { name: 's', tier: 'Standard', capacity: 4 } };
    expect(capacityRequest(place, current, 5)).toEqual({
      method: 'PATCH',
      path: SET,
      apiVersion: '2024-07-01',
      headers: { 'if-match': '"7"' },
      body: { sku: { name: 's', tier: 'Standard', capacity: 5 } },
    });
  });

  test('is never lowered, whatever others made of it', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), (now, before) => {
        const sent = capacityRequest(place, { sku: { capacity: now } }, before);
        if (before <= now) expect(sent).toBeUndefined();
        else expect(sent?.body).toEqual({ sku: { capacity: before } });
      }),
    );
    expect(capacityRequest(place, {}, 5)).toBeUndefined();
  });
});

test('a request that may have been sent is looked for by its correlation id', () => {
  const { path } = tracesRequest(place, 'c-1', '2026-11-24T05:00:00Z');
  expect(decodeURIComponent(path)).toContain(
    "$filter=eventTimestamp ge '2026-11-24T05:00:00Z' and correlationId eq 'c-1'",
  );
});

describe('whatever the inventory, the selection and the verb', () => {
  const aimedAt = (request: ArmRequest): readonly string[] => {
    const inPath = /\/virtualMachines\/([^/?]*)/.exec(request.path)?.[1];
    const inBody = (request.body?.['instanceIds'] as string[] | undefined) ?? [];
    return [...(inPath === undefined ? [] : [decodeURIComponent(inPath)]), ...inBody];
  };

  test('each request names exactly one instance, and that was selected', () => {
    fc.assert(
      fc.property(
        anyInventory,
        fc.infiniteStream(fc.boolean()),
        fc.constantFrom(...PLAIN_VERBS),
        (any, picks, verb) => {
          const wanted = any.instances.filter(() => picks.next().value === true).map(({ id }) => id);
          fc.pre(wanted.length > 0);
          const ids = chosen(any, ...wanted);
          const where = placeOf(any.set);
          const script = { name: 'x', script: 'echo *', timeoutSeconds: 1 };
          const all = [
            ...verbRequests(where, verb, ids),
            ...readRequests(where, ids),
            ...runRequests(where, ids, script),
            ...outputRequests(where, ids, 'x'),
            ...forgetRequests(where, ids, 'x'),
          ];
          for (const { id, request } of all) {
            expect(aimedAt(request)).toEqual([id]);
            expect(wanted).toContain(id);
            expect(request.path).not.toMatch(/\*|%2A|\/virtualMachines(\/?$|\/\/)/);
          }
        },
      ),
    );
  });

  test('what was not selected is not sent', () => {
    const forged = ['*'] as unknown as InstanceIds;
    expect(() => verbRequests(place, 'restart', forged)).toThrow('not selected');
    expect(() => verbRequests(place, 'delete', [] as unknown as InstanceIds)).toThrow('not selected');
    expect(() => runRequests(place, forged, { name: 'x', script: '', timeoutSeconds: 1 })).toThrow(
      'not selected',
    );
  });
});
