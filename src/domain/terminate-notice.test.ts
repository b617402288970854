// Terminate notices. What never happens: a guest that hears is touched before it acknowledged or its time came. What always
// happens: afterwards it goes, and its operation has its whole time for that.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guestRow, instanceRow, modelRow, taskRow, THEN } from '../../test/testing/rows.ts';
import type { GuestState } from './guest.ts';
import type { Instance } from './instance.ts';
import type { JsonObject } from './json.ts';
import { nextStep } from './next-step.ts';
import { acknowledged, isNoticeOpen, isNoticeTime, noticeTime, withNotice } from './terminate-notice.ts';
import { MINUTE } from './time.ts';
import { ask, VERBS, withFullTime } from './verb.ts';

const EVENT = 'e7e27000-0000-4000-8000-000000000001';

function told(profile: JsonObject = {}, terminateNotificationProfile: JsonObject = { enable: true }) {
  return modelRow({
    profile: { ...profile, scheduledEventsProfile: { terminateNotificationProfile } },
  });
}

const FIFTEEN = told({}, { enable: true, notBeforeTimeout: 'PT15M' });

function asked(instance: Instance = instanceRow(), graceful = true): Instance {
  return ask(instance, 'delete', { operation: 'o', now: THEN, graceful, model: 1, effect: 'none' });
}

function noticed(instance?: Instance): Instance {
  return withNotice(asked(instance), FIFTEEN, () => EVENT);
}

describe('a model', () => {
  test.each([
    ['five minutes unless it says how many', told(), 5 * MINUTE],
    ['as many as it says', FIFTEEN, 15 * MINUTE],
    ['none when it is turned off', told({}, { enable: false, notBeforeTimeout: 'PT9M' }), undefined],
    ['none when it only says how many', told({}, { notBeforeTimeout: 'PT9M' }), undefined],
    ['none to Spot instances', told({ priority: 'Spot' }), undefined],
    ['none unless it asks for that', modelRow(), undefined],
  ])('gives %s', (_, model, time) => {
    expect(noticeTime(model)).toBe(time);
  });

  test.each(['PT5M', 'PT7M30S', 'PT15M', 'PT900S'])('may give %s', (time) => {
    expect(isNoticeTime(time)).toBe(true);
  });

  test.each(['PT4M59S', 'PT15M1S', 'P1D', '10', '', 10, null])('may not give %s', (time) => {
    expect(isNoticeTime(time)).toBe(false);
  });
});

describe('an instance that is asked to go', () => {
  test('has its notice in the verb, whose own time comes after it', () => {
    const { task } = noticed();
    expect(task).toMatchObject({
      verb: 'delete',
      since: THEN,
      deadline: THEN + 15 * MINUTE + VERBS.delete.limit,
      notice: { event: EVENT, notBefore: THEN + 15 * MINUTE, source: 'User' },
    });
  });

  test.each([
    ['is surplus', instanceRow({ surplus: true })],
    ['never came up', instanceRow({ settledAt: undefined })],
    ['is not ready', instanceRow({ observed: { power: 'running', ready: false } })],
    ['is stopped', instanceRow({ observed: { power: 'stopped', ready: false } })],
    ['is deallocated', instanceRow({ observed: { power: 'deallocated', ready: false } })],
  ])('has none when it %s', (_, instance) => {
    expect(noticed(instance).task?.notice).toBeUndefined();
  });

  test('has none for another verb, and no second one', () => {
    const evicted = instanceRow({ task: taskRow('evict') });
    expect(withNotice(evicted, FIFTEEN, () => EVENT)).toBe(evicted);
    const once = noticed();
    expect(withNotice(once, FIFTEEN, () => 'another')).toBe(once);
  });

  test('draws no id where no notice is due', () => {
    const never = (): string => {
      throw new Error('it was drawn');
    };
    expect(withNotice(asked(), modelRow(), never).task?.notice).toBeUndefined();
  });

  test('goes on at once when it is acknowledged, with its whole time ahead', () => {
    const at = THEN + 2 * MINUTE;
    const { task } = acknowledged(noticed(), at);
    expect(task?.notice?.acknowledged).toBe(at);
    expect(task?.deadline).toBe(at + VERBS.delete.limit);
  });

  test('cannot be acknowledged twice, nor when its time has come', () => {
    const once = acknowledged(noticed(), THEN + 1);
    expect(acknowledged(once, THEN + 2)).toBe(once);
    const open = noticed();
    expect(acknowledged(open, THEN + 15 * MINUTE)).toBe(open);
    const plain = asked();
    expect(acknowledged(plain, THEN)).toBe(plain);
  });

  test('keeps its time when a plane comes back, and its verb has no less afterwards', () => {
    const { task } = noticed();
    if (task === undefined) throw new Error('it has no task');
    const later = withFullTime(task, THEN + 9 * MINUTE);
    expect(later.notice).toEqual(task.notice);
    expect(later.deadline - (later.notice?.notBefore ?? 0)).toBeGreaterThanOrEqual(VERBS.delete.limit);
  });
});

