// What the guests of a set are told: the notices of all of them, and a number that changes with what there is to read.
import { expect, test } from 'vitest';
import { instanceRow, taskRow, THEN } from '../../test/testing/rows.ts';
import type { Instance } from './instance.ts';
import { scheduledEvents } from './scheduled-events.ts';
import { acknowledged } from './terminate-notice.ts';

const SOON = THEN + 300_000;

function going(id: number): Instance {
  const notice = { event: `event ${id}`, notBefore: SOON, source: 'User' } as const;
  return instanceRow({ id, task: taskRow('delete', { notice }) });
}

test('there is nothing to tell of instances that stay, or go without a notice', () => {
  const rows = [instanceRow({ id: 0 }), instanceRow({ id: 1, task: taskRow('delete') })];
  expect(scheduledEvents('web', rows, THEN)).toMatchObject({ events: [] });
});

test('every notice is told, and whose it is', () => {
  expect(scheduledEvents('web', [instanceRow({ id: 0 }), going(1), going(2)], THEN).events).toEqual(
    [1, 2].map((id) => ({
      id: `event ${id}`,
      status: 'Scheduled',
      type: 'Terminate',
      resources: [`web_${id}`],
      notBefore: SOON,
      source: 'User',
    })),
  );
});

test('one that was acknowledged, or whose time has come, has started', () => {
  const status = (row: Instance, now: number) => scheduledEvents('web', [row], now).events[0]?.status;
  expect(status(acknowledged(going(1), THEN), THEN)).toBe('Started');
  expect(status(going(1), SOON)).toBe('Started');
  expect(status(going(1), SOON - 1)).toBe('Scheduled');
});

test('the number is the same while nothing changes, and another one after each change', () => {
  const number = (rows: readonly Instance[], now = THEN) => scheduledEvents('web', rows, now).incarnation;
  const states = [
    number([]),
    number([going(1)]),
    number([going(1), going(2)]),
    number([acknowledged(going(1), THEN), going(2)]),
    number([going(2)]),
    number([going(2)], SOON),
  ];
  expect(new Set(states).size).toBe(states.length);
  expect(number([instanceRow({ id: 7 }), going(1)], THEN + 1)).toBe(states[1]);
  expect(states.every((value) => Number.isSafeInteger(value) && value > 0)).toBe(true);
});
