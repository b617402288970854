// Deployment errors: whatever went wrong with a step, in the form in which the deployment shows it.

import type { DeploymentError, DeploymentStep } from './deployment.ts';
import type { Failure } from './failure.ts';
import { isObject, type Json, type JsonObject, listAt, textAt } from './json.ts';

/** Of the body with which ARM refused a request. */
export function refusalError(step: DeploymentStep, status: number, body: JsonObject): DeploymentError {
  const error = readError(body['error'] ?? body);
  const {
    code,
    message,
    target = step.id,
    details,
  } = error ?? {
    code: 'InternalServerError',
    message: `The request was answered with status ${status}.`,
  };
  return { code, message, target, ...(details === undefined ? {} : { details }) };
}

function readError(value: Json | undefined): DeploymentError | undefined {
  const code = textAt(value, 'code');
  const message = textAt(value, 'message');
  if (!isObject(value) || code === undefined || message === undefined) return undefined;
  const target = textAt(value, 'target');
  const details = listAt(value, 'details').flatMap((detail) => readError(detail) ?? []);
  return {
    code,
    message,
    ...(target === undefined ? {} : { target }),
    ...(details.length === 0 ? {} : { details }),
  };
}

/** Of an operation that was accepted and failed. */
export function operationError({ id, action }: DeploymentStep, error: DeploymentError): DeploymentError {
  const verb = action === 'Create' ? 'write' : 'delete';
  return {
    code: 'ResourceDeploymentFailure',
    target: id,
    message: `The resource ${verb} operation failed to complete successfully, because it reached terminal provisioning state 'Failed'.`,
    details: [{ code: error.code, message: error.message }],
  };
}

/** The codes of what evaluating a template throws, as ARM spells them. */
const TEMPLATE_CODES: Readonly<Record<string, string>> = {
  invalidTemplate: 'InvalidTemplate',
  invalidTemplateDeployment: 'InvalidTemplateDeployment',
  resourceNotFound: 'ResourceNotFound',
  deploymentOutputEvaluationFailed: 'DeploymentOutputEvaluationFailed',
};

/** Of an expression that could not be evaluated once the deployment ran. */
export function templateError({ code, message, details }: Failure): DeploymentError {
  return {
    code: TEMPLATE_CODES[code] ?? 'InvalidTemplate',
    message,
    ...(details.length === 0 ? {} : { details }),
  };
}
