// Terminate notice: a delete that an instance is told of before it happens, when its model asks for that. The notice is
// part of the verb in hand, so it is saved intent: a plane that restarts keeps to it. What must hold: while a notice runs
// and its guest is there to hear it, nothing is done to the guest; when it was acknowledged or its time has come, nothing
// waits for it any more.
// Source: Azure's terminate notification page (azure-fleet): all deletes, at the user's wish or by scale-in, but no other
// verb; not of Spot instances; `notBeforeTimeout` is that of the model that the instance has. One thing is simpler here:
// each instance goes with its own notice, where Azure also waits for those of its set that are to go at the same time.

import { parseDuration } from './duration.ts';
import type { GuestState } from './guest.ts';
import type { Instance, Task, TerminateNotice } from './instance.ts';
import { flagAt, type Json, textAt } from './json.ts';
import type { ModelVersion } from './scale-set.ts';
import { MINUTE, type Time } from './time.ts';

const SHORTEST_NOTICE = 5 * MINUTE;
const LONGEST_NOTICE = 15 * MINUTE;

export type NoticeStep =
  | { readonly kind: 'wait'; readonly until: Time }
  /** The guest has acknowledged it by itself. */
  | { readonly kind: 'save'; readonly instance: Instance };

const PROFILE = ['scheduledEventsProfile', 'terminateNotificationProfile'];

/** Whether a declared `notBeforeTimeout` is one that Azure takes. */
export function isNoticeTime(given: Json): boolean {
  const time = typeof given === 'string' ? parseDuration(given) : undefined;
  return time !== undefined && time >= SHORTEST_NOTICE && time <= LONGEST_NOTICE;
}

/** How long an instance of this model is given, in milliseconds; undefined when it is not told. Without a time, five minutes. */
export function noticeTime({ profile }: ModelVersion): number | undefined {
  if (flagAt(profile, ...PROFILE, 'enable') !== true) return undefined;
  if (textAt(profile, 'priority')?.toLowerCase() === 'spot') return undefined;
  return parseDuration(textAt(profile, ...PROFILE, 'notBeforeTimeout') ?? '') ?? SHORTEST_NOTICE;
}

/**
 * The instance that has just been asked to go, with a notice where it is due one: it is a member that came up and still
 * runs. The verb's own time begins when the notice ends. `event` gives the notice its id, when one is needed.
 */
export function withNotice(
  instance: Instance,
  model: ModelVersion,
  event: () => string,
  source: TerminateNotice['source'] = 'User',
): Instance {
  const { task, observed } = instance;
  const time = noticeTime(model);
  if (time === undefined || task?.verb !== 'delete' || task.notice !== undefined) return instance;
  const up = observed.power === 'running' && observed.ready && instance.settledAt !== undefined;
  if (!up || instance.surplus) return instance;
  const notice: TerminateNotice = { event: event(), notBefore: task.since + time, source };
  return { ...instance, task: { ...task, deadline: task.deadline + time, notice } };
}

/** What a notice asks to be done before the delete; undefined when there is no reason to wait, or not any more. */
export function noticeStep(
  instance: Instance,
  guest: GuestState | undefined,
  now: Time,
): NoticeStep | undefined {
  const { task } = instance;
  // Without a guest that runs nobody is left to hear it.
  if (task?.notice === undefined || !isNoticeOpen(task, now) || guest?.power !== 'running') return undefined;
  if (guest.acknowledged === task.notice.event)
    return { kind: 'save', instance: acknowledged(instance, now) };
  return { kind: 'wait', until: task.notice.notBefore };
}

/** Neither acknowledged nor over. */
export function isNoticeOpen({ notice }: Task, now: Time): boolean {
  return notice !== undefined && notice.acknowledged === undefined && now < notice.notBefore;
}

/** The delete goes on at once, and has its whole time ahead. The same object when no notice is open. */
export function acknowledged(instance: Instance, now: Time): Instance {
  const { task } = instance;
  if (task?.notice === undefined || !isNoticeOpen(task, now)) return instance;
  const left = task.deadline - task.notice.notBefore;
  return {
    ...instance,
    task: { ...task, deadline: now + left, notice: { ...task.notice, acknowledged: now } },
  };
}
