// The next step. What never happens: an effect without a verb in hand except to bring back what a host lost; a verb that
// does not end; a settled instance with a matching guest that is not at rest.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type GuestEvent,
  happen,
  type ModelGuest,
  NO_GUEST,
  perform,
} from '../../test/testing/model-guest.ts';
import { guestRow, instanceRow, scaleSetRow, taskRow, THEN } from '../../test/testing/rows.ts';
import type { GuestState } from './guest.ts';
import type { DataDisk, Instance, Verb, Wanted } from './instance.ts';
import { type Effect, fail, nextStep, observe, type Step } from './next-step.ts';
import { recovery } from './recovery.ts';
import { type ActionVerb, ask, toDelete, undoable, withTask } from './verb.ts';

const LATER = THEN + 1000;
const DEADLINE = THEN + 1_200_000;
const error = { code: 'VMStartTimedOut', message: 'late' } as const;

function step(instance: Instance, guest: GuestState | undefined, now = LATER): Step {
  return nextStep('web', instance, guest, now);
}

function wanted(given: Partial<Wanted>): Wanted {
  return { exists: true, power: 'running', model: 1, ...given };
}

/** The instance that a step saves. */
function saved(given: Step): Instance {
  if (given.kind !== 'save') throw new Error(`the step is ${given.kind}`);
  return given.instance;
}

describe('an instance with nothing in hand', () => {
  test('is at rest when its guest is as it is wanted and was seen', () => {
    expect(step(instanceRow(), guestRow())).toEqual({ kind: 'rest' });
    const stopped = guestRow({ power: 'stopped', ready: false, cause: 'asked' });
    const off = observe(instanceRow({ wanted: wanted({ power: 'stopped' }) }), stopped);
    expect(step(off, stopped)).toEqual({ kind: 'rest' });
    const free = guestRow({ power: 'deallocated', ready: false, address: undefined });
    const released = observe(instanceRow({ wanted: wanted({ power: 'deallocated' }) }), free);
    expect(step(released, free)).toEqual({ kind: 'rest' });
  });

  test('has what is seen saved when it differs, and nothing else', () => {
    const guest = guestRow({ address: { host: '127.0.0.9', port: 1 }, bootedAt: LATER });
    const after = saved(step(instanceRow(), guest));
    expect(after).toEqual({
      ...instanceRow(),
      observed: { power: 'running', ready: true, address: guest.address, bootedAt: LATER },
    });
    expect(step(after, guest)).toEqual({ kind: 'rest' });
  });

  test('is recovered when nothing of its guest is left, whatever power is wanted', () => {
    for (const power of ['running', 'stopped', 'deallocated'] as const) {
      const row = instanceRow({ wanted: wanted({ power }) });
      expect(step(row, undefined)).toEqual({ kind: 'recover' });
      expect(step({ ...row, failure: error, observed: { ready: false } }, undefined)).toEqual({
        kind: 'rest',
      });
    }
  });

  test('is brought back when its host took it along', () => {
    const lost = guestRow({ power: 'stopped', ready: false, cause: 'host' });
    expect(step(instanceRow(), lost)).toEqual({ kind: 'act', effect: { do: 'start' } });
    const off = observe(instanceRow({ wanted: wanted({ power: 'stopped' }) }), lost);
    expect(step(off, lost)).toEqual({ kind: 'rest' });
  });

  test('is stopped when its guest stopped by itself: that is noted, and nothing is done about it', () => {
    const exited = guestRow({ power: 'stopped', ready: false, cause: 'exited' });
    const given = step(instanceRow(), exited);
    expect(given).toMatchObject({ kind: 'save', note: 'The guest stopped by itself.' });
    const after = saved(given);
    expect(after).toMatchObject({ wanted: { power: 'stopped' }, observed: { power: 'stopped' }, etag: 3 });
    expect(after.failure).toBeUndefined();
    expect(step(after, exited)).toEqual({ kind: 'rest' });
  });

  test('is left alone when its guest was stopped by somebody else, or when it failed', () => {
    const asked = guestRow({ power: 'stopped', ready: false, cause: 'asked' });
    const after = saved(step(instanceRow(), asked));
    expect(step(after, asked)).toEqual({ kind: 'rest' });
    const lost = guestRow({ power: 'stopped', ready: false, cause: 'host' });
    const failed = observe(instanceRow({ failure: error }), lost);
    expect(step(failed, lost)).toEqual({ kind: 'rest' });
    expect(step(observe(failed, undefined), undefined)).toEqual({ kind: 'rest' });
  });

  test('is stopped again when it runs although it is wanted stopped', () => {
    const off = instanceRow({ wanted: wanted({ power: 'deallocated' }) });
    const effect = { do: 'stop', graceful: true, release: true };
    expect(step(off, guestRow())).toEqual({ kind: 'act', effect });
  });
});

