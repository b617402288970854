// The wellbeing of simulated guests: that they fall ill and recover as the script says, and that a probe tells.
import { describe, expect, test } from 'vitest';
import { manualClock } from '../../../test/testing/manual-clock.ts';
import type { GuestSpec } from '../../domain/guest.ts';
import type { ProbeRequest } from '../../domain/probe.ts';
import { openSimulatedGuests } from './guests.ts';
import type { SimulationScript } from './script.ts';

const SPEC: GuestSpec = {
  name: 'web_0',
  computerName: 'web000000',
  image: 'base',
  size: 'Standard_B1s',
  dataDisks: [],
};
const HTTP: ProbeRequest = { protocol: 'http', port: 80, path: '/' };
const TCP: ProbeRequest = { ...HTTP, protocol: 'tcp' };
const MINUTE = 60_000;

/** Guests that are up, and may be restarted. */
async function up(
  script: Partial<SimulationScript>,
  count = 1,
  illness: (handle: string, isIll: boolean) => void = () => undefined,
) {
  const clock = manualClock();
  const guests = openSimulatedGuests({ clock, seed: 1, script, illness });
  const handles = Array.from({ length: count }, (_, id) => `set_${id}`);
  const pass = (milliseconds: number): void => {
    const end = clock.now() + milliseconds;
    while ((clock.next() ?? end) < end) clock.runNext();
    clock.advance(end - clock.now());
  };
  let generation = 0;
  const restart = async (): Promise<void> => {
    generation += 1;
    const options = { generation, spec: SPEC, newHost: false, graceful: false };
    await Promise.all(handles.map((handle) => guests.restart(handle, options)));
    pass(MINUTE);
  };
  const ill = async (): Promise<number> => {
    const answers = await Promise.all(handles.map(async (handle) => guests.probe?.(handle, HTTP)));
    return answers.filter((answer) => answer?.status !== 200).length;
  };
  await Promise.all(handles.map((handle) => guests.create(handle, { ...SPEC, name: handle })));
  pass(MINUTE);
  return { guests, pass, restart, ill };
}

describe('a simulated guest', () => {
  test('falls ill at its time, is told of, and stays so', async () => {
    const { guests, pass, ill } = await up({ fallsIll: 1, fallsIllAfter: [5 * MINUTE, 5 * MINUTE] });
    const told: string[] = [];
    guests.watch((handle) => told.push(handle));
    expect(await ill()).toBe(0);
    pass(5 * MINUTE);
    expect(await ill()).toBe(1);
    expect(told).toEqual(['set_0']);
    pass(600 * MINUTE);
    expect(await ill()).toBe(1);
    expect(await guests.probe?.('set_0', TCP)).toEqual({ outcome: 'failed', steady: true });
  });

  test('says in its health answers what it was told to say', async () => {
    const { guests, pass } = await up({});
    await guests.exec('set_0', 'k', {
      script: 'metric errorRate 2; metric load 1',
      parameters: [],
      timeoutMs: MINUTE,
    });
    pass(MINUTE);
    const answer = await guests.probe?.('set_0', HTTP);
    expect(JSON.parse(answer?.body ?? '')).toEqual({
      ApplicationHealthState: 'Healthy',
      customMetrics: { errorRate: 2, load: 1 },
    });
  });

  test('is well after a boot that recovers, and never after one that does not', async () => {
    for (const recovers of [0, 1]) {
      const { pass, restart, ill } = await up({
        fallsIll: 1,
        fallsIllAfter: [MINUTE, MINUTE * 10],
        recovers,
      });
      pass(20 * MINUTE);
      expect(await ill()).toBe(1);
      await restart();
      expect(await ill()).toBe(1 - recovers);
    }
  });

  test('falls ill and recovers as often as the script says', async () => {
    const { pass, restart, ill } = await up(
      { fallsIll: 0.3, fallsIllAfter: [0, MINUTE], recovers: 0.5 },
      400,
    );
    pass(2 * MINUTE);
    const first = await ill();
    expect(first).toBeGreaterThan(80);
    expect(first).toBeLessThan(160);
    await restart();
    pass(2 * MINUTE);
    // Half of those that were ill stay so; of all others, three in ten fall ill.
    expect(await ill()).toBeGreaterThan(first);
  });

  test('does not fall ill when it was stopped before its time', async () => {
    const { guests, pass, ill } = await up({ fallsIll: 1, fallsIllAfter: [5 * MINUTE, 5 * MINUTE] });
    await guests.stop('set_0', { graceful: false, release: false });
    pass(10 * MINUTE);
    await guests.start('set_0');
    pass(MINUTE);
    expect(await ill()).toBe(0);
  });

  test('tells whoever keeps it when its illness begins and ends, once each', async () => {
    const told: [string, boolean][] = [];
    const { guests, pass, restart } = await up({}, 1, (handle, isIll) => told.push([handle, isIll]));
    const say = async (key: string, script: string): Promise<void> => {
      await guests.exec('set_0', key, { script, parameters: [], timeoutMs: MINUTE });
      pass(MINUTE);
    };
    await say('1', 'ill');
    await say('2', 'ill');
    expect(told).toEqual([['set_0', true]]);
    await say('3', 'well');
    await say('4', 'ill');
    await restart();
    expect(told.slice(1)).toEqual([
      ['set_0', false],
      ['set_0', true],
      ['set_0', false],
    ]);
    await say('5', 'ill');
    await guests.delete('set_0');
    pass(MINUTE);
    expect(told.slice(-2)).toEqual([
      ['set_0', true],
      ['set_0', false],
    ]);
  });

  test.each(['running', 'starting', 'stopped'] as const)(
    'that was ill and %s when its plane ended is ill for the next one, until a boot recovers it',
    async (power) => {
      const clock = manualClock();
      const seen = { handle: 'set_0', power, ready: power === 'running', generation: 0, ill: true };
      // A boot that is under way, or to come, does not help; the one after that does.
      const script = { recovers: power === 'running' ? 1 : 0 };
      const guests = openSimulatedGuests({ clock, seed: 1, script, guests: [seen] });
      if (power === 'stopped') await guests.start('set_0');
      clock.advance(MINUTE);
      expect(await guests.probe?.('set_0', HTTP)).toMatchObject({ status: 503 });
      await guests.restart('set_0', { generation: 1, spec: SPEC, newHost: false, graceful: false });
      clock.advance(MINUTE);
      expect(await guests.probe?.('set_0', HTTP)).toMatchObject({
        status: power === 'running' ? 200 : 503,
      });
    },
  );
});
