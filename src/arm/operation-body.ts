// Operation bodies: what a long-running operation answers where it is polled. The order of the members is Azure's:
// startTime, endTime, status, properties or error, name.

import type { Json, JsonObject } from './json.ts';

export type OperationWireStatus = 'InProgress' | 'Succeeded' | 'Failed' | 'Canceled';

export interface OperationFacts {
  readonly name: string;
  readonly status: OperationWireStatus;
  /** Azure's form of a time. */
  readonly startTime: string;
  readonly endTime?: string;
  readonly error?: { readonly code: string; readonly message: string };
  /** What a result-bearing action answered. */
  readonly output?: Json;
}

export function operationBody(facts: OperationFacts): JsonObject {
  const { name, status, startTime, endTime, error, output } = facts;
  return {
    startTime,
    ...(endTime === undefined ? {} : { endTime }),
    status,
    ...(output === undefined ? {} : { properties: { output } }),
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
    name,
  };
}
