// Scheduled events: what the guests of a scale set are told of. Pure, from the rows. Every guest of a set sees the events
// of all of them, as in a placement group of Azure's; `resources` says whose each is.
// Source: Azure's pages on scheduled events and on terminate notification.

import { fingerprint } from './fingerprint.ts';
import { type Instance, nameOf } from './instance.ts';
import { isNoticeOpen } from './terminate-notice.ts';
import type { Time } from './time.ts';

export interface ScheduledEvent {
  readonly id: string;
  /** Started: it was acknowledged, or its time has come. */
  readonly status: 'Scheduled' | 'Started';
  readonly type: 'Terminate';
  readonly resources: readonly string[];
  readonly notBefore: Time;
  readonly source: 'User' | 'Platform';
}

export interface EventDocument {
  /** Another number whenever there is something else to read. */
  readonly incarnation: number;
  readonly events: readonly ScheduledEvent[];
}

export function scheduledEvents(setName: string, instances: readonly Instance[], now: Time): EventDocument {
  const events = instances.flatMap((instance): readonly ScheduledEvent[] => {
    const { task } = instance;
    const notice = task?.notice;
    if (task === undefined || notice === undefined) return [];
    const status = isNoticeOpen(task, now) ? 'Scheduled' : 'Started';
    const resources = [nameOf(setName, instance)];
    const { event, notBefore, source } = notice;
    return [{ id: event, status, type: 'Terminate', resources, notBefore, source }];
  });
  const marks = events.map(({ id, status }) => `${id} ${status}`);
  return { incarnation: 1 + (Number.parseInt(fingerprint(marks).slice(0, 8), 16) >>> 2), events };
}
