// Headers: the ids by which a request is followed, and what every answer carries.
// Azure's strict-transport-security is left out on purpose: for `localhost` a browser would keep it for every port.

import type { Ids } from '../app/ports/clock.ts';
import type { Time } from '../domain/time.ts';
import type { Request } from './request.ts';

export interface RequestIds {
  readonly requestId: string;
  readonly correlationId: string;
  /** Echoed only when the client asked for it. */
  readonly clientRequestId: string | undefined;
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Takes over the caller's correlation id when it is one; anything else could not be searched for. */
export function requestIds(request: Request, ids: Ids): RequestIds {
  const given = request.headers['x-ms-correlation-request-id'];
  const wantsEcho = request.headers['x-ms-return-client-request-id']?.toLowerCase() === 'true';
  const client = request.headers['x-ms-client-request-id'];
  return {
    requestId: ids.guid(),
    correlationId: given !== undefined && GUID.test(given) ? given.toLowerCase() : ids.guid(),
    clientRequestId: wantsEcho && client !== undefined && /^[\w.-]{1,128}$/.test(client) ? client : undefined,
  };
}

export function commonHeaders(ids: RequestIds, now: Time): Record<string, string> {
  const stamp = `${new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  return {
    'cache-control': 'no-cache',
    pragma: 'no-cache',
    expires: '-1',
    'x-content-type-options': 'nosniff',
    'x-ms-request-id': ids.requestId,
    'x-ms-correlation-request-id': ids.correlationId,
    'x-ms-routing-request-id': `MUSTER:${stamp}:${ids.correlationId}`,
    ...(ids.clientRequestId === undefined ? {} : { 'x-ms-client-request-id': ids.clientRequestId }),
  };
}

/**
 * How soon to ask again, in milliseconds. There is never a `Retry-After`: az takes 0 for thirty seconds, knows nothing
 * between 0 and 1 that other clients would accept, and sends an error that carries one again without a word.
 */
export const ASK_AGAIN_SOON: Readonly<Record<string, string>> = {
  'x-ms-retry-after-ms': '100',
  'retry-after-ms': '100',
};
