// Draining before an effect. What never happens: connections are cut while they may go on and time is left; a verb waits for
// them for ever, or does not end because of them.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guestRow, instanceRow, taskRow, THEN } from '../../test/testing/rows.ts';
import type { Instance, Task, Turn, Verb } from './instance.ts';
import { drainFirst } from './draining.ts';
import type { GuestState } from './guest.ts';
import { nextStep, observe, type Step } from './next-step.ts';
import type { Time } from './time.ts';
import { DRAIN_LIMIT } from './rotation.ts';

const SOON = THEN + 1000;
const END = THEN + DRAIN_LIMIT;
const DEADLINE = THEN + 1_200_000;

/** What is done about it; `since`: when it left the rotation, with connections that go on. */
function stepOf(instance: Instance, guest: GuestState, now: Time, since?: Time): Step {
  return drainFirst(nextStep('web', instance, guest, now), { instance, guest, now, since });
}

function turned(kind: Turn['kind'], task: Partial<Task> = {}): Instance {
  return instanceRow({
    generation: 1,
    wanted: { exists: true, power: 'running', model: 1, turn: { kind, generation: 1 } },
    task: taskRow('restart', task),
  });
}

const CUTTING: readonly [string, Instance][] = [
  ['restart', turned('restart')],
  ['redeploy', turned('redeploy')],
  ['reimage', turned('reimage')],
  ['reimageAll', turned('reimageAll')],
  ...(['stopped', 'deallocated'] as const).map((power): [string, Instance] => [
    power,
    instanceRow({ wanted: { exists: true, power, model: 1 }, task: taskRow('powerOff') }),
  ]),
  ['delete', instanceRow({ wanted: { exists: false, power: 'running', model: 1 }, task: taskRow('delete') })],
];

/** What a driver does without asking the guest. */
const ABRUPT = new Set(['reimage', 'reimageAll', 'delete']);

describe.each(CUTTING)('an instance on its way to %s', (name, instance) => {
  test('waits while connections go on, until the limit', () => {
    expect(stepOf(instance, guestRow(), SOON, THEN)).toEqual({ kind: 'wait', until: END });
  });

  test('goes on when the last of them has ended', () => {
    expect(stepOf(instance, guestRow(), SOON).kind).toBe('act');
  });

  test('goes on at the limit, whatever connections there are: a guest that can be asked is asked first', () => {
    const step = stepOf(instance, guestRow(), END, THEN);
    const free = stepOf(instance, guestRow(), END);
    const shutDown = { kind: 'act', effect: { do: 'stop', graceful: true, release: false } };
    expect(step).toEqual(ABRUPT.has(name) ? shutDown : free);
  });

  test('waits while its guest shuts down, and goes on when that has ended its connections', () => {
    const stopping = guestRow({ power: 'stopping', ready: false });
    const seen = observe(instance, stopping);
    const held = stepOf(seen, stopping, END, THEN);
    const free = stepOf(seen, stopping, END);
    expect(held).toEqual(ABRUPT.has(name) ? { kind: 'wait', until: DEADLINE } : free);
    const stopped = guestRow({ power: 'stopped', ready: false, cause: 'asked' });
    const down = observe(instance, stopped);
    expect(stepOf(down, stopped, END, THEN)).toEqual(stepOf(down, stopped, END));
  });

  test('does not wait when no grace was asked for', () => {
    const cut = { ...instance, task: { ...(instance.task as Task), graceful: false } };
    expect(stepOf(cut, guestRow(), SOON, THEN).kind).toBe('act');
  });

  test('has what is seen of its guest saved while it waits', () => {
    const guest = guestRow({ bootedAt: SOON });
    const step = stepOf(instance, guest, SOON, THEN);
    expect(step.kind === 'save' && step.instance).toEqual({
      ...instance,
      observed: { ...instance.observed, bootedAt: SOON },
    });
  });
});

test('what cuts no connection does not wait for any', () => {
  expect(stepOf(turned('reconfigure'), guestRow(), SOON, THEN).kind).toBe('act');
  const lost = guestRow({ power: 'stopped', ready: false, cause: 'host' });
  expect(stepOf(instanceRow(), lost, SOON, THEN)).toEqual({ kind: 'act', effect: { do: 'start' } });
});

test('a verb whose own limit comes first ends by that', () => {
  const late = turned('restart', { deadline: THEN + 5000 });
  expect(stepOf(late, guestRow(), SOON, THEN)).toEqual({ kind: 'wait', until: THEN + 5000 });
  const step = stepOf(late, guestRow(), THEN + 5000, THEN);
  expect(step.kind === 'save' && step.instance.failure?.code).toBe('OSProvisioningTimedOut');
});

test('connections only ever put a step off, and never past the limit', () => {
  const verb = fc.constantFrom<Verb>('restart', 'powerOff', 'delete', 'update', 'create');
  const time = fc.nat(2 * DRAIN_LIMIT);
  fc.assert(
    fc.property(
      fc.constantFrom(...CUTTING.map(([, row]) => row)),
      verb,
      time,
      fc.boolean(),
      (row, name, passed, graceful) => {
        const instance = { ...row, task: taskRow(name, { graceful }) };
        const now = THEN + passed;
        const free = stepOf(instance, guestRow(), now);
        const held = stepOf(instance, guestRow(), now, THEN);
        if (!graceful) expect(held).toEqual(free);
        else if (now < END) expect(held).toEqual({ kind: 'wait', until: END });
        else expect(held.kind).toBe('act');
      },
    ),
  );
});
