// The operations of a deployment: what became of each of its resources, and of its outputs. One that was never begun is none.

import type { JsonObject } from '../../arm/json.ts';
import type { Deployment, DeploymentStep } from '../../domain/deployment.ts';
import { outputsKey, stepKey } from '../../domain/deployment-key.ts';
import { deploymentPath } from '../../domain/resource-path.ts';
import { azureTime, isoDuration, type Time } from '../../domain/time.ts';
import { deploymentErrorBody, type DeploymentShow } from './deployment.ts';

export function deploymentOperationBodies(row: Deployment, show: DeploymentShow): readonly JsonObject[] {
  const begun = row.steps.filter(({ started }) => started !== undefined);
  const path = deploymentPath(show.subscriptionId, row.group, row.name);
  const wrap = (operationId: string, properties: JsonObject): JsonObject => ({
    id: `${path}/operations/${operationId}`,
    operationId,
    properties,
  });
  return [
    ...begun.map((step) => wrap(stepKey(row, step), stepProperties(step, show.now))),
    ...(row.state === 'Succeeded' && row.ended !== undefined
      ? [wrap(outputsKey(row), outputsProperties(row.ended))]
      : []),
  ];
}

function stepProperties(step: DeploymentStep, now: Time): JsonObject {
  const { started = now, ended, operation, error } = step;
  return {
    provisioningOperation: step.action,
    provisioningState: step.state,
    timestamp: azureTime(ended ?? started),
    duration: isoDuration((ended ?? now) - started),
    ...(operation === undefined ? {} : { trackingId: operation, serviceRequestId: operation }),
    ...(statusCode(step) === undefined ? {} : { statusCode: statusCode(step) }),
    ...(error === undefined ? {} : { statusMessage: { error: deploymentErrorBody(error) } }),
    targetResource: { id: step.id, resourceType: step.type, resourceName: step.name },
  };
}

function outputsProperties(ended: Time): JsonObject {
  return {
    provisioningOperation: 'EvaluateDeploymentOutput',
    provisioningState: 'Succeeded',
    timestamp: azureTime(ended),
    duration: isoDuration(0),
    statusCode: 'OK',
  };
}

const STATUS_CODES: ReadonlyMap<number, string> = new Map([
  [200, 'OK'],
  [201, 'Created'],
  [202, 'Accepted'],
  [204, 'NoContent'],
  [400, 'BadRequest'],
  [403, 'Forbidden'],
  [404, 'NotFound'],
  [409, 'Conflict'],
  [412, 'PreconditionFailed'],
  [500, 'InternalServerError'],
]);

/** What was accepted and then failed is a conflict; what has no answer yet has no status. */
function statusCode({ state, status, operation }: DeploymentStep): string | undefined {
  if (state === 'Failed' && operation !== undefined) return 'Conflict';
  if (state === 'Succeeded' && status === 202) return 'OK';
  return status === undefined ? undefined : (STATUS_CODES.get(status) ?? String(status));
}
