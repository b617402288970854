// Deployment plan: what a deployment does next. Pure. What must hold: no step begins before all that it depends on are done;
// none begins twice; after a failure none begins any more; a deployment whose steps all end, ends.

import {
  type Deployment,
  type DeploymentError,
  type DeploymentStep,
  isActive,
  shownTemplate,
} from './deployment.ts';
import { errorWithoutSecrets } from './deployment-secrets.ts';
import type { Time } from './time.ts';

/** What became of an operation that a step waits for. */
export interface StepOutcome {
  readonly error?: DeploymentError;
}

/**
 * The row with the steps ended whose operations have.
 * @param outcomes by the operation's id; those that go on are not in it
 */
export function withOutcomes(
  row: Deployment,
  outcomes: ReadonlyMap<string, StepOutcome>,
  now: Time,
): Deployment {
  return withSteps(row, (step) => {
    const outcome = step.operation === undefined ? undefined : outcomes.get(step.operation);
    if (step.state !== 'Running' || outcome === undefined) return step;
    return ended(row, step, outcome.error, now);
  });
}

/** What was answered when a step was asked for. */
export interface StepAnswer extends StepOutcome {
  readonly status: number;
  readonly operation?: string;
}

/** The row with what was answered, for the steps that still wait for an answer. */
export function withAnswers(
  row: Deployment,
  answers: ReadonlyMap<string, StepAnswer>,
  now: Time,
): Deployment {
  return withSteps(row, (step) => {
    const answer = answers.get(step.id);
    if (answer === undefined || !isUnanswered(step)) return step;
    const { status, operation, error } = answer;
    if (error === undefined && operation !== undefined) return { ...step, status, operation };
    return ended(row, { ...step, status }, error, now);
  });
}

/** The row with everything begun that may begin now; the same row when nothing may. */
export function withBegun(row: Deployment, now: Time): Deployment {
  if (!isActive(row) || hasFailed(row)) return row;
  // By id: of two steps of one id, one is skipped, and the other one counts.
  const pending = new Set(row.steps.filter((step) => !isDone(step)).map(({ id }) => id));
  const begun = withSteps(row, (step) =>
    step.state === 'NotStarted' && !step.dependsOn.some((id) => pending.has(id))
      ? { ...step, state: 'Running', started: now }
      : step,
  );
  return begun === row ? row : { ...begun, state: 'Running' };
}

/** Running, and nobody knows yet what was answered. */
export function isUnanswered({ state, operation }: DeploymentStep): boolean {
  return state === 'Running' && operation === undefined;
}

/**
 * `go on`: steps are under way. `sweep`: all is made, and what the template does not have is to be deleted next.
 * `conclude`: all is done but for the outputs. `fail`: a step failed, and no other is under way.
 */
export function standing(row: Deployment): 'go on' | 'sweep' | 'conclude' | 'fail' {
  if (row.steps.some(({ state }) => state === 'Running')) return 'go on';
  if (hasFailed(row)) return 'fail';
  const left = row.steps.filter((step) => !isDone(step));
  if (left.length > 0) throw new Error(`deployment ${row.uid} waits for itself: ${left[0]?.id ?? ''}`);
  return row.mode === 'Complete' && row.swept !== true ? 'sweep' : 'conclude';
}

export const FAILED =
  'At least one resource deployment operation failed. Please list deployment operations for details. Please see https://aka.ms/arm-deployment-operations for usage details.';

/** Azure's DeploymentFailed, with what went wrong with each. */
export function stepsError(row: Deployment): DeploymentError {
  const details = row.steps.flatMap(({ error }) => (error === undefined ? [] : [error]));
  return { code: 'DeploymentFailed', message: FAILED, details };
}

export function succeeded(row: Deployment, outputs: Deployment['outputs'], now: Time): Deployment {
  const whole: Deployment = { ...withoutSecrets(row), state: 'Succeeded', ended: now };
  return outputs === undefined ? whole : { ...whole, outputs };
}

export function failed(row: Deployment, error: DeploymentError, now: Time): Deployment {
  return {
    ...withoutSecrets(row),
    state: 'Failed',
    ended: now,
    error: errorWithoutSecrets(error, row.secrets),
  };
}

export const CANCELED: DeploymentError = {
  code: 'DeploymentCanceled',
  message: 'The deployment was canceled.',
};

/** What it has asked for already goes on by itself; it asks for nothing more. */
export function canceled(row: Deployment, now: Time): Deployment {
  const stopped = withSteps(row, (step) => {
    if (step.state === 'NotStarted') return { ...step, state: 'Canceled' };
    return step.state === 'Running' ? { ...step, state: 'Canceled', ended: now } : step;
  });
  return { ...withoutSecrets(stopped), state: 'Canceled', ended: now, error: CANCELED };
}

/** What ended needs no values any more, and no secret is kept that is not needed. */
function withoutSecrets(row: Deployment): Deployment {
  return { ...row, parameters: {}, secrets: [], template: shownTemplate(row) };
}

function hasFailed(row: Deployment): boolean {
  return row.steps.some(({ state }) => state === 'Failed' || state === 'Canceled');
}

/** A step whose condition is false holds nobody up. */
function isDone({ state }: DeploymentStep): boolean {
  return state === 'Succeeded' || state === 'Skipped';
}

function ended(
  { secrets }: Deployment,
  step: DeploymentStep,
  error: DeploymentError | undefined,
  now: Time,
): DeploymentStep {
  return error === undefined
    ? { ...step, state: 'Succeeded', ended: now }
    : { ...step, state: 'Failed', ended: now, error: errorWithoutSecrets(error, secrets) };
}

function withSteps(row: Deployment, change: (step: DeploymentStep) => DeploymentStep): Deployment {
  const steps = row.steps.map(change);
  return steps.every((step, index) => step === row.steps[index]) ? row : { ...row, steps };
}
