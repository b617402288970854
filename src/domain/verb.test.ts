// Verbs: the whole table of which verb may be asked of which instance, and what it then wants. What never happens: a verb
// replaces one that is in hand, a generation is handed out twice, an instance that is where it should be is touched.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guestRow, instanceRow, taskRow, THEN } from '../../test/testing/rows.ts';
import type { Instance, ProtectionPolicy, Wanted } from './instance.ts';
import { observe } from './next-step.ts';
import { MINUTE } from './time.ts';
import { type ActionVerb, ask, busy, refusal, type VerbRequest, VERBS, withFullTime } from './verb.ts';

const ALL = Object.keys(VERBS) as ActionVerb[];
const POWERS = ['running', 'stopped', 'deallocated'] as const;
const NEED_HOST = ['restart', 'redeploy', 'performMaintenance'];
const failure = { code: 'VMStartTimedOut', message: 'late' } as const;
const fromActions: ProtectionPolicy = { protectFromScaleIn: false, protectFromScaleSetActions: true };
const fromScaleIn: ProtectionPolicy = { protectFromScaleIn: true, protectFromScaleSetActions: false };

function at(power: Wanted['power'], given: Partial<Instance> = {}): Instance {
  const guest = guestRow({
    power,
    ready: power === 'running',
    cause: power === 'stopped' ? 'asked' : undefined,
  });
  return observe(instanceRow({ wanted: { exists: true, power, model: 1 }, ...given }), guest);
}

const request: VerbRequest = { operation: 'op', now: THEN, graceful: true, model: 1, effect: 'none' };

describe('asking', () => {
  test.each(ALL.flatMap((verb) => POWERS.map((power) => [verb, power] as const)))(
    '%s may be asked of an instance that is %s, unless it needs a host and has none',
    (verb, power) => {
      const refused = NEED_HOST.includes(verb) && power === 'deallocated';
      for (const addressed of [true, false]) {
        for (const protection of [undefined, fromScaleIn]) {
          const answer = refusal(
            'web',
            at(power, protection === undefined ? {} : { protection }),
            verb,
            addressed,
          );
          expect(answer === undefined).toBe(!refused);
          if (refused) {
            expect(answer).toMatchObject({
              code: 'operationNotAllowed',
              message: `Operation '${VERBS[verb].word}' is not allowed on VM 'web_0' since the VM is either deallocated or marked to be deallocated.`,
            });
          }
        }
      }
    },
  );

  test.each(ALL)(
    '%s of an instance with a verb in hand is a conflict, in Azure’s words, whatever else holds',
    (verb) => {
      for (const power of POWERS) {
        for (const addressed of [true, false]) {
          const instance = at(power, { task: taskRow('restart'), protection: fromActions });
          expect(refusal('web', instance, verb, addressed)).toEqual(busy());
        }
      }
      expect(busy().code).toBe('conflict');
      expect(busy().message).toMatch(
        /^The request failed due to conflict with a concurrent request\. To resolve it,/,
      );
    },
  );

  test.each(ALL)(
    '%s through its set heeds the protection from scale set actions, except for a delete by name',
    (verb) => {
      for (const power of POWERS) {
        const instance = at(power, { protection: fromActions });
        const answer = refusal('web', instance, verb, false);
        if (verb === 'delete') expect(answer).toBeUndefined();
        else expect(answer).toMatchObject({ code: 'operationNotAllowed' });
        const itself = refusal('web', instance, verb, true);
        expect(itself === undefined).toBe(!(NEED_HOST.includes(verb) && power === 'deallocated'));
      }
    },
  );
});

