// Health: what answers mean, and when a state changes. What never happens: a state changes with fewer signals in a row
// than the source asks for, or goes back to Initializing.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { healthModel } from '../../test/testing/health.ts';
import { guestRow, instanceRow, THEN } from '../../test/testing/rows.ts';
import {
  canBeProbed,
  type Health,
  isNoteworthy,
  isSettled,
  isUnhealthy,
  judge,
  pauseAfter,
  type Signal,
  signalOf,
  type Tally,
} from './health.ts';
import { type HealthSource, healthSource } from './health-source.ts';
import type { JsonObject } from './json.ts';
import { observe } from './next-step.ts';
import type { ProbeAnswer } from './probe.ts';
import { SECOND } from './time.ts';

function source(kind: 'binary' | 'rich', settings: JsonObject = {}): HealthSource {
  return healthSource(healthModel(settings, kind === 'rich' ? '2.0' : '1.0')) as HealthSource;
}
const TCP = { protocol: 'tcp', requestPath: undefined };
const answered = (status: number, body = ''): ProbeAnswer => ({ outcome: 'answered', status, body });
const saying = (state: string, status = 200): ProbeAnswer =>
  answered(status, JSON.stringify({ ApplicationHealthState: state }));
const FAILED: ProbeAnswer = { outcome: 'failed' };
const CONNECTED: ProbeAnswer = { outcome: 'connected' };

describe('a signal', () => {
  test.each<readonly [string, ProbeAnswer, Signal, Signal]>([
    ['200 without a word', answered(200), 'healthy', 'unknown'],
    ['200 Healthy', saying('Healthy'), 'healthy', 'healthy'],
    ['200 Unhealthy', saying('Unhealthy'), 'healthy', 'unhealthy'],
    ['204 Healthy', saying('Healthy', 204), 'unhealthy', 'healthy'],
    ['200 of another state', saying('Fine'), 'healthy', 'unknown'],
    ['200 that is no JSON', answered(200, 'Healthy'), 'healthy', 'unknown'],
    ['200 of JSON that is no object', answered(200, '3'), 'healthy', 'unknown'],
    ['a redirection', answered(302), 'unhealthy', 'unknown'],
    ['503 Unhealthy', saying('Unhealthy', 503), 'unhealthy', 'unknown'],
    ['silence', FAILED, 'unhealthy', 'unknown'],
  ])('%s', (_, answer, binary, rich) => {
    expect(signalOf(source('binary'), answer)).toBe(binary);
    expect(signalOf(source('rich'), answer)).toBe(rich);
  });

  test('of tcp is the handshake, for both kinds of states', () => {
    for (const kind of ['binary', 'rich'] as const) {
      expect(signalOf(source(kind, TCP), CONNECTED)).toBe('healthy');
      expect(signalOf(source(kind, TCP), FAILED)).toBe('unhealthy');
    }
  });
});

/** Feeds signals one interval apart; answers the state after each. */
function states(from: HealthSource, signals: readonly Signal[]): readonly (string | undefined)[] {
  let health: Health | undefined;
  let tally: Tally | undefined;
  return signals.map((signal, index) => {
    ({ health, tally } = judge(from, { health, tally }, signal, THEN + index * from.interval));
    return health?.state;
  });
}

describe('binary states', () => {
  test('are none before enough signals came', () => {
    const three = source('binary', { numberOfProbes: 3 });
    expect(states(three, ['healthy', 'healthy', 'healthy'])).toEqual([undefined, undefined, 'healthy']);
  });

  test('change after as many signals in a row, and an odd one between begins anew', () => {
    const two = source('binary', { numberOfProbes: 2 });
    expect(states(two, ['healthy', 'healthy', 'unhealthy', 'healthy', 'unhealthy', 'unhealthy'])).toEqual([
      undefined,
      'healthy',
      'healthy',
      'healthy',
      'healthy',
      'unhealthy',
    ]);
  });
});

describe('rich states', () => {
  test('begin with Initializing and leave it by signals that say something', () => {
    const three = source('rich', { numberOfProbes: 3, gracePeriod: 600 });
    expect(states(three, ['unknown', 'unknown', 'unknown', 'healthy', 'healthy', 'healthy'])).toEqual([
      'initializing',
      'initializing',
      'initializing',
      'initializing',
      'initializing',
      'healthy',
    ]);
  });

  test.each([
    ['http', {}, 'unknown'],
    ['tcp', TCP, 'unhealthy'],
  ] as const)('leave it for the worse when its time is over, by %s', (_, settings, worse) => {
    const from = source('rich', { ...settings, numberOfProbes: 24, gracePeriod: 12 });
    const signal = worse === 'unknown' ? 'unknown' : 'unhealthy';
    expect(states(from, [signal, signal, signal, signal])).toEqual([
      'initializing',
      'initializing',
      'initializing',
      worse,
    ]);
  });

  test('say when that time is over', () => {
    const from = source('rich', { gracePeriod: 600 });
    const verdict = judge(from, { health: undefined, tally: undefined }, 'unknown', THEN);
    expect(verdict.due).toBe(THEN + 600 * SECOND);
  });
});

