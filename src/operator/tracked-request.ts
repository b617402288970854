// Tracked request: a request by which it is found again: with a correlation id of its own, and with the intent of its record.

import type { ArmAnswer, ArmRequest } from './arm.ts';
import type { ActionRecord } from './record.ts';

/** Longest intent that a plane takes with a request, in characters. */
const INTENT = 256;

export interface Tracked {
  readonly request: ArmRequest;
  /** What the answer says that it is followed by. */
  idsOf(answer: ArmAnswer): { readonly requestId: string; readonly correlationId: string };
}

export function trackedRequest(
  { intent }: ActionRecord,
  request: ArmRequest,
  correlationId: string,
): Tracked {
  return {
    request: {
      ...request,
      headers: {
        ...request.headers,
        'x-ms-correlation-request-id': correlationId,
        'x-muster-intent': intentHeader(intent?.record ?? '', intent?.expect ?? ''),
      },
    },
    idsOf: ({ headers }) => ({
      requestId: headers['x-ms-request-id'] ?? '',
      correlationId: headers['x-ms-correlation-request-id'] ?? correlationId,
    }),
  };
}

/** Percent-encoded, so that any text passes through a header. */
export function intentHeader(record: string, expect: string): string {
  const text = `${record}${expect === '' ? '' : `: ${expect}`}`;
  return encodeURIComponent(text.slice(0, INTENT).toWellFormed());
}

/** Of a run command resource: one for each record, so that its output is found again after a crash. */
export function commandName(record: string): string {
  return `muster-${record}`.replaceAll(/[^\w-]/g, '-').slice(0, 80);
}
