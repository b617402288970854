// ARM client in process: the port by which deployments make what their templates declare. It is the same dispatch, without
// a socket and without a token: who is asked for was let in with the deployment.

import type { ArmAnswer, ArmClient, ArmOrigin } from '../app/ports/arm.ts';
import { API_VERSIONS } from '../arm/api-version.ts';
import type { JsonObject } from '../arm/json.ts';
import { matchRoute } from '../arm/match.ts';
import type { Context } from './context.ts';
import { answerFor } from './dispatch.ts';

export function createArmClient(context: Context): ArmClient {
  const ask = async (
    line: readonly [method: string, path: string, apiVersion: string | undefined],
    origin: ArmOrigin,
    body?: JsonObject,
  ): Promise<ArmAnswer> => {
    const [method, id, apiVersion] = line;
    const path = id.split('/').map(encodeURIComponent).join('/');
    const query = new URLSearchParams({ 'api-version': apiVersion ?? newestVersion(method, path) });
    const answer = await answerFor(
      context,
      {
        method,
        path,
        query,
        headers: {},
        body: body === undefined ? new Uint8Array() : new TextEncoder().encode(JSON.stringify(body)),
      },
      origin,
    );
    const { status, requestId } = answer;
    const operation = requestId === undefined ? {} : { operation: requestId };
    return { status, body: document(answer.body), ...operation };
  };
  return {
    get: (path, apiVersion, origin) => ask(['GET', path, apiVersion], origin),
    put: (path, apiVersion, body, origin) => ask(['PUT', path, apiVersion], origin, body),
    delete: (path, apiVersion, origin) => ask(['DELETE', path, apiVersion], origin),
  };
}

/** Of the route's provider; where there is no route, the answer says so. */
function newestVersion(method: string, path: string): string {
  const match = matchRoute(method, path);
  const provider = match.kind === 'found' ? match.route.provider : 'Microsoft.Resources';
  return API_VERSIONS[provider][0] ?? '';
}

function document(body: unknown): JsonObject {
  const value: unknown = body instanceof Uint8Array ? JSON.parse(new TextDecoder().decode(body)) : body;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
