// Response: what the plane says, as a value. A handler gives an Answer; dispatch makes the Response of it, with the headers
// that every one has.

import type { Json } from '../arm/json.ts';

export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty text when there is none. */
  readonly body: string | Uint8Array;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A JSON value, or bytes that are JSON already. Absent: no body at all. */
  readonly body?: Json | Uint8Array;
  /** What `x-ms-request-id` says, when the request began an operation: Azure gives that operation's id. */
  readonly requestId?: string;
}

export function json(status: number, body: Json | Uint8Array, headers: Answer['headers'] = {}): Answer {
  return { status, body, headers };
}

export function empty(status: number, headers: Answer['headers'] = {}): Answer {
  return { status, headers };
}