describe('a verb in hand', () => {
  const asked = (verb: ActionVerb, instance = instanceRow()): Instance =>
    ask(instance, verb, { operation: 'op', now: THEN, graceful: false, model: 1, effect: 'none' });
  const off = observe(
    instanceRow({ wanted: wanted({ power: 'stopped' }) }),
    guestRow({ power: 'stopped', ready: false, cause: 'asked' }),
  );

  test.each<[ActionVerb, Instance, Effect]>([
    ['start', off, { do: 'start' }],
    ['powerOff', instanceRow(), { do: 'stop', graceful: false, release: false }],
    ['deallocate', instanceRow(), { do: 'stop', graceful: false, release: true }],
    ['restart', instanceRow(), { do: 'turn', turn: { kind: 'restart', generation: 1 }, graceful: false }],
    ['redeploy', instanceRow(), { do: 'turn', turn: { kind: 'redeploy', generation: 1 }, graceful: false }],
    ['reimage', instanceRow(), { do: 'turn', turn: { kind: 'reimage', generation: 1 }, graceful: false }],
    [
      'reimageAll',
      instanceRow(),
      { do: 'turn', turn: { kind: 'reimageAll', generation: 1 }, graceful: false },
    ],
    ['delete', instanceRow(), { do: 'delete' }],
  ])('%s has its effect, again and again until that shows', (verb, instance, effect) => {
    const guest = guestRow({
      power: instance.observed.power === 'stopped' ? 'stopped' : 'running',
      cause: undefined,
    });
    const busy = asked(verb, instance);
    expect(step(busy, guest)).toEqual({ kind: 'act', effect });
    expect(step(busy, guest)).toEqual({ kind: 'act', effect });
  });

  test('makes the guest first where there is none', () => {
    for (const verb of ['start', 'restart', 'powerOff'] as const) {
      const busy = asked(verb, instanceRow({ observed: { ready: false } }));
      expect(step(busy, undefined)).toEqual({ kind: 'act', effect: { do: 'create' } });
    }
  });

  test('waits for its deadline while the guest is on its way', () => {
    const busy = asked('restart');
    const starting = guestRow({ power: 'starting', ready: false, generation: 1, bootedAt: LATER });
    const seen = saved(step(busy, starting));
    expect(seen.task).toEqual(busy.task);
    expect(step(seen, starting)).toEqual({ kind: 'wait', until: DEADLINE });
    const upButNotReady = observe(seen, { ...starting, power: 'running' });
    expect(step(upButNotReady, { ...starting, power: 'running' })).toEqual({ kind: 'wait', until: DEADLINE });
  });

  test('ends when the guest is where it was asked to be', () => {
    const busy = asked('restart');
    const guest = guestRow({ generation: 1, bootedAt: LATER });
    const after = saved(step(busy, guest));
    expect(after).toEqual({
      ...instanceRow(),
      etag: busy.etag + 1,
      generation: 1,
      observed: { ...instanceRow().observed, bootedAt: LATER },
      lastOperation: 'op',
      lastVerb: 'restart',
      settledAt: LATER,
    });
    expect(step(after, guest)).toEqual({ kind: 'rest' });
  });

  test('takes over the model that was wanted, and clears the failure of the one before', () => {
    const failed = instanceRow({ failure: error, model: 1 });
    const busy = ask(failed, 'update', {
      operation: 'op',
      now: THEN,
      graceful: true,
      model: 4,
      effect: 'reimage',
    });
    const after = saved(step(busy, guestRow({ generation: 1, bootedAt: LATER })));
    expect(after).toMatchObject({ model: 4, wanted: { model: 4 } });
    expect(after).not.toHaveProperty('failure');
    expect(after.wanted).not.toHaveProperty('turn');
  });

  test('of a delete ends with the row, once the guest is gone', () => {
    expect(step(asked('delete'), undefined)).toEqual({ kind: 'remove' });
  });

  test('fails at once when the guest ends while it boots', () => {
    const busy = asked('restart');
    const crashed = guestRow({
      power: 'stopped',
      ready: false,
      cause: 'exited',
      generation: 1,
      bootedAt: LATER,
    });
    const after = saved(step(busy, crashed));
    expect(after).toMatchObject({
      failure: { code: 'OSProvisioningClientError' },
      wanted: { power: 'stopped' },
    });
    expect(after.task).toBeUndefined();
    expect(step(after, crashed)).toEqual({ kind: 'rest' });
  });

  test('does not mistake a guest that ended before for one that ended while it boots', () => {
    const exited = guestRow({ power: 'stopped', ready: false, cause: 'exited', bootedAt: THEN - 1 });
    expect(step(asked('start', off), exited)).toEqual({ kind: 'act', effect: { do: 'start' } });
    // The restart has not been carried out yet.
    expect(step(asked('restart'), exited)).toMatchObject({ kind: 'act', effect: { do: 'turn' } });
  });

  test('of a delete goes on though the guest ends by itself', () => {
    const busy = asked('delete');
    const exited = guestRow({ power: 'stopped', ready: false, cause: 'exited', bootedAt: LATER });
    expect(step(busy, exited)).toEqual({ kind: 'act', effect: { do: 'delete' } });
  });
});

