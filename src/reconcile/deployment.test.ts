// One look at a deployment after the other, with an ARM that answers what the test says: what is saved before what is asked, and
// what becomes of answers that come too late.
import { describe, expect, test } from 'vitest';
import { store, testPlane, type TestPlane } from '../../test/testing/plane.ts';
import { deploymentRow, groupRow, operationRow, stepRow } from '../../test/testing/rows.ts';
import type { ArmAnswer, ArmClient } from '../app/ports/arm.ts';
import type { PlannedResource, Templates } from '../app/ports/templates.ts';
import type { Deployment } from '../domain/deployment.ts';
import { canceled } from '../domain/deployment-plan.ts';
import { Failure } from '../domain/failure.ts';
import type { JsonObject } from '../domain/json.ts';
import { deploymentKeys, watchDeployments } from './deployment.ts';
import type { World } from './world.ts';

const FIRST = stepRow({ name: 'first' });
const SECOND = stepRow({ name: 'second', dependsOn: [FIRST.id] });
const FAILED = { status: 409, body: { error: { code: 'Conflict', message: 'no' } } };

interface Bench {
  readonly plane: TestPlane;
  /** `PUT /…/first`, in the order in which they came. */
  readonly asked: string[];
  readonly look: () => Promise<unknown>;
  readonly row: () => Promise<Deployment>;
}

interface Behaviour {
  readonly answer?: (line: string, plane: TestPlane) => Promise<ArmAnswer> | ArmAnswer;
  readonly body?: PlannedResource['body'];
  readonly outputs?: () => JsonObject;
  readonly refused?: Failure;
}