describe('what is wanted after', () => {
  const after = (verb: ActionVerb, power: Wanted['power']): Wanted => ask(at(power), verb, request).wanted;
  const turn = (kind: string): object => ({ kind, generation: 1 });

  test.each<[ActionVerb, Wanted['power'], object]>([
    ['start', 'stopped', { power: 'running' }],
    ['start', 'deallocated', { power: 'running' }],
    ['powerOff', 'running', { power: 'stopped' }],
    ['deallocate', 'running', { power: 'deallocated' }],
    ['deallocate', 'stopped', { power: 'deallocated' }],
    ['restart', 'running', { power: 'running', turn: turn('restart') }],
    ['restart', 'stopped', { power: 'running', turn: turn('restart') }],
    ['redeploy', 'running', { power: 'running', turn: turn('redeploy') }],
    ['performMaintenance', 'running', { power: 'running', turn: turn('redeploy') }],
    ['reimage', 'running', { power: 'running', turn: turn('reimage') }],
    ['reimage', 'stopped', { power: 'stopped', turn: turn('reimage') }],
    ['reimage', 'deallocated', { power: 'deallocated', turn: turn('reimage') }],
    ['reimageAll', 'running', { power: 'running', turn: turn('reimageAll') }],
    ['delete', 'running', { power: 'running', exists: false }],
    ['delete', 'deallocated', { power: 'deallocated', exists: false }],
  ])('%s of an instance that is %s is %j', (verb, power, wanted) => {
    expect(after(verb, power)).toEqual({ exists: true, model: 1, ...wanted });
  });

  test.each<[ActionVerb, Wanted['power']]>([
    ['start', 'running'],
    ['powerOff', 'stopped'],
    ['powerOff', 'deallocated'],
    ['deallocate', 'deallocated'],
    ['update', 'running'],
    ['update', 'deallocated'],
  ])('%s of an instance that is %s already changes nothing', (verb, power) => {
    const instance = at(power);
    expect(ask(instance, verb, request)).toBe(instance);
  });

  test.each<[ActionVerb, Wanted['power']]>([
    ['start', 'running'],
    ['powerOff', 'stopped'],
    ['deallocate', 'deallocated'],
    ['update', 'running'],
  ])(
    '%s of one that is %s, but whose last verb failed, tries again and forgets the failure',
    (verb, power) => {
      const again = ask(at(power, { failure }), verb, request);
      expect(again.task?.verb).toBe(verb);
      expect(again.failure).toBeUndefined();
    },
  );

  test('powerOff of a deallocated instance never gives it a host', () => {
    const instance = at('deallocated', { failure });
    expect(ask(instance, 'powerOff', request)).toBe(instance);
  });

  test('start of one that is not seen running yet is a verb', () => {
    const lost = { ...at('running'), observed: { power: 'stopped', ready: false } as const };
    expect(ask(lost, 'start', request).task?.verb).toBe('start');
  });
});

describe('the verb in hand', () => {
  test.each(ALL)(
    '%s names its operation, when it was asked, by when it fails, and whether the guest is asked',
    (verb) => {
      const instance = at(verb === 'start' ? 'stopped' : 'running', { generation: 4, model: 1 });
      const after = ask(instance, verb, {
        ...request,
        now: THEN + 5,
        graceful: false,
        model: 2,
        effect: 'restart',
      });
      expect(after.task).toEqual({
        operation: 'op',
        verb,
        since: THEN + 5,
        deadline: THEN + 5 + VERBS[verb].limit,
        graceful: false,
      });
      expect(after.etag).toBe(instance.etag + 1);
      expect(after.generation).toBe(after.wanted.turn?.generation ?? 4);
      expect(VERBS[verb].limit).toBeGreaterThanOrEqual(10 * MINUTE);
      expect(VERBS[verb].action).toMatch(/^[a-zA-Z]+\/action$/);
    },
  );

  test('has a generation that was never handed out before, also after one that failed', () => {
    const turns = fc.constantFrom<ActionVerb[]>('restart', 'redeploy', 'reimage', 'reimageAll');
    fc.assert(
      fc.property(fc.array(turns, { minLength: 1, maxLength: 8 }), fc.nat(9), (verbs, generation) => {
        let instance = at('running', { generation });
        for (const verb of verbs) {
          const after = ask(instance, verb, request);
          expect(after.wanted.turn?.generation).toBe(instance.generation + 1);
          expect(after.generation).toBe(instance.generation + 1);
          // It ended, well or badly: the turn is dropped, the number is not.
          const { task: _task, ...rest } = after;
          const { turn: _turn, ...wanted } = after.wanted;
          instance = { ...rest, wanted };
        }
      }),
    );
  });

  test('leaves everything that is not the verb’s as it was', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ALL), fc.constantFrom(...POWERS), (verb, power) => {
        const before = at(power, { tags: { a: 'b' }, protection: fromScaleIn });
        const after = ask(before, verb, { ...request, model: 2 });
        const { wanted: _a, task: _b, etag: _c, generation: _d, ...kept } = after;
        expect(before).toMatchObject(kept);
        expect(after.wanted.exists).toBe(verb !== 'delete');
      }),
    );
  });
});

