// What is committed when a deployment is accepted, refused, canceled and forgotten.
import { describe, expect, test } from 'vitest';
import {
  logged,
  ORIGIN,
  refusalOf,
  refusedWhole,
  store,
  SUBSCRIPTION,
  type TestPlane,
  testPlane,
} from '../../test/testing/plane.ts';
import { deploymentRow, groupRow, stepRow, THEN } from '../../test/testing/rows.ts';
import type { Deployment } from '../domain/deployment.ts';
import type { JsonObject } from '../domain/json.ts';
import {
  cancelDeployment,
  deleteDeployment,
  listDeployments,
  MOST_DEPLOYMENTS,
  putDeployment,
  requireDeployment,
  validateDeployment,
} from './deployments.ts';
import type { DeploymentWrite } from './plan-deployment.ts';
import { deleteGroup } from './resource-groups.ts';

const FLEET = { group: 'rg', name: 'fleet' };
const TEMPLATE = {
  $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
  contentVersion: '1.0.0.0',
  parameters: { password: { type: 'secureString' } },
  resources: [
    { type: 'Microsoft.Network/loadBalancers', apiVersion: '2024-05-01', name: 'lb', location: 'westus' },
    {
      type: 'Microsoft.Network/loadBalancers',
      apiVersion: '2024-05-01',
      name: 'none',
      location: 'westus',
      condition: false,
    },
  ],
} satisfies JsonObject;

function write(given: Partial<DeploymentWrite> & { template?: JsonObject } = {}): DeploymentWrite {
  const { template = TEMPLATE, ...rest } = given;
  const parameters = template === TEMPLATE ? { password: { value: 'S3cret-word' } } : {};
  return {
    ...FLEET,
    apiVersion: '2022-09-01',
    body: { properties: { mode: 'Incremental', template, parameters } },
    ...rest,
  };
}

async function planeWithGroup(): Promise<TestPlane> {
  const plane = testPlane();
  await store(plane, 'group', groupRow());
  return plane;
}

