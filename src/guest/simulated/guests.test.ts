// Simulated guests: that a run replays, what a script makes go wrong, and that many guests are cheap. What every driver
// must do is in the guest contract.
import { describe, expect, test } from 'vitest';

import { manualClock } from '../../../test/testing/manual-clock.ts';
import type { GuestCommand, GuestHandle, GuestSpec, GuestState } from '../../domain/guest.ts';
import { openSimulatedGuests } from './guests.ts';
import type { SimulationOptions } from './host.ts';
import type { SimulationScript } from './script.ts';

const SPEC: GuestSpec = {
  name: 'web_0',
  computerName: 'web000000',
  image: 'base',
  size: 'Standard_B1s',
  dataDisks: [],
};

/** Draws are named after guests: each has one of its own. */
const named = (handle: string): GuestSpec => ({ ...SPEC, name: handle });
const START = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;

const handles = (count: number): GuestHandle[] => Array.from({ length: count }, (_, id) => `set_${id}`);
const command = (script: string, timeoutMs = HOUR): GuestCommand => ({ script, parameters: [], timeoutMs });

/** Until everything that was called has called back. */
const turn = () => new Promise((resolve) => void setImmediate(resolve));

function open(script: Partial<SimulationScript> = {}, options: Partial<SimulationOptions> = {}) {
  const clock = manualClock(START);
  const guests = openSimulatedGuests({ clock, seed: 1, script, ...options });
  return { clock, guests };
}

/** Runs the same commands on many guests and writes down every state of each, with its time. */
async function trace(seed: number, order: readonly GuestHandle[], script: Partial<SimulationScript> = {}) {
  const { clock, guests } = open(script, { seed });
  const seen = new Map<GuestHandle, string[]>();
  const note = async (handle: GuestHandle): Promise<void> => {
    // Addresses are handed out in the order of asking.
    const { address: _address, ...rest } = (await guests.get(handle)) ?? {};
    seen.set(handle, [...(seen.get(handle) ?? []), JSON.stringify({ at: clock.now(), ...rest })]);
  };
  guests.watch((handle) => void note(handle));
  const each = async (verb: (handle: GuestHandle) => Promise<void>): Promise<void> => {
    await Promise.allSettled(order.map(verb));
    for (const end = clock.now() + HOUR; (clock.next() ?? end) < end; await Promise.resolve())
      clock.runNext();
    clock.advance(1);
  };
  await each((handle) => guests.create(handle, named(handle)));
  await each((handle) =>
    guests.restart(handle, { generation: 1, spec: SPEC, newHost: false, graceful: true }),
  );
  await each((handle) => guests.exec(handle, 'key', command('sleep 3; echo done')));
  await each((handle) => guests.stop(handle, { graceful: true, release: false }));
  return { seen: Object.fromEntries([...seen].toSorted(([a], [b]) => Number(a > b) - Number(a < b))) };
}

const FAULTY: Partial<SimulationScript> = {
  transient: 0.2,
  noCapacity: 0.1,
  neverReady: 0.1,
  exits: 0.3,
  slowStop: 0.2,
};

describe('a run', () => {
  test.for<[string, Partial<SimulationScript>]>([
    ['plain', {}],
    ['faulty', FAULTY],
  ])('%s replays exactly, whatever order its requests come in', async ([, script]) => {
    const order = handles(30);
    const first = await trace(7, order, script);
    expect(Object.keys(first.seen).length).toBeGreaterThan(20);
    expect(await trace(7, order, script)).toEqual(first);
    expect(await trace(7, order.toReversed(), script)).toEqual(first);
  });

  test('is another with another seed', async () => {
    expect(await trace(8, handles(5))).not.toEqual(await trace(7, handles(5)));
  });
});

