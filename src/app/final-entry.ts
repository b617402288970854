// Final entry: the log's one entry about what is as declared as soon as it is written. There is no operation to begin or to end.

import type { Activity } from '../domain/activity.ts';
import type { Origin, Plane } from './plane.ts';
import type { Change } from './ports/store.ts';

export function finalEntry(
  plane: Plane,
  origin: Origin,
  about: Pick<Activity, 'operationName' | 'resourceId' | 'group'>,
): Change {
  const activity: Activity = {
    id: plane.ids.guid(),
    time: plane.clock.now(),
    status: 'Succeeded',
    level: 'Informational',
    ...about,
    caller: origin.caller,
    correlationId: origin.correlationId,
    instances: [],
    description: '',
    properties: {},
  };
  return { kind: 'append', activity };
}
