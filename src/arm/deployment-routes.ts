// Routes of deployments. Their operations are found at two places: where they belong, and where the SDKs and az ask for them.

import type { AnswerStyle, Method, Route } from './routes.ts';

const GROUP = '/subscriptions/{subscription}/resourceGroups/{group}';
const DEPLOYMENTS = `${GROUP}/providers/Microsoft.Resources/deployments`;
const DEPLOYMENT = `${DEPLOYMENTS}/{deployment}`;
const OPERATIONS_OF = `${GROUP}/deployments/{deployment}/operations`;

function deployment(
  method: Method,
  path: string,
  verb: string,
  { answers = 'now', type = 'deployments' }: { answers?: AnswerStyle; type?: string } = {},
): Route {
  return {
    method,
    path,
    provider: 'Microsoft.Resources',
    type,
    action: `Microsoft.Resources/${type}/${verb}`,
    answers,
  };
}

const OPERATION = { type: 'deployments/operations' };
const STATUS = { type: 'deployments/operationstatuses' };

export const DEPLOYMENT_ROUTES = {
  'deployments.list': deployment('GET', DEPLOYMENTS, 'read'),
  'deployments.put': deployment('PUT', DEPLOYMENT, 'write', { answers: 'put' }),
  'deployments.get': deployment('GET', DEPLOYMENT, 'read'),
  'deployments.exists': deployment('HEAD', DEPLOYMENT, 'read'),
  'deployments.delete': deployment('DELETE', DEPLOYMENT, 'delete', { answers: 'location' }),
  'deployments.validate': deployment('POST', `${DEPLOYMENT}/validate`, 'validate/action'),
  'deployments.cancel': deployment('POST', `${DEPLOYMENT}/cancel`, 'cancel/action'),
  'deployments.exportTemplate': deployment('POST', `${DEPLOYMENT}/exportTemplate`, 'exportTemplate/action'),
  'deployments.status': deployment('GET', `${DEPLOYMENT}/operationStatuses/{operation}`, 'read', STATUS),
  'deploymentOperations.list': deployment('GET', OPERATIONS_OF, 'read', OPERATION),
  'deploymentOperations.get': deployment('GET', `${OPERATIONS_OF}/{operation}`, 'read', OPERATION),
  'deploymentOperationsBelow.list': deployment('GET', `${DEPLOYMENT}/operations`, 'read', OPERATION),
  'deploymentOperationsBelow.get': deployment(
    'GET',
    `${DEPLOYMENT}/operations/{operation}`,
    'read',
    OPERATION,
  ),
} satisfies Readonly<Record<string, Route>>;
