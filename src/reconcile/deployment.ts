// Deployment reconciler: takes a deployment on by one step each time it is looked at, and saves once: ends the steps whose
// operations have ended, begins what may begin; asks what has no answer; deletes what is too much; ends it.
// What must hold: a step is saved as begun before it is asked for, and what is asked for again after a crash is the same.

import type { ArmOrigin } from '../app/ports/arm.ts';
import { endChanges } from '../app/ports/deployment-end.ts';
import { put, RevisionConflict } from '../app/ports/store.ts';
import type { TemplatePlan } from '../app/ports/templates.ts';
import { type Deployment, type DeploymentStep, isActive } from '../domain/deployment.ts';
import { operationError, refusalError, templateError } from '../domain/deployment-error.ts';
import {
  failed,
  isUnanswered,
  standing,
  type StepAnswer,
  type StepOutcome,
  stepsError,
  succeeded,
  withAnswers,
  withBegun,
  withOutcomes,
} from '../domain/deployment-plan.ts';
import { type Present, sweep } from '../domain/deployment-sweep.ts';
import { Failure } from '../domain/failure.ts';
import { isObject, listAt, textAt } from '../domain/json.ts';
import { groupPath } from '../domain/resource-path.ts';
import type { Time } from '../domain/time.ts';
import { type Ask, withLookups } from './lookups.ts';
import { paceArm } from './paced-arm.ts';
import type { World } from './world.ts';

/** Requests at once on behalf of all deployments together: far fewer than a use case decides again (`decideAndCommit`). */
const ASKED_AT_ONCE = 8;

/** The key is the deployment's uid. */
export function watchDeployments(): (world: World, uid: string) => Promise<Time | undefined> {
  /** Of those that are under way: a plan follows from the row, and planning takes its time. */
  const plans = new Map<string, TemplatePlan>();
  const paced = paceArm(ASKED_AT_ONCE);
  return async (world, uid) => {
    const row = await world.store.deploymentByUid(uid);
    if (row === undefined || !isActive(row)) {
      plans.delete(uid);
      return undefined;
    }
    const plan = plans.get(uid) ?? planOf(world, row);
    // A later version of Muster may refuse what an earlier one has begun: then it ends.
    if (plan instanceof Failure) {
      await end(world, failed(row, templateError(plan), world.clock.now()));
      return undefined;
    }
    plans.set(uid, plan);
    await takeOn({ ...world, arm: paced(world.arm) }, row, plan);
    return undefined;
  };
}

export async function deploymentKeys(world: World): Promise<string[]> {
  return (await world.store.deployments()).filter(isActive).map(({ uid }) => uid);
}