describe('a script', () => {
  const count = 200;

  async function created(script: Partial<SimulationScript>) {
    const { clock, guests } = open(script);
    const results = await Promise.allSettled(
      handles(count).map((handle) => guests.create(handle, named(handle))),
    );
    return {
      clock,
      guests,
      kinds: results.map(
        (result) => result.status === 'rejected' && (result.reason as { kind: string }).kind,
      ),
    };
  }

  test('makes creates fail for want of room, and trying again may find some', async () => {
    const { guests, kinds } = await created({ noCapacity: 0.5 });
    const failed = kinds.filter((kind) => kind === 'capacity').length;
    expect(failed).toBeGreaterThan(count / 4);
    expect(failed).toBeLessThan((count * 3) / 4);
    expect(await guests.list()).toHaveLength(count - failed);
    await Promise.allSettled(handles(count).map((handle) => guests.create(handle, named(handle))));
    expect((await guests.list()).length).toBeGreaterThan(count - failed);
  });

  test('makes verbs fail for once, some of them only after their work', async () => {
    const { guests, kinds } = await created({ transient: 0.5 });
    const failed = kinds.filter((kind) => kind === 'transient').length;
    const there = (await guests.list()).length;
    expect(failed).toBeGreaterThan(count / 4);
    expect(there).toBeGreaterThan(count - failed);
    expect(there).toBeLessThan(count);
    for (let attempt = 0; (await guests.list()).length < count; attempt += 1) {
      expect(attempt).toBeLessThan(50);
      await Promise.allSettled(handles(count).map((handle) => guests.create(handle, named(handle))));
    }
  });

  test('keeps boots from ever becoming ready', async () => {
    const { clock, guests } = await created({ neverReady: 0.3 });
    clock.advance(HOUR);
    const states = await guests.list();
    expect(states.every(({ power }) => power === 'running')).toBe(true);
    const stuck = states.filter(({ ready }) => !ready);
    expect(stuck.length).toBeGreaterThan(count / 10);
    expect(stuck.length).toBeLessThan(count / 2);
    const options = { generation: 1, spec: SPEC, newHost: false, graceful: false } as const;
    await Promise.all(stuck.map(({ handle }) => guests.restart(handle, options)));
    clock.advance(HOUR);
    const again = await Promise.all(stuck.map(({ handle }) => guests.get(handle)));
    expect(again.some((state) => state?.ready)).toBe(true);
  });

  test('makes ready guests end by themselves after a while', async () => {
    const { clock, guests } = await created({ exits: 0.3, exitsAfter: [HOUR, 2 * HOUR] });
    clock.advance(HOUR);
    expect((await guests.list()).every(({ ready }) => ready)).toBe(true);
    clock.advance(2 * HOUR);
    const ended = (await guests.list()).filter(
      ({ power, cause }) => power === 'stopped' && cause === 'exited',
    );
    expect(ended.length).toBeGreaterThan(count / 10);
    expect(ended.length).toBeLessThan(count / 2);
  });

  test('makes some shutdowns slow; a hard stop cuts them short', async () => {
    const { clock, guests } = await created({ slowStop: 0.3, slowShutdown: [HOUR, HOUR] });
    clock.advance(HOUR);
    await Promise.all(
      handles(count).map((handle) => guests.stop(handle, { graceful: true, release: false })),
    );
    clock.advance(60_000);
    const slow = (await guests.list()).filter(({ power }) => power === 'stopping');
    expect(slow.length).toBeGreaterThan(count / 10);
    expect(slow.length).toBeLessThan(count / 2);
    await Promise.all(slow.map(({ handle }) => guests.stop(handle, { graceful: false, release: false })));
    clock.advance(1000);
    expect((await guests.list()).every(({ power }) => power === 'stopped')).toBe(true);
  });

  test('says how long things take', async () => {
    const { clock, guests } = open({ boot: [1000, 1000], ready: [500, 500], cut: [20, 20] });
    await guests.create('a', SPEC);
    const powerAfter = async (milliseconds: number): Promise<unknown> => {
      clock.advance(milliseconds);
      const { power, ready } = (await guests.get('a')) as GuestState;
      return [power, ready];
    };
    expect(await powerAfter(999)).toEqual(['starting', false]);
    expect(await powerAfter(1)).toEqual(['running', false]);
    expect(await powerAfter(499)).toEqual(['running', false]);
    expect(await powerAfter(1)).toEqual(['running', true]);
    await guests.stop('a', { graceful: false, release: false });
    expect(await powerAfter(19)).toEqual(['stopping', false]);
    expect(await powerAfter(1)).toEqual(['stopped', false]);
  });
});

