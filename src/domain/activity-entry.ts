// Activity entries: what the log says of an operation when it is accepted and when it has ended, and of what the plane
// does by itself.

import { type Activity, type ActivityStatus, PLANE } from './activity.ts';
import type { MemberId } from './instance.ts';
import type { Json } from './json.ts';
import type { Operation } from './operation.ts';
import type { Time } from './time.ts';

/** Of the request that began an operation, or of its end. */
export function operationEntry(
  operation: Operation,
  status: ActivityStatus,
  id: string,
  now: Time,
): Activity {
  return {
    id,
    time: now,
    status,
    level: status === 'Failed' ? 'Error' : 'Informational',
    operationName: operation.name,
    resourceId: operation.resourceId,
    group: operation.group,
    caller: operation.caller,
    correlationId: operation.correlationId,
    operationId: operation.id,
    instances: operation.instances,
    description: operation.error?.message ?? '',
    properties: {
      ...(operation.intent === undefined ? {} : { intent: operation.intent }),
      ...(operation.error === undefined
        ? {}
        : { statusCode: operation.error.code, statusMessage: operation.error.message }),
      ...(operation.failures.length === 0
        ? {}
        : {
            failures: operation.failures.map(({ instance, code, message }) => ({
              instanceId: String(instance),
              code,
              message,
            })),
          }),
    },
  };
}

export interface OwnDeed {
  readonly operationName: string;
  readonly resourceId: string;
  readonly group: string;
  readonly correlationId: string;
  readonly operationId?: string;
  readonly instances: readonly MemberId[];
  /** What happened and why, in one sentence. */
  readonly description: string;
  readonly level?: Activity['level'];
  readonly properties?: Readonly<Record<string, Json>>;
}

/** Of what the plane did by itself. */
export function ownEntry(deed: OwnDeed, id: string, now: Time): Activity {
  return {
    id,
    time: now,
    status: 'Succeeded',
    caller: PLANE,
    level: deed.level ?? 'Informational',
    operationName: deed.operationName,
    resourceId: deed.resourceId,
    group: deed.group,
    correlationId: deed.correlationId,
    ...(deed.operationId === undefined ? {} : { operationId: deed.operationId }),
    instances: deed.instances,
    description: deed.description,
    properties: deed.properties ?? {},
  };
}
