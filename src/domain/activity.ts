// Activity log: who did what to which instances, when, and how it came out; also what the plane did by itself, and why.
// Append-only.

import type { MemberId } from './instance.ts';
import type { Json } from './json.ts';
import { MINUTE, type Time } from './time.ts';

export type ActivityStatus = 'Started' | 'Accepted' | 'Succeeded' | 'Failed';

export interface Activity {
  readonly id: string;
  readonly time: Time;
  readonly status: ActivityStatus;
  readonly level: 'Informational' | 'Warning' | 'Error';
  /** ARM's name of what was asked: `Microsoft.Compute/virtualMachineScaleSets/restart/action`. */
  readonly operationName: string;
  readonly resourceId: string;
  readonly group: string;
  readonly caller: string;
  readonly correlationId: string;
  /** The long-running operation that it belongs to. */
  readonly operationId?: string;
  readonly instances: readonly MemberId[];
  /** One sentence for a person. */
  readonly description: string;
  readonly properties: Readonly<Record<string, Json>>;
}

/** How long an entry is kept: ninety days, as Azure keeps them. */
export const RETENTION = 90 * 24 * 60 * MINUTE;

/** The caller of what the plane does by itself. */
export const PLANE = 'muster';