describe('the deadline', () => {
  const busy = (verb: Verb, given: Partial<Wanted> = {}): Instance =>
    instanceRow({ task: taskRow(verb, { operation: 'op' }), wanted: wanted(given) });

  test.each<[string, Instance, GuestState | undefined, string]>([
    ['did not start', busy('start'), guestRow({ power: 'starting', ready: false }), 'VMStartTimedOut'],
    ['was never made', busy('create'), undefined, 'VMStartTimedOut'],
    ['runs and never got ready', busy('create'), guestRow({ ready: false }), 'OSProvisioningTimedOut'],
    [
      'would not stop',
      busy('powerOff', { power: 'stopped' }),
      guestRow({ power: 'stopping' }),
      'OperationTimedOut',
    ],
    ['would not go', busy('delete', { exists: false }), guestRow(), 'OperationTimedOut'],
  ])('ends the verb when the guest %s', (_, instance, guest, code) => {
    expect(step(instance, guest, DEADLINE - 1).kind).not.toBe('rest');
    const after = saved(step(instance, guest, DEADLINE));
    expect(after.failure?.code).toBe(code);
    expect(after.task).toBeUndefined();
    expect(after.lastOperation).toBe('op');
    expect(after.wanted.exists).toBe(true);
  });

  test('does not fail what has come true, though nobody looked in time', () => {
    expect(saved(step(busy('create'), guestRow(), DEADLINE + 1)).failure).toBeUndefined();
    expect(step(busy('delete', { exists: false }), undefined, DEADLINE + 1)).toEqual({ kind: 'remove' });
  });
});

describe('a failed verb', () => {
  test('leaves the instance at rest where it is, with the model that it had', () => {
    const turn = { kind: 'reimage', generation: 3 } as const;
    const busy = instanceRow({ task: taskRow('update'), generation: 3, wanted: wanted({ model: 2, turn }) });
    const after = fail(busy, error);
    expect(after).toMatchObject({
      failure: error,
      wanted: { exists: true, power: 'running', model: 1 },
      generation: 3,
    });
    expect(after.wanted).not.toHaveProperty('turn');
    expect(after.task).toBeUndefined();
    expect(after.etag).toBe(busy.etag + 1);
    expect(after.lastVerb).toBe('update');
  });

  test('wants the power that was seen: a deallocate that failed leaves it running', () => {
    const busy = instanceRow({ task: taskRow('deallocate'), wanted: wanted({ power: 'deallocated' }) });
    expect(fail(busy, error).wanted.power).toBe('running');
    expect(fail({ ...busy, observed: { power: 'deallocating', ready: false } }, error).wanted.power).toBe(
      'deallocated',
    );
    const start = instanceRow({ task: taskRow('start'), observed: { power: 'stopped', ready: false } });
    expect(fail(start, error).wanted.power).toBe('stopped');
    expect(fail({ ...start, observed: { power: 'stopping', ready: false } }, error).wanted.power).toBe(
      'stopped',
    );
    expect(fail({ ...start, observed: { ready: false } }, error).wanted.power).toBe('running');
  });
});

