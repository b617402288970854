// Operations: where they are polled, and the Location form, which answers 202 until they have ended and then their result.

import { getInstance } from '../../app/instances.ts';
import { getOperation } from '../../app/operations.ts';
import { errorBody } from '../../arm/error-body.ts';
import type { JsonObject } from '../../arm/json.ts';
import { objectAt } from '../../domain/json.ts';
import type { Operation } from '../../domain/operation.ts';
import { baseUrl, type Call, type Handler, nameOf } from '../context.ts';
import { ASK_AGAIN_SOON } from '../headers.ts';
import { flagOption } from '../query-options.ts';
import { type Answer, empty, json } from '../response.ts';
import { instanceBody } from '../views/instance.ts';
import { operationView } from '../views/operation.ts';

export const getOperationRoute: Handler = async (call) => {
  const monitor = flagOption(call.request, 'monitor');
  const operation = await getOperation(call.context.plane, nameOf(call, 'operation'));
  const { path, query } = call.request;
  if (monitor) {
    const location = `${baseUrl(call)}${path}?${query.toString()}`;
    return operationResult(await withDisks(call, operation), location);
  }
  return json(200, operationView(operation), operation.status === 'InProgress' ? ASK_AGAIN_SOON : {});
};

/** What `attachDetachDataDisks` answers in the end: the storage profile of the instance, as it is. */
async function withDisks({ context: { plane }, era }: Call, operation: Operation): Promise<Operation> {
  const [id] = operation.instances;
  if (!operation.name.endsWith('/attachDetachDataDisks/action') || operation.status !== 'Succeeded')
    return operation;
  const { group, setName = '' } = operation;
  const ref = typeof id === 'string' ? { group, name: id } : { group, name: setName, instanceId: String(id) };
  const { set, model, instance } = await getInstance(plane, ref);
  const body = instanceBody(set, model, instance, { subscriptionId: plane.subscriptionId, era });
  return { ...operation, result: objectAt(body, 'properties', 'storageProfile') ?? {} };
}

/** @param location where to ask again */
export function operationResult(operation: Operation, location: string): Answer {
  const { status, result, error } = operation;
  switch (status) {
    case 'InProgress':
      return empty(202, { location, ...ASK_AGAIN_SOON });
    case 'Succeeded':
      return result === undefined ? empty(200) : json(200, result);
    case 'Failed': {
      if (error === undefined) throw new Error(`operation ${operation.id} failed without a reason`);
      const { code, message } = error;
      return json(409, errorBody({ code, message }) as unknown as JsonObject);
    }
  }
}
