// Record entries: everything that an evidence record may say, in the order in which it happens. A record is nothing but its
// entries: how far an action is follows from them and from nothing else.
// What must hold: `sending` is on disk before a request goes out, `answered` before anything else is done.

import type { JsonObject } from '../domain/json.ts';
import type { ActionPlan, Deed } from './action-plan.ts';
import type { Flags } from './guard.ts';
import type { PLAIN } from './plain-command.ts';
import type { Sighting } from './sighting.ts';

export type Outcome = 'succeeded' | 'failed';

export interface OperationProblem {
  readonly code: string;
  readonly message: string;
}

export interface RequestFacts {
  readonly method: string;
  /** Path and query, without the endpoint. */
  readonly target: string;
  /** 0 where there was no answer at all. */
  readonly status: number;
  /** `x-ms-request-id` and `x-ms-correlation-request-id` of the answer; empty where it has none. */
  readonly requestId: string;
  readonly correlationId: string;
  /** ISO 8601, UTC. */
  readonly started: string;
  /** Milliseconds. */
  readonly took: number;
}

export type Entry =
  | {
      readonly kind: 'intent';
      /** The record's own id. */
      readonly record: string;
      readonly verb: string;
      /** What the operator expects of the fleet, in their own words. */
      readonly expect: string;
      readonly who: string;
      /** Which ARM: a plane's or Azure's endpoint. */
      readonly where: string;
      /** The set's ARM id. */
      readonly set: string;
      readonly tool: string;
    }
  | { readonly kind: 'plan'; readonly plan: ActionPlan; readonly flags: Flags }
  | { readonly kind: 'sighting'; readonly when: 'before' | 'after'; readonly sighting: Sighting }
  | {
      readonly kind: 'sending';
      readonly step: string;
      readonly deed: Deed;
      readonly instance: string;
      readonly method: string;
      readonly path: string;
      /** Without secrets. */
      readonly body?: JsonObject;
      readonly correlationId: string;
    }
  | {
      readonly kind: 'answered';
      readonly step: string;
      readonly status: number;
      readonly requestId: string;
      readonly correlationId: string;
      /** What the operation is followed by: the answer's own headers. */
      readonly follow: Readonly<Record<string, string>>;
      readonly error?: OperationProblem;
      /** It was refused as a whole, and is asked for in this way in its place, from now on in this record. */
      readonly instead?: typeof PLAIN;
    }
  /** One request to ARM, of whatever kind: what an action is made of, and what it was watched by. */
  | ({ readonly kind: 'request' } & RequestFacts)
  /** Whether the activity log knows a request that was sent and whose answer was not heard. */
  | { readonly kind: 'traced'; readonly step: string; readonly found: boolean }
  | { readonly kind: 'skipped'; readonly step: string; readonly why: string }
  | {
      readonly kind: 'ended';
      readonly step: string;
      readonly status: 'Succeeded' | 'Failed' | 'Canceled';
      readonly error?: OperationProblem;
    }
  | {
      readonly kind: 'output';
      readonly step: string;
      readonly instance: string;
      readonly state: string;
      /** Absent where it did not end by itself. */
      readonly exitCode?: number;
      readonly stdout: string;
      readonly stderr: string;
    }
  /** The command resource whose output is on record is removed again. */
  | {
      readonly kind: 'cleared';
      readonly step: string;
      readonly method: string;
      readonly path: string;
      readonly status: number;
      readonly requestId: string;
      readonly correlationId: string;
    }
  | {
      readonly kind: 'verified';
      readonly stage: string;
      /** Whether the instances were looked at for it. */
      readonly looked: boolean;
      readonly ok: boolean;
      readonly reasons: readonly string[];
    }
  | { readonly kind: 'interrupted'; readonly why: string }
  /** `torn`: so many bytes of an entry that was never finished were taken away. */
  | {
      readonly kind: 'resumed';
      readonly who: string;
      readonly torn: number;
      /** Those that were given with the wish to go on. */
      readonly flags?: Flags;
    }
  | { readonly kind: 'done'; readonly outcome: Outcome; readonly summary: string };

export type EntryKind = Entry['kind'];