const DELETE = { kind: 'act', effect: { do: 'delete' } };

describe('the next step', () => {
  test('waits for the end of the notice', () => {
    const step = nextStep('web', noticed(), guestRow(), THEN + 1);
    expect(step).toEqual({ kind: 'wait', until: THEN + 15 * MINUTE });
  });

  test('saves what was seen first', () => {
    const guest = guestRow({ address: { host: '127.0.0.9', port: 1 } });
    const step = nextStep('web', noticed(), guest, THEN + 1);
    expect(step).toMatchObject({ kind: 'save', instance: { observed: { address: guest.address } } });
  });

  test('is the delete when it was acknowledged, by whoever did it', () => {
    const now = THEN + MINUTE;
    expect(nextStep('web', acknowledged(noticed(), now), guestRow(), now)).toEqual(DELETE);
    const heard = nextStep('web', noticed(), guestRow({ acknowledged: EVENT }), now);
    expect(heard).toMatchObject({ kind: 'save', instance: { task: { notice: { acknowledged: now } } } });
    const other = nextStep('web', noticed(), guestRow({ acknowledged: 'another' }), now);
    expect(other.kind).toBe('wait');
  });

  test('is the delete when the time has come, to the millisecond', () => {
    const end = THEN + 15 * MINUTE;
    expect(nextStep('web', noticed(), guestRow(), end - 1).kind).toBe('wait');
    expect(nextStep('web', noticed(), guestRow(), end)).toEqual(DELETE);
  });

  test('does not wait for a guest that ended by itself', () => {
    const dead = guestRow({ power: 'stopped', ready: false, cause: 'exited' });
    expect(nextStep('web', noticed(), dead, THEN + 1)).toEqual(DELETE);
    expect(nextStep('web', noticed(), undefined, THEN + 1)).toEqual({ kind: 'remove' });
  });
});

interface Life {
  /** When somebody looks, in ms after it was asked. */
  readonly looks: readonly number[];
  readonly acknowledgedAt: number | undefined;
  readonly crashedAt: number | undefined;
  readonly minutes: number;
  /** The driver says that it was acknowledged; else the guest's own program did it. */
  readonly byDriver: boolean;
}

const lives: fc.Arbitrary<Life> = fc.record({
  looks: fc.array(fc.integer({ min: 0, max: 34 * MINUTE }), { maxLength: 20 }),
  acknowledgedAt: fc.option(fc.integer({ min: 0, max: 30 * MINUTE }), { nil: undefined }),
  crashedAt: fc.option(fc.integer({ min: 0, max: 30 * MINUTE }), { nil: undefined }),
  minutes: fc.integer({ min: 5, max: 15 }),
  byDriver: fc.boolean(),
});

const isPast = (at: number, moment: number | undefined): boolean => moment !== undefined && at >= moment;

function guestAt({ acknowledgedAt, crashedAt, byDriver }: Life, at: number): GuestState {
  return guestRow({
    ...(isPast(at, crashedAt) ? { power: 'stopped', ready: false, cause: 'exited' } : {}),
    ...(isPast(at, acknowledgedAt) && byDriver ? { acknowledged: EVENT } : {}),
  });
}

/** Steps as the loop takes them, until there is nothing to do now. */
function look(row: Instance, guest: GuestState, now: number): { row: Instance; deleted: boolean } {
  const step = nextStep('web', row, guest, now);
  if (step.kind === 'save') return look(step.instance, guest, now);
  if (step.kind === 'act') expect(step.effect).toEqual({ do: 'delete' });
  return { row, deleted: step.kind === 'act' };
}

test('whatever happens, a guest that hears is left alone until then and goes afterwards', () => {
  fc.assert(
    fc.property(lives, (life) => {
      const { acknowledgedAt, crashedAt, minutes, byDriver } = life;
      const model = told({}, { enable: true, notBeforeTimeout: `PT${minutes}M` });
      let row = withNotice(asked(), model, () => EVENT);
      const end = Math.min(minutes * MINUTE, acknowledgedAt ?? Infinity, crashedAt ?? Infinity);
      const moments = new Set([...life.looks, acknowledgedAt ?? 0, end - 1, end]);
      for (const at of [...moments].toSorted((a, b) => a - b)) {
        const isHeard = isPast(at, acknowledgedAt) && !isPast(at, crashedAt);
        if (isHeard && !byDriver) row = acknowledged(row, THEN + at);
        const seen = look(row, guestAt(life, at), THEN + at);
        row = seen.row;
        expect(seen.deleted).toBe(at >= end);
        if (seen.deleted) return;
      }
    }),
  );
});

test('an open notice has a task, and one that is over has none that is open', () => {
  const { task } = noticed();
  expect(task && isNoticeOpen(task, THEN)).toBe(true);
  expect(task && isNoticeOpen(task, THEN + 15 * MINUTE)).toBe(false);
});
