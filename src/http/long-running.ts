// Long-running answers: what a route that began an operation says, by its style in the route table, and where to poll.

import type { JsonObject } from '../arm/json.ts';
import type { Operation } from '../domain/operation.ts';
import { baseUrl, type Call } from './context.ts';
import { ASK_AGAIN_SOON } from './headers.ts';
import { type Answer, empty } from './response.ts';

export interface Begun {
  readonly operation: Operation;
  /** The resource, for the routes that answer with one. */
  readonly resource?: {
    readonly body: JsonObject;
    readonly created: boolean;
    readonly headers?: Answer['headers'];
  };
  /** How many instances the request really changes. */
  readonly charge?: number;
  /** Where it is polled, when that is not among the operations of its location. */
  readonly poll?: string;
}

export function longRunning(
  call: Call,
  { operation, resource, charge, poll = pollUrl(call, operation) }: Begun,
): Answer {
  const charged = charge === undefined ? {} : { 'x-ms-request-charge': String(charge) };
  switch (call.route.answers) {
    case 'put':
      return {
        status: resource?.created ? 201 : 200,
        headers: {
          ...resource?.headers,
          'azure-asyncoperation': poll,
          'azure-asyncnotification': 'Enabled',
          ...ASK_AGAIN_SOON,
        },
        ...(resource === undefined ? {} : { body: resource.body }),
        requestId: operation.id,
      };
    case 'action':
      return {
        ...empty(202, {
          'azure-asyncoperation': poll,
          location: `${poll}&monitor=true`,
          'azure-asyncnotification': 'Enabled',
          ...ASK_AGAIN_SOON,
          ...charged,
        }),
        requestId: operation.id,
      };
    case 'location':
      return {
        ...empty(202, { location: resultUrl(call, operation.id), ...ASK_AGAIN_SOON }),
        requestId: operation.id,
      };
    case 'now':
    case 'refused':
      throw new Error(`${call.route.action} began an operation, and its route answers at once`);
  }
}

function pollUrl(call: Call, { location, id }: Operation): string {
  const subscription = `/subscriptions/${call.context.plane.subscriptionId}`;
  const path = `${subscription}/providers/Microsoft.Compute/locations/${location}/operations/${id}`;
  return `${baseUrl(call)}${path}?api-version=${call.apiVersion}`;
}

/** Where the deletion of a resource group is followed. */
export function resultUrl(call: Call, id: string): string {
  const path = `/subscriptions/${call.context.plane.subscriptionId}/operationresults/${id}`;
  return `${baseUrl(call)}${path}?api-version=${call.apiVersion}`;
}