describe('a turn that is taken on while another is under way', () => {
  const restart = (generation: number, newHost = false) => ({
    generation,
    spec: SPEC,
    newHost,
    graceful: true,
  });

  async function running() {
    const { clock, guests } = open();
    await guests.create('a', { ...SPEC, dataDisks: [{ id: 'disk0', lun: 0, sizeGiB: 1 }] });
    clock.advance(HOUR);
    await guests.exec('a', 'key', command('echo on the OS disk'));
    clock.advance(HOUR);
    return { clock, guests };
  }

  test('does not undo a fresh OS disk', async () => {
    const { clock, guests } = await running();
    await guests.reimage('a', { generation: 1, spec: SPEC, dataDisks: 'keep' });
    await guests.restart('a', restart(2));
    expect(await guests.execution('a', 'key')).toBeDefined();
    clock.advance(HOUR);
    expect(await guests.get('a')).toMatchObject({ ready: true, generation: 2 });
    expect(await guests.execution('a', 'key')).toBeUndefined();
  });

  test('does not undo a move to another host', async () => {
    const { clock, guests } = await running();
    const before = await guests.get('a');
    await guests.restart('a', restart(1, true));
    await guests.restart('a', restart(2));
    clock.advance(HOUR);
    const after = await guests.get('a');
    expect(after).toMatchObject({ ready: true, generation: 2 });
    expect(after?.address?.host).not.toBe(before?.address?.host);
  });

  test('is one boot with it', async () => {
    const { clock, guests } = await running();
    await guests.restart('a', restart(1));
    await guests.restart('a', restart(2));
    clock.advance(HOUR);
    expect((await guests.consoleLog('a')).match(/Booting/g)).toHaveLength(2);
  });
});

describe('a command', () => {
  async function ran(script: string, timeoutMs?: number) {
    const { clock, guests } = open({ command: [0, 0] });
    await guests.create('a', { ...SPEC, dataDisks: [{ id: 'disk2', lun: 2, sizeGiB: 1 }] });
    clock.advance(HOUR);
    await guests.exec('a', 'key', command(script, timeoutMs));
    clock.advance(HOUR);
    const {
      startedAt,
      endedAt = Number.NaN,
      ...rest
    } = (await guests.execution('a', 'key')) ?? { startedAt: 0 };
    return { took: endedAt - startedAt, ...rest };
  }

  test.for<[string, object]>([
    ['echo a; sleep 2.5; echo b', { took: 2500, state: 'exited', exitCode: 0, stdout: 'a\nb\n', stderr: '' }],
    ['write /f x; cat /f', { took: 0, state: 'exited', exitCode: 0, stdout: 'x', stderr: '' }],
    ['cat /f', { exitCode: 1, stdout: '', stderr: 'cat: /f: No such file or directory\n' }],
    ['cat /f; echo after', { exitCode: 0, stdout: 'after\n' }],
    ['cat /f; exit', { exitCode: 1 }],
    ['write /mnt/data/lun2/f x; cat /mnt/data/lun2/f', { exitCode: 0, stdout: 'x' }],
    [
      'write /mnt/data/lun1/f x',
      { exitCode: 1, stderr: 'write: /mnt/data/lun1/f: No such file or directory\n' },
    ],
    ['fail out of order; echo never', { exitCode: 1, stdout: '', stderr: 'out of order\n' }],
    ['exit 4; echo never', { exitCode: 4, stdout: '' }],
    ['crash; echo never', { state: 'canceled', stdout: '' }],
  ])('%j does what the language says', async ([script, expected]) => {
    expect(await ran(script)).toMatchObject(expected);
  });

  test('ends at its time limit, between its steps', async () => {
    const ended = await ran('echo a; sleep 1; echo b; sleep 1; echo c', 1500);
    expect(ended).toEqual({ took: 1500, state: 'timedOut', stdout: 'a\nb\n', stderr: '' });
  });
});

