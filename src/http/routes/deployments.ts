// Deployments: the resource itself, what can be done with one, and the operations that it came to.

import {
  cancelDeployment,
  deleteDeployment,
  deploymentExists,
  deploymentStatus,
  listDeployments,
  putDeployment,
  requireDeployment,
  validateDeployment,
} from '../../app/deployments.ts';
import type { DeploymentRef, DeploymentWrite } from '../../app/plan-deployment.ts';
import type { DEPLOYMENT_ROUTES } from '../../arm/deployment-routes.ts';
import { deploymentBody as deploymentSchema } from '../../arm/schemas.ts';
import { shownTemplate } from '../../domain/deployment.ts';
import { Failure } from '../../domain/failure.ts';
import { deploymentPath } from '../../domain/resource-path.ts';
import { baseUrl, type Call, type Handler, nameOf } from '../context.ts';
import { documentFilter } from '../filter.ts';
import { ASK_AGAIN_SOON } from '../headers.ts';
import { readCommentedBody } from '../json-body.ts';
import { longRunning } from '../long-running.ts';
import { numberOption } from '../query-options.ts';
import { empty, json } from '../response.ts';
import { deploymentBody, deploymentStatusBody, validationBody } from '../views/deployment.ts';
import { deploymentOperationBodies } from '../views/deployment-operation.ts';

const FILTERED = new Set(['provisioningstate']);

const list: Handler = async (call) => {
  const wanted = documentFilter(call.request, FILTERED);
  const rows = await listDeployments(call.context.plane, nameOf(call, 'group'));
  const chosen = rows.filter(({ state }) => wanted === undefined || wanted({ provisioningState: state }));
  return json(200, { value: chosen.slice(0, top(call)).map((row) => deploymentBody(row, show(call))) });
};

const put: Handler = async (call) => {
  const { plane } = call.context;
  const { deployment, created, operation } = await putDeployment(plane, call.origin, write(call));
  const path = deploymentPath(plane.subscriptionId, deployment.group, deployment.name);
  return longRunning(call, {
    operation,
    resource: { body: deploymentBody(deployment, show(call)), created },
    poll: `${baseUrl(call)}${path}/operationStatuses/${operation.id}?api-version=${call.apiVersion}`,
  });
};

const get: Handler = async (call) =>
  json(200, deploymentBody(await requireDeployment(call.context.plane, ref(call)), show(call)));

const exists: Handler = async (call) =>
  empty((await deploymentExists(call.context.plane, ref(call))) ? 204 : 404);

const remove: Handler = async (call) => {
  const operation = await deleteDeployment(call.context.plane, call.origin, ref(call));
  return operation === undefined ? empty(204) : longRunning(call, { operation });
};

const validate: Handler = async (call) => {
  const row = await validateDeployment(call.context.plane, call.origin, write(call));
  return json(200, validationBody(row, show(call)));
};

const cancel: Handler = async (call) => {
  await cancelDeployment(call.context.plane, call.origin, ref(call));
  return empty(204);
};

const exportTemplate: Handler = async (call) => {
  const row = await requireDeployment(call.context.plane, ref(call));
  return json(200, { template: shownTemplate(row) });
};

const status: Handler = async (call) => {
  const found = await deploymentStatus(call.context.plane, ref(call), nameOf(call, 'operation'));
  const again = found.operation.status === 'InProgress' ? ASK_AGAIN_SOON : {};
  return json(200, deploymentStatusBody(found), again);
};

const listOperations: Handler = async (call) => {
  const row = await requireDeployment(call.context.plane, ref(call));
  return json(200, { value: deploymentOperationBodies(row, show(call)).slice(0, top(call)) });
};

const getOperation: Handler = async (call) => {
  const row = await requireDeployment(call.context.plane, ref(call));
  const id = nameOf(call, 'operation');
  const found = deploymentOperationBodies(row, show(call)).find(
    ({ operationId }) => operationId === id.toUpperCase(),
  );
  if (found !== undefined) return json(200, found);
  throw new Failure('deploymentOperationNotFound', `Deployment operation '${id}' could not be found.`);
};

function ref(call: Call): DeploymentRef {
  return { group: nameOf(call, 'group'), name: nameOf(call, 'deployment') };
}

function write(call: Call): DeploymentWrite {
  const body = readCommentedBody(call.request, deploymentSchema);
  return { ...ref(call), body, apiVersion: call.apiVersion };
}

function show({ context }: Call): { readonly subscriptionId: string; readonly now: number } {
  return { subscriptionId: context.plane.subscriptionId, now: context.plane.clock.now() };
}

/** `$top`: of so many at the most; without it, of all. */
function top({ request }: Call): number {
  return numberOption(request, '$top', { least: 1, most: 999_999_999, otherwise: 999_999_999 });
}

export const DEPLOYMENT_HANDLERS: Readonly<Record<keyof typeof DEPLOYMENT_ROUTES, Handler>> = {
  'deployments.list': list,
  'deployments.put': put,
  'deployments.get': get,
  'deployments.exists': exists,
  'deployments.delete': remove,
  'deployments.validate': validate,
  'deployments.cancel': cancel,
  'deployments.exportTemplate': exportTemplate,
  'deployments.status': status,
  'deploymentOperations.list': listOperations,
  'deploymentOperations.get': getOperation,
  'deploymentOperationsBelow.list': listOperations,
  'deploymentOperationsBelow.get': getOperation,
};