/** A deployment of a first and a second resource. */
async function bench(given: Parameters<typeof deploymentRow>[0], behaviour: Behaviour = {}): Promise<Bench> {
  const plane = testPlane();
  await store(plane, 'group', groupRow());
  await store(plane, 'deployment', deploymentRow({ state: 'Running', steps: [FIRST, SECOND], ...given }));
  const asked: string[] = [];
  const ask = async (line: string): Promise<ArmAnswer> => {
    asked.push(line.replace(/ .*\//, ' '));
    return behaviour.answer?.(line, plane) ?? { status: 200, body: {} };
  };
  const arm: ArmClient = {
    get: (id) => ask(`GET ${id}`),
    put: (id) => ask(`PUT ${id}`),
    delete: (id) => ask(`DELETE ${id}`),
  };
  const resources = [FIRST, SECOND].map(({ id, type, name, dependsOn }): PlannedResource => ({
    id,
    type,
    name,
    dependsOn,
    apiVersion: '2024-05-01',
    group: 'rg',
    condition: true,
    body: behaviour.body ?? (() => ({})),
  }));
  const outputs = behaviour.outputs ?? (() => ({}));
  const templates: Templates = {
    plan: () => {
      if (behaviour.refused !== undefined) throw behaviour.refused;
      return { resources, parameters: {}, secrets: {}, outputs };
    },
    groupFacts: () => ({}),
  };
  // The reconciler looks at nothing else of its world.
  const world = { ...plane, templates, arm } as unknown as World;
  const watch = watchDeployments();
  const { uid } = deploymentRow();
  return {
    plane,
    asked,
    look: () => watch(world, uid),
    row: async () => (await plane.store.deploymentByUid(uid)) as Deployment,
  };
}

function states({ steps }: Deployment): readonly string[] {
  return steps.map(({ state }) => state);
}

describe('a look at a deployment', () => {
  test('saves what begins before it asks for it, and asks for the next when the first is done', async () => {
    const { look, row, asked } = await bench({ state: 'Accepted' });
    await look();
    expect([states(await row()), asked]).toEqual([['Running', 'NotStarted'], []]);
    await look();
    expect([states(await row()), asked]).toEqual([['Succeeded', 'NotStarted'], ['PUT first']]);
    for (let count = 0; count < 3; count += 1) await look();
    expect(await row()).toMatchObject({ state: 'Succeeded' });
    expect(asked).toEqual(['PUT first', 'PUT second']);
    await look();
    expect(asked).toHaveLength(2);
  });

  test('asks again for what has no answer', async () => {
    const { look, asked } = await bench({ steps: [{ ...FIRST, state: 'Running' }, SECOND] });
    await look();
    expect(asked).toEqual(['PUT first']);
  });

  test('waits for what was begun before its answer was saved, and does not ask for it again', async () => {
    const { plane, look, row, asked } = await bench({ steps: [{ ...FIRST, state: 'Running' }, SECOND] });
    const { uid } = await row();
    const begun = { id: 'begun', resourceId: FIRST.id.toUpperCase(), deployment: uid };
    await store(
      plane,
      'operation',
      operationRow(begun),
      operationRow({ ...begun, id: 'o', deployment: 'x' }),
    );
    await look();
    expect(asked).toEqual([]);
    expect((await row()).steps[0]).toMatchObject({ state: 'Running', operation: 'begun' });
  });

  test('waits for an operation, and asks nobody meanwhile', async () => {
    const answer = (): ArmAnswer => ({ status: 201, body: {}, operation: 'op' });
    const { look, row, asked } = await bench({ steps: [{ ...FIRST, state: 'Running' }, SECOND] }, { answer });
    await look();
    expect((await row()).steps[0]).toMatchObject({ state: 'Running', operation: 'op', status: 201 });
    // An operation that is not known any more will never end.
    await look();
    expect((await row()).steps[0]).toMatchObject({
      state: 'Failed',
      error: { code: 'ResourceDeploymentFailure' },
    });
    expect(asked).toHaveLength(1);
  });

  test('drops an answer that comes after a cancel', async () => {
    const answer = async (_line: string, plane: TestPlane): Promise<ArmAnswer> => {
      const [row] = await plane.store.deployments();
      await store(plane, 'deployment', canceled(row as Deployment, plane.clock.now()));
      return { status: 200, body: {} };
    };
    const { look, row } = await bench({ steps: [{ ...FIRST, state: 'Running' }, SECOND] }, { answer });
    await look();
    expect(states(await row())).toEqual(['Canceled', 'Canceled']);
  });

  test('keeps an answer although the row was written meanwhile', async () => {
    const answer = async (_line: string, plane: TestPlane): Promise<ArmAnswer> => {
      await store(plane, 'deployment', ...(await plane.store.deployments()));
      return { status: 200, body: {} };
    };
    const { look, row } = await bench({ steps: [{ ...FIRST, state: 'Running' }, SECOND] }, { answer });
    await look();
    expect(states(await row())).toEqual(['Succeeded', 'NotStarted']);
  });

  test('fails the deployment when nothing is under way any more', async () => {
    const { look, row } = await bench(
      { steps: [{ ...FIRST, state: 'Running' }, SECOND] },
      { answer: () => FAILED },
    );
    await look();
    await look();
    expect(await row()).toMatchObject({
      state: 'Failed',
      error: { code: 'DeploymentFailed', details: [{ code: 'Conflict', target: FIRST.id }] },
      steps: [{ state: 'Failed' }, { state: 'NotStarted' }],
    });
  });
});

describe('what goes wrong in an evaluation', () => {
  const running = { steps: [{ ...FIRST, state: 'Running' as const }, SECOND] };

  test('fails the step with its reason', async () => {
    const body = (): never => {
      throw new Failure('invalidTemplate', 'no such property');
    };
    const { look, row, asked } = await bench(running, { body });
    await look();
    expect((await row()).steps[0]).toMatchObject({ state: 'Failed', error: { code: 'InvalidTemplate' } });
    expect(asked).toEqual([]);
  });

  test('is said in the log when it is a defect, and ends the step all the same', async () => {
    const body = (): never => {
      throw new TypeError('a defect');
    };
    const { look, row } = await bench(running, { body });
    await expect(look()).rejects.toThrow('a defect');
    expect((await row()).steps[0]).toMatchObject({ error: { code: 'InternalServerError' } });
  });

  test('of the outputs fails the deployment when all is made', async () => {
    const done = { steps: [{ ...FIRST, state: 'Succeeded' as const }] };
    const refused = await bench(done, {
      outputs: () => {
        throw new Failure('deploymentOutputEvaluationFailed', 'no such output');
      },
    });
    await refused.look();
    expect(await refused.row()).toMatchObject({
      state: 'Failed',
      error: { code: 'DeploymentOutputEvaluationFailed' },
    });
    const defect = await bench(done, {
      outputs: () => {
        throw new TypeError('a defect');
      },
    });
    await expect(defect.look()).rejects.toThrow('a defect');
    expect(await defect.row()).toMatchObject({ state: 'Failed', error: { code: 'InternalServerError' } });
  });
});

test('a deployment whose template is refused by the plane that goes on with it ends', async () => {
  const refused = new Failure('invalidTemplate', 'no such function any more');
  const { look, row, asked } = await bench({}, { refused });
  await look();
  expect(await row()).toMatchObject({ state: 'Failed', error: { code: 'InvalidTemplate' } });
  expect(asked).toEqual([]);
});

describe('a deployment in Complete mode', () => {
  const made = { mode: 'Complete' as const, steps: [{ ...FIRST, state: 'Succeeded' as const }] };
  const other = stepRow({ name: 'other' });

  test('deletes what the group has beside the template, and then ends', async () => {
    const value = [FIRST, other].map(({ id, type, name }) => ({ id, type, name }));
    const answer = (line: string): ArmAnswer =>
      line.startsWith('GET') ? { status: 200, body: { value } } : { status: 404, body: {} };
    const { look, row, asked } = await bench(made, { answer });
    for (let count = 0; count < 4; count += 1) await look();
    expect(asked).toEqual(['GET resources', 'DELETE other']);
    // What is gone already is gone.
    expect(await row()).toMatchObject({ state: 'Succeeded' });
  });

  test('deletes nothing while it does not know what there is', async () => {
    const { look, row } = await bench(made, { answer: () => ({ status: 500, body: {} }) });
    await expect(look()).rejects.toThrow('could not be listed: 500');
    expect(await row()).toMatchObject({ state: 'Running', steps: [{ action: 'Create' }] });
  });
});

test('every active deployment is looked at when the plane starts, and no other', async () => {
  const plane = testPlane();
  await store(
    plane,
    'deployment',
    deploymentRow({ uid: 'a', name: 'a' }),
    deploymentRow({ uid: 'b', name: 'b', state: 'Failed' }),
  );
  expect(await deploymentKeys(plane as unknown as World)).toEqual(['a']);
});
