// Rotation. What never happens: an instance that will be interrupted, is not up or is not well takes new connections.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instanceRow, taskRow } from '../../test/testing/rows.ts';
import type { HealthState } from './health.ts';
import type { Instance, PowerState } from './instance.ts';
import { inRotation } from './rotation.ts';
import { ask, type ActionVerb, VERBS } from './verb.ts';

const OPERATION = { operation: 'o', now: 1, graceful: true, model: 2 } as const;

describe('an instance', () => {
  test('takes connections when it runs, is ready, and has nothing in hand', () => {
    expect(inRotation(instanceRow(), false)).toBe(true);
  });

  test.each<[string, Partial<Instance>]>([
    ['is beyond the capacity', { surplus: true }],
    ['is stopped', { observed: { power: 'stopped', ready: false } }],
    ['boots', { observed: { power: 'starting', ready: false, address: { host: '127.0.0.2', port: 1 } } }],
    ['has no guest yet', { observed: { ready: false } }],
    ['has no address', { observed: { power: 'running', ready: true } }],
  ])('takes none when it %s', (_, given) => {
    expect(inRotation(instanceRow(given), false)).toBe(false);
  });

  const interrupting = (Object.keys(VERBS) as ActionVerb[]).filter((verb) => verb !== 'start');
  test.each(interrupting)('leaves with the request that asks it to %s', (verb) => {
    expect(inRotation(ask(instanceRow(), verb, { ...OPERATION, effect: 'reimage' }), false)).toBe(false);
  });

  test.each(['none', 'reconfigure'] as const)('stays through an update whose effect is %s', (effect) => {
    expect(inRotation(ask(instanceRow(), 'update', { ...OPERATION, effect }), false)).toBe(true);
  });

  test('is back when its verb has come true, not when its guest is ready', () => {
    const asked = ask(instanceRow(), 'restart', { ...OPERATION, effect: 'none' });
    const { task: _done, ...settled } = asked;
    const { turn: _taken, ...wanted } = asked.wanted;
    expect(inRotation(asked, false)).toBe(false);
    expect(inRotation({ ...settled, wanted }, false)).toBe(true);
  });

  test.each<[HealthState | undefined, boolean]>([
    ['healthy', true],
    ['initializing', false],
    ['unhealthy', false],
    ['unknown', false],
    [undefined, false],
  ])('whose health is watched and %s takes connections: %s', (state, takes) => {
    const health = state === undefined ? {} : { health: { state, since: 1 } };
    expect(inRotation(instanceRow(health), true)).toBe(takes);
    expect(
      inRotation(instanceRow({ ...health, wanted: { exists: false, power: 'running', model: 1 } }), true),
    ).toBe(false);
  });

  test('takes connections only when nothing speaks against it, whatever else its row says', () => {
    const power = fc.constantFrom<PowerState>('starting', 'running', 'stopping', 'stopped', 'deallocated');
    const wantedPower = fc.constantFrom('running', 'stopped', 'deallocated');
    const turn = fc.constantFrom(undefined, 'restart', 'redeploy', 'reimage', 'reimageAll', 'reconfigure');
    fc.assert(
      fc.property(
        fc.record({
          power,
          wantedPower,
          turn,
          ready: fc.boolean(),
          exists: fc.boolean(),
          busy: fc.boolean(),
        }),
        (given) => {
          const row = instanceRow({
            observed: { power: given.power, ready: given.ready, address: { host: '127.0.0.2', port: 8080 } },
            wanted: {
              exists: given.exists,
              power: given.wantedPower,
              model: 1,
              ...(given.turn === undefined ? {} : { turn: { kind: given.turn, generation: 1 } }),
            },
            task: given.busy ? taskRow('restart') : undefined,
          });
          const calm = given.turn === undefined || given.turn === 'reconfigure';
          const wanted = given.exists && given.wantedPower === 'running' && calm;
          expect(inRotation(row, false)).toBe(wanted && given.power === 'running' && given.ready);
        },
      ),
    );
  });
});