test('a state never changes with fewer signals in a row than asked for, nor goes back to Initializing', () => {
  const signal = fc.constantFrom<Signal>('healthy', 'unhealthy', 'unknown');
  fc.assert(
    fc.property(
      fc.constantFrom<'binary' | 'rich'>('binary', 'rich'),
      fc.integer({ min: 1, max: 5 }),
      fc.array(signal, { maxLength: 40 }),
      (kind, probes, drawn) => {
        const signals = drawn.map((one) => (kind === 'binary' && one === 'unknown' ? 'unhealthy' : one));
        const from = source(kind, { numberOfProbes: probes, gracePeriod: 14_400 });
        const seen = states(from, signals);
        seen.forEach((state, index) => {
          const before = seen[index - 1];
          if (state === before || state === undefined) return;
          if (state === 'initializing') {
            expect([index, before]).toEqual([0, undefined]);
            return;
          }
          const row = signals.slice(Math.max(0, index + 1 - probes), index + 1);
          expect(row).toEqual(Array.from({ length: probes }, () => state));
        });
      },
    ),
  );
});

test('an unchanged state is the same object, so that nothing is written', () => {
  const from = source('binary');
  const health: Health = { state: 'healthy', since: THEN };
  expect(judge(from, { health, tally: undefined }, 'healthy', THEN + 1).health).toBe(health);
});

describe('an instance', () => {
  const health: Health = { state: 'unhealthy', since: THEN };

  test('is probed while its guest is up and wanted', () => {
    expect(canBeProbed(instanceRow())).toBe(true);
    expect(canBeProbed(instanceRow({ observed: { power: 'running', ready: false } }))).toBe(false);
    expect(canBeProbed(instanceRow({ observed: { power: 'stopped', ready: false } }))).toBe(false);
    expect(canBeProbed(instanceRow({ wanted: { exists: false, power: 'running', model: 1 } }))).toBe(false);
  });

  test.each([
    ['stops', guestRow({ power: 'stopped', ready: false, cause: 'exited' })],
    ['boots again, however quickly', guestRow({ bootedAt: THEN + SECOND })],
    ['is gone', undefined],
  ])('has no health any more when its guest %s', (_, guest) => {
    expect(observe(instanceRow({ health }), guest).health).toBeUndefined();
  });

  test('keeps it when only its address changes', () => {
    const moved = guestRow({ address: { host: '127.0.0.9', port: 8080 } });
    expect(observe(instanceRow({ health }), moved).health).toBe(health);
  });

  test.each([
    ['initializing', false],
    ['healthy', false],
    ['unhealthy', true],
    ['unknown', true],
  ] as const)('that is %s counts as unhealthy: %s', (state, counts) => {
    expect(isUnhealthy(instanceRow({ health: { state, since: THEN } }))).toBe(counts);
  });

  test('has a line in the log for a bad beginning and for every change after it', () => {
    const at = (state: Health['state']): Health => ({ state, since: THEN });
    expect(isNoteworthy(undefined, at('initializing'))).toBe(false);
    expect(isNoteworthy(undefined, at('healthy'))).toBe(false);
    expect(isNoteworthy(undefined, at('unhealthy'))).toBe(true);
    expect(isNoteworthy(at('initializing'), at('healthy'))).toBe(false);
    expect(isNoteworthy(at('initializing'), at('unknown'))).toBe(true);
    expect(isNoteworthy(at('healthy'), at('unhealthy'))).toBe(true);
    expect(isNoteworthy(at('unhealthy'), at('healthy'))).toBe(true);
    expect(isNoteworthy(at('healthy'), at('healthy'))).toBe(false);
  });
});

describe('a source that asks often at first', () => {
  const eager: HealthSource = { ...source('binary'), firstInterval: SECOND, interval: 15 * SECOND };
  const known: Health = { state: 'unhealthy', since: THEN };

  test('does so until the guest is well for the first time, or known not to be', () => {
    expect(isSettled(eager, undefined, 'unhealthy')).toBe(false);
    expect(pauseAfter(eager, undefined, 'unhealthy')).toBe(SECOND);
    for (const [health, signal] of [
      [undefined, 'healthy'],
      [known, 'unhealthy'],
      [known, 'healthy'],
    ] as const) {
      expect(isSettled(eager, health, signal)).toBe(true);
      expect(pauseAfter(eager, health, signal)).toBe(15 * SECOND);
    }
  });

  test('is the exception: any other asks at its interval', () => {
    const plain = source('binary', { intervalInSeconds: 7 });
    expect(isSettled(plain, undefined, 'unhealthy')).toBe(true);
    expect(pauseAfter(plain, undefined, 'unhealthy')).toBe(7 * SECOND);
  });
});

test('a source may ask for another number of good signals than of bad ones', () => {
  const lenient: HealthSource = { ...source('binary'), probes: 3, recovers: 1 };
  const healthy: Health = { state: 'healthy', since: THEN };
  const after = (count: number, signal: Signal, health?: Health): Health | undefined =>
    judge(lenient, { health, tally: count > 1 ? { signal, count: count - 1 } : undefined }, signal, THEN)
      .health;
  expect(after(1, 'healthy')?.state).toBe('healthy');
  expect(after(2, 'unhealthy', healthy)).toBe(healthy);
  expect(after(3, 'unhealthy', healthy)?.state).toBe('unhealthy');
  expect(after(1, 'healthy', { state: 'unhealthy', since: THEN })?.state).toBe('healthy');
});