describe('a failed verb that had changed the row', () => {
  const disk: DataDisk = { lun: 0, sizeGiB: 4, name: 'data', declared: {}, fromModel: true };

  test('gives back the data disks and the user data that were there before', () => {
    const before = instanceRow({ dataDisks: [disk], userData: 'b2xk' });
    const asked = undoable(before, {
      ...before,
      dataDisks: [],
      userData: 'bmV3',
      ownModel: true,
      task: taskRow('configure'),
    });
    const failed = fail(asked, { code: 'OperationTimedOut', message: 'late' });
    expect(failed).toMatchObject({ dataDisks: [disk], userData: 'b2xk', ownModel: false });
    expect(failed.task).toBeUndefined();
  });

  test('gives back what was before it when a delete has taken over from it, and fails as well', () => {
    const at = (address: string) => ({ nic: 'nic', ipConfiguration: 'ip', subnet: 'vnet/a', address });
    const before = instanceRow({ addresses: [at('10.0.0.4')] });
    const update = { operation: 'o', now: THEN, graceful: true, model: 2, effect: 'reconfigure' } as const;
    const moved = { ...undoable(before, ask(before, 'update', update)), addresses: [at('10.0.1.4')] };
    const leaving = toDelete(moved, 'p', THEN);
    expect(leaving.addresses).toEqual([at('10.0.1.4')]);
    expect(fail(leaving, error)).toMatchObject({ addresses: [at('10.0.0.4')], wanted: { model: 1 } });
  });

  test('takes away user data where there was none', () => {
    const before = instanceRow({});
    const asked = undoable(before, { ...before, userData: 'bmV3', task: taskRow('configure') });
    expect(fail(asked, { code: 'OperationTimedOut', message: 'late' }).userData).toBeUndefined();
  });
});

describe('what is seen', () => {
  test('is told apart while it is being deallocated', () => {
    const guest = guestRow({ power: 'stopping', ready: false });
    expect(observe(instanceRow(), guest).observed.power).toBe('stopping');
    const off = instanceRow({ wanted: wanted({ power: 'deallocated' }) });
    expect(observe(off, guest).observed.power).toBe('deallocating');
  });

  test('has no address and no boot where the guest has none', () => {
    const bare = observe(
      instanceRow(),
      guestRow({ power: 'deallocated', ready: false, address: undefined, bootedAt: undefined }),
    );
    expect(bare.observed).toEqual({ power: 'deallocated', ready: false });
    expect(observe(instanceRow(), undefined).observed).toEqual({ ready: false });
  });
});

const guests: fc.Arbitrary<GuestState | undefined> = fc.option(
  fc
    .record({
      power: fc.constantFrom('starting', 'running', 'stopping', 'stopped', 'deallocated'),
      ready: fc.boolean(),
      generation: fc.nat(4),
      bootedAt: fc.constantFrom(THEN - 1, THEN, LATER),
      cause: fc.constantFrom('asked', 'exited', 'host'),
    })
    .map((given) => {
      const { power, cause, ready, ...rest } = given as GuestState;
      return guestRow({
        ...rest,
        power,
        ready: ready && power === 'running',
        cause: power === 'stopped' ? cause : undefined,
      });
    }),
  { nil: undefined },
);