describe('an update to the model that is there', () => {
  test('does something only where its effect says so: another version of the image needs a fresh disk', () => {
    const there = instanceRow({ model: 3 });
    const to = (effect: VerbRequest['effect']): Instance =>
      ask(there, 'update', { ...request, model: 3, effect });
    expect(to('none')).toBe(there);
    expect(to('reimage').wanted.turn).toMatchObject({ kind: 'reimage', generation: 1 });
  });
});

describe('an update', () => {
  const update = (instance: Instance, effect: VerbRequest['effect']): Instance =>
    ask(instance, 'update', { ...request, model: 3, effect });

  test.each(['reconfigure', 'restart', 'reimage'] as const)(
    'by %s is a turn towards the latest model',
    (effect) => {
      const after = update(at('running'), effect);
      expect(after.wanted).toEqual({
        exists: true,
        power: 'running',
        model: 3,
        turn: { kind: effect, generation: 1 },
      });
      expect(after.model).toBe(1);
    },
  );

  test('that asks nothing of the guest is a verb all the same: the model is applied when it ends', () => {
    const after = update(at('running'), 'none');
    expect(after.wanted).toEqual({ exists: true, power: 'running', model: 3 });
    expect(after.task?.verb).toBe('update');
  });

  test('leaves a stopped or deallocated instance as it is powered', () => {
    for (const power of ['stopped', 'deallocated'] as const) {
      expect(update(at(power), 'reimage').wanted.power).toBe(power);
    }
  });

  test('brings back an instance that differs by its own PUT, also at the latest model', () => {
    const own = at('running', {
      ownModel: true,
      userData: 'YQ==',
      model: 3,
      wanted: { exists: true, power: 'running', model: 3 },
    });
    const after = update(own, 'none');
    expect(after.ownModel).toBe(false);
    expect(after).not.toHaveProperty('userData');
    expect(after.wanted.turn).toEqual({ kind: 'reconfigure', generation: 1 });
  });
});

describe('time in which no plane ran', () => {
  test('does not count against a verb: it has its whole limit ahead again', () => {
    const task = taskRow('restart', { since: THEN, deadline: THEN + 100 });
    const renewed = withFullTime(task, THEN + 5000);
    expect(renewed).toEqual({ ...task, since: THEN + 5000, deadline: THEN + 5100 });
    expect(withFullTime(renewed, THEN + 9000).deadline).toBe(THEN + 9100);
  });
});

describe('the version of the image', () => {
  const ONE = { imageVersion: '1.0.0' };
  const reimages = (verb: ActionVerb): boolean => verb === 'reimage' || verb === 'reimageAll';
  const effects = ['none', 'extensions', 'reconfigure', 'restart'] as const;

  test.each(ALL.filter(reimages))('is kept by %s, unless it is given one', (verb) => {
    expect(ask(at('running', ONE), verb, request).imageVersion).toBe('1.0.0');
    const asked = ask(at('running', ONE), verb, { ...request, imageVersion: '2.0.0' });
    expect(asked).toMatchObject({ imageVersion: '2.0.0', task: { undo: ONE } });
  });

  test('is that of the new image after an update to another, and unknown where nobody says', () => {
    const asked = { ...request, model: 2, effect: 'reimage' } as const;
    expect(ask(at('running', ONE), 'update', { ...asked, imageVersion: '2.0.0' })).toMatchObject({
      imageVersion: '2.0.0',
      task: { undo: ONE },
    });
    expect(ask(at('running', ONE), 'update', asked)).not.toHaveProperty('imageVersion');
  });

  test.each(ALL.filter((verb) => !reimages(verb)))('is left alone by %s when it lays no disk', (verb) => {
    for (const power of POWERS) {
      for (const effect of effects) {
        const asked = ask(at(power, ONE), verb, { ...request, model: 2, effect, imageVersion: '2.0.0' });
        expect(asked.imageVersion).toBe('1.0.0');
      }
    }
  });
});
