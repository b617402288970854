// Arm: the one thing that an operator speaks to, as an interface. Who implements it signs in, follows throttling and
// records every request; who uses it names a path, never an endpoint.

import type { JsonObject } from '../domain/json.ts';

export interface ArmRequest {
  readonly method: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  /** From `/subscriptions/…` on, with everything of the query but `api-version`. */
  readonly path: string;
  readonly apiVersion: string;
  readonly body?: JsonObject;
  /** Besides those that every request has: `if-match`, `x-ms-correlation-request-id`, `x-muster-intent`. Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What ARM answered, whatever the status. */
export interface ArmAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject | undefined;
}

export interface Arm {
  /** Waits out throttling within its limits. Throws a problem with a sentence where there is no answer at all. */
  send(request: ArmRequest): Promise<ArmAnswer>;
  /** Follows the operation that an answer began until it ended. */
  finish(answer: ArmAnswer): Promise<OperationResult>;
}

export interface OperationResult {
  readonly status: 'Succeeded' | 'Failed' | 'Canceled';
  readonly error?: { readonly code: string; readonly message: string };
  /** What the operation's `Location` answered, where it answered anything. */
  readonly output?: JsonObject;
}