describe('guests that were there before', () => {
  const seen = (handle: string, state: Partial<GuestState>): GuestState => ({
    handle,
    power: 'running',
    ready: true,
    generation: 3,
    address: { host: '10.0.0.4', port: 22 },
    bootedAt: START - HOUR,
    ...state,
  });

  test('are as they were seen', async () => {
    const before = [
      seen('running', {}),
      seen('stopped', {
        power: 'stopped',
        ready: false,
        cause: 'asked',
        address: { host: '10.0.0.5', port: 22 },
      }),
      seen('exited', {
        power: 'stopped',
        ready: false,
        cause: 'exited',
        address: { host: '10.0.0.6', port: 22 },
      }),
    ];
    const { guests } = open({}, { guests: before });
    expect(await guests.list()).toEqual(before);
    await guests.create('new', SPEC);
    expect((await guests.get('new'))?.address?.host).toBe('10.0.0.7');
  });

  test('go on from where they were', async () => {
    const { clock, guests } = open(
      {},
      {
        guests: [
          seen('starting', { power: 'starting', ready: false }),
          seen('not ready', { ready: false }),
          seen('stopping', { power: 'stopping', ready: false }),
          { handle: 'deallocated', power: 'deallocated', ready: false, generation: 3 },
        ],
      },
    );
    clock.advance(HOUR);
    const powers = (await guests.list()).map(({ handle, power, ready }) => [handle, power, ready]);
    expect(powers).toEqual([
      ['starting', 'running', true],
      ['not ready', 'running', true],
      ['stopping', 'stopped', false],
      ['deallocated', 'deallocated', false],
    ]);
  });

  test('obey the next generation, and no earlier one', async () => {
    const { clock, guests } = open({}, { guests: [seen('a', {})] });
    const options = { spec: SPEC, newHost: false, graceful: false } as const;
    await guests.restart('a', { ...options, generation: 3 });
    expect((await guests.get('a'))?.power).toBe('running');
    await guests.restart('a', { ...options, generation: 4 });
    clock.advance(HOUR);
    expect(await guests.get('a')).toMatchObject({ power: 'running', ready: true, generation: 4 });
  });
});

describe('ten thousand guests', () => {
  test('need one timer while they boot, and none once they run', async () => {
    const { clock, guests } = open();
    await Promise.all(handles(10_000).map((handle) => guests.create(handle, named(handle))));
    expect(clock.pending()).toBe(1);
    clock.advance(HOUR);
    expect(clock.pending()).toBe(0);
    expect((await guests.list()).every(({ ready }) => ready)).toBe(true);
  });
});

describe('listeners', () => {
  test('may call verbs themselves', async () => {
    const { clock, guests } = open();
    const restartOnce = async (handle: GuestHandle): Promise<void> => {
      const state = await guests.get(handle);
      if (!state?.ready || state.generation > 0) return;
      await guests.restart(handle, { generation: 1, spec: SPEC, newHost: true, graceful: false });
    };
    guests.watch((handle) => void restartOnce(handle));
    await guests.create('a', SPEC);
    for (let left = 20; left > 0 && clock.runNext(); left -= 1) await turn();
    expect(await guests.get('a')).toMatchObject({ ready: true, generation: 1 });
  });

  test('are called once for each guest, however often it changed in one go', async () => {
    const { clock, guests } = open();
    await Promise.all(handles(3).map((handle) => guests.create(handle, named(handle))));
    await Promise.resolve();
    const called: GuestHandle[] = [];
    guests.watch((handle) => called.push(handle));
    clock.advance(HOUR);
    await Promise.resolve();
    expect(called.toSorted()).toEqual(handles(3));
  });
});

test('guests of the same names do the same, whatever their handles are', async () => {
  const boots = async (prefix: string): Promise<readonly number[]> => {
    const clock = manualClock();
    const guests = openSimulatedGuests({ clock, seed: 7 });
    const members = Array.from({ length: 20 }, (_, id) => `${prefix}_${id}`);
    await Promise.all(members.map((handle, id) => guests.create(handle, { ...SPEC, name: `web_${id}` })));
    const ready = new Map<number, number>();
    const started = clock.now();
    while (ready.size < members.length && clock.runNext()) {
      for (const [id, handle] of members.entries()) {
        if (!ready.has(id) && (await guests.get(handle))?.ready) ready.set(id, clock.now() - started);
      }
    }
    await guests.close();
    return members.map((_, id) => ready.get(id) ?? 0);
  };
  const first = await boots('one');
  expect(first.filter((time) => time > 0)).toHaveLength(20);
  expect(await boots('other')).toEqual(first);
});