function planOf(world: World, row: Deployment): TemplatePlan | Failure {
  try {
    return world.templates.plan({
      template: row.template,
      parameters: row.parameters,
      deploymentName: row.name,
      group: row.facts,
      now: row.created,
      seed: row.uid,
    });
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

/** Whatever is saved wakes this loop, which then looks again. */
async function takeOn(world: World, row: Deployment, plan: TemplatePlan): Promise<void> {
  const now = world.clock.now();
  const next = withBegun(withOutcomes(row, await outcomesOf(world, row), now), now);
  if (next !== row) return world.store.commit([put('deployment', next)]);
  const unanswered = row.steps.filter(isUnanswered);
  if (unanswered.length > 0) return ask(world, row, plan, unanswered);
  switch (standing(row)) {
    case 'go on':
      return;
    case 'fail':
      return end(world, failed(row, stepsError(row), now));
    case 'sweep':
      return clear(world, row);
    case 'conclude':
      return conclude(world, row, plan);
  }
}

/** Of the steps whose operations have ended. */
async function outcomesOf(world: World, row: Deployment): Promise<ReadonlyMap<string, StepOutcome>> {
  const outcomes = new Map<string, StepOutcome>();
  for (const step of row.steps) {
    if (step.state !== 'Running' || step.operation === undefined) continue;
    const outcome = await outcomeOf(world, step, step.operation);
    if (outcome !== undefined) outcomes.set(step.operation, outcome);
  }
  return outcomes;
}

async function outcomeOf(
  { store }: World,
  step: DeploymentStep,
  id: string,
): Promise<StepOutcome | undefined> {
  const operation = await store.operation(id);
  if (operation?.status === 'InProgress') return undefined;
  if (operation?.status === 'Succeeded') return {};
  const { awaits, error } = operation ?? {};
  const part = awaits?.kind === 'deployment' ? await store.deploymentByUid(awaits.uid) : undefined;
  if (part?.error !== undefined) return { error: { ...part.error, target: step.id } };
  const why = error ?? { code: 'NotFound', message: `The operation '${id}' is not known any more.` };
  return { error: operationError(step, why) };
}

/** All of them side by side, as far as there are turns; what is answered is saved together. */
async function ask(
  world: World,
  row: Deployment,
  plan: TemplatePlan,
  steps: readonly DeploymentStep[],
): Promise<void> {
  const defects: unknown[] = [];
  const before = await begunBefore(world, row);
  const answers = await Promise.all(
    steps.map(async (step): Promise<[string, StepAnswer]> => {
      const operation = step.action === 'Create' ? before.get(step.id.toLowerCase()) : undefined;
      if (operation !== undefined) return [step.id, { status: 200, operation }];
      try {
        return [step.id, await answerOf(world, row, plan, step)];
      } catch (error) {
        if (error instanceof Failure) return [step.id, { status: 400, error: templateError(error) }];
        // Said in the log once the step has ended: a defect must not keep a deployment going for ever.
        defects.push(error);
        const broken = { code: 'InternalServerError', message: 'The plane failed to evaluate the resource.' };
        return [step.id, { status: 500, error: { ...broken, target: step.id } }];
      }
    }),
  );
  await save(world, row.uid, (latest) => withAnswers(latest, new Map(answers), world.clock.now()));
  if (defects.length > 0) throw defects[0];
}

/**
 * Operations under way that this deployment has begun, by what they make, in lower case: a plane was killed before the answer was
 * saved. They are waited for; asked again, a guest that has a verb in hand would refuse it, and a command would run twice.
 */
async function begunBefore({ store }: World, { uid }: Deployment): Promise<ReadonlyMap<string, string>> {
  const own = (await store.openOperations()).filter(({ deployment }) => deployment === uid);
  return new Map(own.map(({ id, resourceId }) => [resourceId.toLowerCase(), id]));
}

async function answerOf(
  { arm }: World,
  row: Deployment,
  plan: TemplatePlan,
  step: DeploymentStep,
): Promise<StepAnswer> {
  const origin = originOf(row);
  const { status, body, operation } =
    step.action === 'Delete'
      ? await arm.delete(step.id, undefined, origin)
      : await make(arm, origin, plan, step);
  const isGone = step.action === 'Delete' && status === 404;
  if (status >= 300 && !isGone) return { status, error: refusalError(step, status, body) };
  return operation === undefined ? { status } : { status, operation };
}

async function make(
  arm: World['arm'],
  origin: ArmOrigin,
  plan: TemplatePlan,
  step: DeploymentStep,
): ReturnType<World['arm']['put']> {
  const resource = plan.resources.find(({ id, condition }) => condition && id === step.id);
  if (resource === undefined) throw new Error(`the plan of the deployment has no ${step.id}`);
  const body = await withLookups(asking(arm, origin, plan), (lookup) => resource.body(lookup));
  return arm.put(step.id, resource.apiVersion, body, origin);
}

/** What a template refers to without a version is read with the one that the template makes it with. */
function asking(arm: World['arm'], origin: ArmOrigin, plan: TemplatePlan): Ask {
  return async (id, apiVersion) => {
    const own = plan.resources.find((one) => one.id.toLowerCase() === id.toLowerCase());
    const { status, body } = await arm.get(id, apiVersion ?? own?.apiVersion, origin);
    return status === 200 ? body : undefined;
  };
}

/** Others may have written the row meanwhile: a part that was made, or a cancel. What was answered is not lost by that. */
async function save({ store }: World, uid: string, change: (row: Deployment) => Deployment): Promise<void> {
  for (;;) {
    const row = await store.deploymentByUid(uid);
    if (row === undefined || !isActive(row)) return;
    const next = change(row);
    if (next === row) return;
    try {
      return await store.commit([put('deployment', next)]);
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error;
    }
  }
}

/** Complete mode: what the group has and the template does not is to be deleted. */
async function clear(world: World, row: Deployment): Promise<void> {
  const path = `${groupPath(world.subscriptionId, row.group)}/resources`;
  const { status, body } = await world.arm.get(path, undefined, originOf(row));
  if (status !== 200) throw new Error(`the resources of group ${row.group} could not be listed: ${status}`);
  const present = listAt(body, 'value').flatMap((one): Present[] => {
    const [id, type, name, managedBy] = ['id', 'type', 'name', 'managedBy'].map((member) =>
      textAt(one, member),
    );
    if (!isObject(one) || id === undefined || type === undefined || name === undefined) return [];
    return [{ id, type, name, ...(managedBy === undefined ? {} : { managedBy }) }];
  });
  await world.store.commit([put('deployment', sweep(row, present))]);
}

async function conclude(world: World, row: Deployment, plan: TemplatePlan): Promise<void> {
  const now = world.clock.now();
  let outputs;
  try {
    outputs = await withLookups(asking(world.arm, originOf(row), plan), (lookup) => plan.outputs(lookup));
  } catch (error) {
    if (error instanceof Failure) return end(world, failed(row, templateError(error), now));
    const message = 'The plane failed to evaluate the outputs of the template.';
    await end(world, failed(row, { code: 'InternalServerError', message }, now));
    throw error;
  }
  return end(world, succeeded(row, Object.keys(outputs).length === 0 ? undefined : outputs, now));
}

async function end(world: World, ended: Deployment): Promise<void> {
  await world.store.commit(await endChanges(world, ended, world.clock.now()));
}

function originOf({ uid, caller, correlationId, intent }: Deployment): ArmOrigin {
  return { caller, correlationId, deployment: uid, ...(intent === undefined ? {} : { intent }) };
}
