// The plane's own requests: the same dispatch, in the name of whoever was let in, without a token.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ArmClient } from '../app/ports/arm.ts';
import { openWorld, type WireWorld } from '../../test/wire/world.ts';
import { createArmClient } from './arm-client.ts';
import type { Context } from './context.ts';

const ORIGIN = { caller: 'ada', correlationId: 'c0441a70-0000-4000-8000-000000000001', deployment: 'uid' };

let world: WireWorld;
let arm: ArmClient;
let group = '';

beforeEach(async () => {
  world = await openWorld();
  arm = createArmClient(contextOf(world));
  group = `/subscriptions/${world.subscriptionId}/resourceGroups/rg`;
  await arm.put(group, '2022-09-01', { location: 'westus' }, ORIGIN);
});
afterEach(() => world.close());

/** What of a context the requests of this test come to. */
function contextOf({ clock, plane, subscriptionId }: WireWorld): Context {
  const known: Partial<Context> = {
    plane,
    identity: { tenantId: subscriptionId, displayName: 'test' },
    endpoint: () => 'https://localhost:7443',
    realNow: () => clock.now(),
    log: (_level, message) => {
      throw new Error(message);
    },
  };
  return known as Context;
}

test('a request is carried out in the name of its origin', async () => {
  expect(await arm.get(group, undefined, ORIGIN)).toMatchObject({ status: 200, body: { name: 'rg' } });
  const { entries } = await world.store.activity({ from: 0, to: Number.MAX_SAFE_INTEGER, limit: 10 });
  expect(entries).toMatchObject([{ caller: 'ada', correlationId: ORIGIN.correlationId }]);
});

test('an operation that it begins is named, and knows the deployment', async () => {
  const set = `${group}/providers/Microsoft.Compute/virtualMachineScaleSets/web`;
  const imageReference = { publisher: 'muster', offer: 'web' };
  const body = {
    location: 'westus',
    sku: { name: 'Standard_B1s', capacity: 0 },
    properties: { virtualMachineProfile: { storageProfile: { imageReference } } },
  };
  const { status, operation = '' } = await arm.put(set, '2024-07-01', body, ORIGIN);
  expect(status).toBe(201);
  expect(await world.store.operation(operation)).toMatchObject({ deployment: 'uid', caller: 'ada' });
  const deleted = await arm.delete(
    `${group}/providers/Microsoft.Network/loadBalancers/none`,
    undefined,
    ORIGIN,
  );
  expect(deleted).toEqual({ status: 204, body: {} });
});

test('what is refused is answered with ARM’s error', async () => {
  const answer = await arm.put(
    `${group}/providers/Microsoft.Network/loadBalancers/a b/c`,
    '2024-05-01',
    {},
    ORIGIN,
  );
  expect(answer).toMatchObject({ status: 404, body: { error: { code: 'InvalidResourceType' } } });
  const nowhere = await arm.get('/subscriptions/other/resourceGroups/rg', undefined, ORIGIN);
  expect(nowhere).toMatchObject({ status: 404, body: { error: { code: 'SubscriptionNotFound' } } });
});

test('a name is sent as it is, whatever is in it', async () => {
  const answer = await arm.get(
    `${group}/providers/Microsoft.Network/loadBalancers/50% or #1?`,
    undefined,
    ORIGIN,
  );
  expect(answer).toMatchObject({
    status: 404,
    body: { error: { code: 'ResourceNotFound' } },
  });
  expect(JSON.stringify(answer.body)).toContain('loadBalancers/50% or #1?');
});