describe('a deployment that is accepted', () => {
  test('is a row with its steps, an operation and a line in the log, and nothing is made yet', async () => {
    const plane = await planeWithGroup();
    const { deployment, created, operation } = await putDeployment(plane, ORIGIN, write());
    expect(created).toBe(true);
    expect(deployment).toMatchObject({
      ...FLEET,
      state: 'Accepted',
      shown: { password: { type: 'SecureString' } },
      correlationId: ORIGIN.correlationId,
      caller: 'ada',
      operation: operation.id,
      steps: [
        { name: 'lb', state: 'NotStarted', location: 'westus' },
        { name: 'none', state: 'Skipped' },
      ],
    });
    expect(await plane.store.deploymentByUid(deployment.uid)).toMatchObject({ revision: 1 });
    expect(operation).toMatchObject({
      name: 'Microsoft.Resources/deployments/write',
      resourceId: `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Resources/deployments/fleet`,
    });
    expect(await plane.store.loadBalancers()).toEqual([]);
    expect(await logged(plane)).toMatchObject([{ status: 'Accepted', operationId: operation.id }]);
  });

  test('takes the place of one of its name that has ended', async () => {
    const plane = await planeWithGroup();
    await store(plane, 'deployment', deploymentRow({ ...FLEET, name: 'Fleet', state: 'Failed' }));
    const { deployment, created } = await putDeployment(plane, ORIGIN, write());
    expect(created).toBe(false);
    expect(deployment.name).toBe('Fleet');
    expect((await plane.store.deployments()).map(({ uid }) => uid)).toEqual([deployment.uid]);
  });

  test('makes room among the oldest that have ended', async () => {
    const plane = await planeWithGroup();
    const rows = Array.from({ length: MOST_DEPLOYMENTS }, (_, index) =>
      deploymentRow({
        uid: `u${index}`,
        name: `d${index}`,
        created: THEN + index,
        state: index === 0 ? 'Running' : 'Succeeded',
      }),
    );
    await store(plane, 'deployment', ...rows);
    await putDeployment(plane, ORIGIN, write());
    const left = await plane.store.deployments('rg');
    expect(left).toHaveLength(MOST_DEPLOYMENTS);
    expect(left.filter(({ name }) => ['d0', 'd1', 'fleet'].includes(name)).map(({ name }) => name)).toEqual([
      'd0',
      'fleet',
    ]);
  });

  test('of two that are sent at once is one', async () => {
    const plane = await planeWithGroup();
    const both = await Promise.allSettled([
      putDeployment(plane, ORIGIN, write()),
      putDeployment(plane, ORIGIN, write()),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await plane.store.openOperations()).toHaveLength(1);
  });
});

describe('a deployment that is refused', () => {
  test.each<[string, DeploymentWrite, string]>([
    ['with a template that is wrong', write({ template: { resources: 'none' } }), 'invalidTemplate'],
    [
      'without a parameter that it needs',
      write({ body: { properties: { mode: 'Incremental', template: TEMPLATE } } }),
      'invalidTemplate',
    ],
    ['with a name that is wrong', write({ name: 'a b' }), 'invalidDeploymentName'],
    ['in a group that is not there', write({ group: 'none' }), 'resourceGroupNotFound'],
  ])('%s leaves no trace', async (_, request, code) => {
    const plane = await planeWithGroup();
    expect((await refusedWhole(plane, () => putDeployment(plane, ORIGIN, request))).code).toBe(code);
    expect((await refusedWhole(plane, () => validateDeployment(plane, ORIGIN, request))).code).toBe(code);
  });

  test('while one of its name is active says since when', async () => {
    const plane = await planeWithGroup();
    await store(plane, 'deployment', deploymentRow({ ...FLEET, state: 'Running' }));
    const failure = await refusedWhole(plane, () => putDeployment(plane, ORIGIN, write()));
    expect(failure.code).toBe('deploymentActive');
    expect(failure.message).toContain("previous deployment from '1/1/2026 12:00:00 AM' is still active");
  });

  test('because a part would go to a group that is not there names that group', async () => {
    const plane = await planeWithGroup();
    const part = {
      type: 'Microsoft.Resources/deployments',
      apiVersion: '2022-09-01',
      name: 'part',
      resourceGroup: 'none',
      properties: { mode: 'Incremental', template: { ...TEMPLATE, parameters: {}, resources: [] } },
    };
    const request = write({ template: { ...TEMPLATE, parameters: {}, resources: [part] } });
    const failure = await refusedWhole(plane, () => putDeployment(plane, ORIGIN, request));
    expect(failure).toMatchObject({
      code: 'invalidTemplateDeployment',
      details: [{ code: 'ResourceGroupNotFound' }],
    });
  });

  test('in a group that is being deleted is refused, also when the deletion comes first by a hair', async () => {
    const plane = await planeWithGroup();
    const [deleted, put] = await Promise.allSettled([
      deleteGroup(plane, ORIGIN, 'rg'),
      putDeployment(plane, ORIGIN, write()),
    ]);
    expect(deleted.status).toBe('fulfilled');
    const rows = await plane.store.deployments();
    expect(put.status === 'rejected' ? rows : rows.map(({ state }) => state)).toEqual(
      put.status === 'rejected' ? [] : ['Canceled'],
    );
  });
});

describe('a part of a deployment', () => {
  const parent = deploymentRow({
    uid: 'parent',
    name: 'whole',
    state: 'Running',
    shown: { p: { type: 'SecureString' } },
  });
  const origin = { ...ORIGIN, deployment: 'parent' };

  test('that is asked for again is the same one, whatever became of it', async () => {
    const plane = await planeWithGroup();
    await store(plane, 'deployment', parent);
    const first = await putDeployment(plane, origin, write());
    expect(first.deployment.parent).toBe('parent');
    const again = await putDeployment(plane, origin, write());
    expect(again).toMatchObject({
      created: false,
      deployment: { uid: first.deployment.uid },
      operation: { id: first.operation.id },
    });
    await cancelDeployment(plane, ORIGIN, FLEET);
    expect((await putDeployment(plane, origin, write())).deployment.state).toBe('Canceled');
  });

  test('of one that has ended is refused', async () => {
    const plane = await planeWithGroup();
    await store(plane, 'deployment', { ...parent, state: 'Canceled' });
    expect((await refusedWhole(plane, () => putDeployment(plane, origin, write()))).code).toBe('conflict');
  });

  test('is canceled with it', async () => {
    const plane = await planeWithGroup();
    await store(plane, 'deployment', parent);
    const { operation } = await putDeployment(plane, origin, write());
    await cancelDeployment(plane, ORIGIN, { group: 'rg', name: 'whole' });
    expect((await plane.store.deployments()).map(({ state }) => state)).toEqual(['Canceled', 'Canceled']);
    expect(await plane.store.operation(operation.id)).toMatchObject({
      error: { code: 'DeploymentCanceled' },
    });
  });

  test('may hold secrets of it in its template, unless that was left as it was written', async () => {
    const plane = await planeWithGroup();
    await store(plane, 'deployment', parent);
    expect((await putDeployment(plane, origin, write())).deployment.hidden).toBe(true);
    const { properties } = write().body as { properties: JsonObject };
    const inner = { properties: { ...properties, expressionEvaluationOptions: { scope: 'inner' } } };
    expect(
      (await putDeployment(plane, origin, write({ name: 'inner', body: inner }))).deployment.hidden,
    ).toBeUndefined();
  });
});

describe('a cancel', () => {
  test('ends the deployment, its operation and the log’s line, and forgets what was secret', async () => {
    const plane = await planeWithGroup();
    const { deployment, operation } = await putDeployment(plane, ORIGIN, write());
    await cancelDeployment(plane, ORIGIN, FLEET);
    const row = (await plane.store.deploymentByUid(deployment.uid)) as Deployment;
    expect(row).toMatchObject({
      state: 'Canceled',
      parameters: {},
      steps: [{ state: 'Canceled' }, { state: 'Skipped' }],
    });
    expect(JSON.stringify(row)).not.toContain('S3cret');
    expect(await plane.store.operation(operation.id)).toMatchObject({ status: 'Failed' });
    expect((await logged(plane)).map(({ operationName, status }) => `${operationName} ${status}`)).toEqual([
      'Microsoft.Resources/deployments/cancel/action Succeeded',
      'Microsoft.Resources/deployments/write Failed',
      'Microsoft.Resources/deployments/write Accepted',
    ]);
  });

  test('of what is not active is refused', async () => {
    const plane = await planeWithGroup();
    await store(plane, 'deployment', deploymentRow({ ...FLEET, state: 'Succeeded' }));
    const failure = await refusedWhole(plane, () => cancelDeployment(plane, ORIGIN, FLEET));
    expect(failure.code).toBe('deploymentCannotBeCancelled');
  });
});

describe('a delete', () => {
  test('forgets the deployment and touches nothing that it made', async () => {
    const plane = await planeWithGroup();
    await store(
      plane,
      'deployment',
      deploymentRow({ ...FLEET, state: 'Succeeded', steps: [stepRow({ state: 'Succeeded' })] }),
    );
    expect(await deleteDeployment(plane, ORIGIN, FLEET)).toMatchObject({ status: 'Succeeded' });
    expect((await refusalOf(requireDeployment(plane, FLEET))).code).toBe('deploymentNotFound');
    expect(await logged(plane)).toHaveLength(2);
    expect(await deleteDeployment(plane, ORIGIN, FLEET)).toBeUndefined();
  });

  test('of an active one is refused', async () => {
    const plane = await planeWithGroup();
    await store(plane, 'deployment', deploymentRow({ ...FLEET, state: 'Running' }));
    expect((await refusedWhole(plane, () => deleteDeployment(plane, ORIGIN, FLEET))).code).toBe(
      'deploymentActive',
    );
  });
});

test('a validation keeps nothing but a line in the log', async () => {
  const plane = await planeWithGroup();
  const row = await validateDeployment(plane, ORIGIN, write());
  expect(row.steps).toHaveLength(2);
  expect(await plane.store.deployments()).toEqual([]);
  expect(await logged(plane)).toMatchObject([
    { operationName: 'Microsoft.Resources/deployments/validate/action' },
  ]);
});

test('the list has the newest first', async () => {
  const plane = await planeWithGroup();
  await store(
    plane,
    'deployment',
    deploymentRow({ uid: 'a', name: 'a', created: THEN }),
    deploymentRow({ uid: 'b', name: 'b', created: THEN + 1 }),
  );
  expect((await listDeployments(plane, 'rg')).map(({ name }) => name)).toEqual(['b', 'a']);
});