const rows: fc.Arbitrary<Instance> = fc
  .record({
    power: fc.constantFrom('running', 'stopped', 'deallocated'),
    verb: fc.constantFrom(
      undefined,
      'create',
      'start',
      'powerOff',
      'deallocate',
      'restart',
      'reimage',
      'update',
      'configure',
      'evict',
    ),
    deletes: fc.boolean(),
    turns: fc.boolean(),
    failed: fc.boolean(),
    seen: guests,
  })
  .map(({ power, verb, deletes, turns, failed, seen }) => {
    const exists = !deletes || verb === undefined;
    const turn = turns && verb !== undefined ? ({ kind: 'restart', generation: 3 } as const) : undefined;
    const task = verb === undefined ? undefined : taskRow(deletes ? 'delete' : verb);
    const row = instanceRow({
      task,
      generation: 3,
      failure: failed && task === undefined ? error : undefined,
      wanted: wanted({ exists, power, ...(turn === undefined ? {} : { turn }) }),
    });
    return observe(row, seen);
  });

describe('whatever the row and the guest', () => {
  test('to observe twice is to observe once', () => {
    fc.assert(
      fc.property(rows, guests, (row, guest) => {
        const seen = observe(row, guest);
        expect(observe(seen, guest)).toBe(seen);
      }),
    );
  });

  test('there is no effect without a verb in hand except on what the host took along, and none at all on a failed one', () => {
    fc.assert(
      fc.property(rows, guests, fc.boolean(), (row, guest, late) => {
        const next = step(row, guest, late ? DEADLINE : LATER);
        if (row.task !== undefined || next.kind !== 'act') return;
        expect(row.failure).toBeUndefined();
        expect(guest?.cause === 'host' || next.effect.do === 'stop').toBe(true);
        expect(['start', 'stop']).toContain(next.effect.do);
      }),
      { numRuns: 1000 },
    );
  });

  test('a save changes something, keeps what is the instance’s own, and never makes a verb', () => {
    fc.assert(
      fc.property(rows, guests, fc.boolean(), (row, guest, late) => {
        const next = step(row, guest, late ? DEADLINE : LATER);
        if (next.kind !== 'save') return;
        expect(next.instance).not.toEqual(row);
        expect([row.task, undefined]).toContainEqual(next.instance.task);
        for (const key of ['set', 'id', 'vmId', 'created', 'generation', 'revision', 'surplus'] as const) {
          expect(next.instance[key]).toEqual(row[key]);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('only an instance that is well, has nothing in hand and no guest is recovered', () => {
    fc.assert(
      fc.property(rows, guests, (row, guest) => {
        const isLost = guest === undefined && row.task === undefined && row.failure === undefined;
        expect(step(row, guest).kind === 'recover').toBe(isLost && row.wanted.exists);
      }),
    );
  });

  test('only a row that is to go, and whose guest is gone, is removed', () => {
    fc.assert(
      fc.property(rows, guests, (row, guest) => {
        expect(step(row, guest).kind === 'remove').toBe(!row.wanted.exists && guest === undefined);
      }),
    );
  });

  test('whoever has a verb in hand is never at rest', () => {
    fc.assert(
      fc.property(rows, guests, (row, guest) => {
        if (row.task !== undefined) expect(step(row, guest).kind).not.toBe('rest');
      }),
    );
  });
});

const SET = scaleSetRow();

/** Every verb's time is over by then. */
const END = THEN + 3_600_000;

interface Course {
  readonly row: Instance | undefined;
  readonly guest: ModelGuest;
}

/** Looks until there is nothing to do at that time; fails when that never comes. */
function look(course: Course, now: number): Course {
  let { row, guest } = course;
  for (let count = 0; count < 12; count += 1) {
    if (row === undefined) return { row, guest };
    const next = step(row, guest.state, now);
    if (next.kind === 'remove') row = undefined;
    else if (next.kind === 'save') row = next.instance;
    else if (next.kind === 'recover') row = recovery(SET, row, 'recovery', now).instance;
    else if (next.kind === 'act') {
      const before = guest;
      guest = perform(guest, next.effect, now);
      // The work has only begun: the guest says when it is done.
      if (guest === before || next.effect.do === 'delete') return { row, guest };
    } else return { row, guest };
  }
  throw new Error(`it goes on for ever: ${JSON.stringify({ row, guest })}`);
}

const born = instanceRow({
  observed: { ready: false },
  task: taskRow('create'),
  settledAt: undefined,
  lastOperation: undefined,
});

/** One verb on an instance in one of the states that instances are in. */
const begun: fc.Arbitrary<Course> = fc
  .record({
    power: fc.constantFrom<Wanted['power'][]>('running', 'stopped', 'deallocated'),
    verb: fc.constantFrom<Verb[]>(
      'create',
      'start',
      'powerOff',
      'deallocate',
      'restart',
      'redeploy',
      'reimage',
      'reimageAll',
      'update',
      'configure',
      'evict',
      'delete',
    ),
    effect: fc.constantFrom('none', 'reconfigure', 'restart', 'reimage'),
  })
  .map(({ power, verb, effect }): Course => {
    if (verb === 'create') return { row: born, guest: NO_GUEST };
    const cause = power === 'stopped' ? 'asked' : undefined;
    const state = guestRow({ power, ready: power === 'running', cause });
    const row = observe(instanceRow({ wanted: wanted({ power }) }), state);
    const guest: ModelGuest = { state, towards: 'stopped' };
    const task = taskRow(verb, { operation: 'op' });
    if (verb === 'configure') {
      const turn = { kind: 'reconfigure', generation: 1 } as const;
      return { row: withTask(row, { ...row.wanted, turn }, task), guest };
    }
    if (verb === 'evict') return { row: withTask(row, { ...row.wanted, exists: false }, task), guest };
    const request = { operation: 'op', now: THEN, graceful: true, model: 2, effect: effect as 'none' };
    return { row: ask(row, verb, request), guest };
  });

describe('every course of events', () => {
  const onward: readonly GuestEvent[] = ['boot', 'ready', 'halt'];
  const events = fc.array(
    fc.constantFrom<(GuestEvent | 'look')[]>('look', 'look', ...onward, 'exit', 'host', 'vanish'),
    {
      maxLength: 20,
    },
  );

  test('without faults leads to what was wanted, with no failure', () => {
    fc.assert(
      fc.property(begun, (start) => {
        let course = look(start, LATER);
        for (let round = 0; round < 4; round += 1) {
          for (const event of onward) course = look({ ...course, guest: happen(course.guest, event) }, LATER);
        }
        const { row, guest } = course;
        const asked = (start.row as Instance).wanted;
        if (!asked.exists) {
          expect(course).toEqual({ row: undefined, guest: NO_GUEST });
          return;
        }
        const { turn, ...rest } = asked;
        expect(row).toMatchObject({ wanted: rest, model: asked.model, observed: { power: asked.power } });
        for (const member of ['task', 'failure']) expect(row).not.toHaveProperty(member);
        expect(guest.state).toBeDefined();
        if (turn !== undefined) expect(guest.state?.generation).toBe(turn.generation);
        expect(step(row as Instance, guest.state)).toEqual({ kind: 'rest' });
      }),
      { numRuns: 500 },
    );
  });

  test('whatever faults there are, ends with the verb at its deadline, and then in rest', () => {
    fc.assert(
      fc.property(begun, events, (start, given) => {
        let course = start;
        for (const event of given) {
          course = event === 'look' ? look(course, LATER) : { ...course, guest: happen(course.guest, event) };
        }
        course = look(course, END);
        // What is lost altogether is made anew under a verb of the plane's own, which has begun just now.
        expect([undefined, 'recovery']).toContain(course.row?.task?.operation);
        // What its host took along meanwhile is brought back without a verb; then nothing is left to do.
        for (const event of [...onward, ...onward]) {
          course = look({ ...course, guest: happen(course.guest, event) }, END + 1);
        }
        if (course.row !== undefined) {
          expect(step(course.row, course.guest.state, END + 2)).toEqual({ kind: 'rest' });
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('repeated at every point is as if it had been done once: a crash loses nothing', () => {
    fc.assert(
      fc.property(begun, events, (start, given) => {
        let course = start;
        for (const event of given) {
          const next = course.row === undefined ? undefined : step(course.row, course.guest.state);
          // The effect happens, and the plane dies before anything is saved: the next look starts from the old row.
          if (next?.kind === 'act') course = { ...course, guest: perform(course.guest, next.effect, LATER) };
          if (event !== 'look') course = { ...course, guest: happen(course.guest, event) };
        }
        expect([undefined, 'recovery']).toContain(look(course, END).row?.task?.operation);
      }),
      { numRuns: 1000 },
    );
  });
});
