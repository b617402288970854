// The guest contract, on commands: how one runs, what is kept of it, and what ends it.

import { describe, expect, test } from 'vitest';

import { type Bench, expectRefused, HARD, ONE, type OpenBench, SPEC } from './guests-bench.ts';

export function describeExecution(bench: OpenBench): void {
  describe('exec', () => {
    test('runs a command and keeps its output and exit code', async () => {
      const b = await bench();
      await b.created();
      const began = b.harness.now();
      await b.guests.exec(ONE, 'key', b.command({ stdout: 'out\n', stderr: 'err\n', exitCode: 3 }));
      const ended = await b.ended(ONE, 'key');
      expect(ended).toMatchObject({ state: 'exited', exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
      expect(ended.startedAt).toBeGreaterThanOrEqual(began);
      expect(ended.endedAt).toBeGreaterThanOrEqual(ended.startedAt);
    });

    test('answers nothing for a key it does not know', async () => {
      const b = await bench();
      await b.created();
      expect(await b.guests.execution(ONE, 'key')).toBeUndefined();
    });

    test('is running until it has ended', async () => {
      const b = await bench();
      await b.created();
      await b.guests.exec(ONE, 'key', b.command({ hangs: true }));
      const running = await b.guests.execution(ONE, 'key');
      expect(running).toMatchObject({ state: 'running' });
      expect(running).not.toHaveProperty('exitCode');
      expect(running).not.toHaveProperty('endedAt');
    });

    test('runs a key once', async () => {
      const b = await bench();
      await b.created();
      await Promise.all([
        b.guests.exec(ONE, 'key', b.command({ stdout: 'first' })),
        b.guests.exec(ONE, 'key', b.command({ stdout: 'second' })),
      ]);
      const ended = await b.ended(ONE, 'key');
      await b.guests.exec(ONE, 'key', b.command({ stdout: 'third' }));
      expect(ended.stdout).toBe('first');
      expect(await b.guests.execution(ONE, 'key')).toEqual(ended);
    });

    test('keeps several commands apart', async () => {
      const b = await bench();
      await b.created();
      await b.guests.exec(ONE, 'a', b.command({ stdout: 'a' }));
      await b.guests.exec(ONE, 'b', b.command({ stdout: 'b', exitCode: 1 }));
      expect(await b.ended(ONE, 'a')).toMatchObject({ stdout: 'a', exitCode: 0 });
      expect(await b.ended(ONE, 'b')).toMatchObject({ stdout: 'b', exitCode: 1 });
    });

    test('keeps the last 4,096 bytes of each stream, cut at a whole character', async () => {
      const b = await bench();
      await b.created();
      // 2 + 3n bytes: a cut at 4,096 bytes from the end would fall inside a character.
      const long = `${'€'.repeat(2000)}ab`;
      await b.guests.exec(ONE, 'key', b.command({ stdout: long, stderr: 'x'.repeat(5000) }));
      const ended = await b.ended(ONE, 'key');
      expect(ended.stdout).toBe(`${'€'.repeat(Math.floor((4096 - 2) / 3))}ab`);
      expect(ended.stderr).toBe('x'.repeat(4096));
    });

    test('is refused while the guest is not running', async () => {
      const b = await bench();
      await b.stopped();
      await expectRefused(b.guests.exec(ONE, 'key', b.command({})), 'transient');
      expect(await b.guests.execution(ONE, 'key')).toBeUndefined();
    });
  });
}

export function describeEndOfExecution(bench: OpenBench): void {
  describe('the end of a command', () => {
    test('comes by its time limit', async () => {
      const b = await bench();
      await b.created();
      await b.guests.exec(ONE, 'key', b.command({ stdout: 'so far', hangs: true }, 500));
      const ended = await b.ended(ONE, 'key');
      expect(ended).toMatchObject({ state: 'timedOut', stdout: 'so far' });
      expect(ended.exitCode).toBeUndefined();
      expect(ended.endedAt).toBeGreaterThanOrEqual(ended.startedAt + 500);
    });

    test('comes by cancel, which forgets it when it has ended', async () => {
      const b = await bench();
      await b.created();
      await b.guests.exec(ONE, 'key', b.command({ hangs: true }));
      await b.guests.cancel(ONE, 'key');
      // Once more while it is being ended, and it shows no other end on the way.
      const seen = new Set<string>();
      await b.harness.until(async () => {
        await b.guests.cancel(ONE, 'key');
        const execution = await b.guests.execution(ONE, 'key');
        if (execution !== undefined) seen.add(execution.state);
        return execution === undefined;
      });
      expect(seen).not.toContain('exited');
      await b.guests.cancel(ONE, 'key');
      expect(await b.guests.execution(ONE, 'key')).toBeUndefined();
    });

    test('comes by a cancel that an earlier plane began', async () => {
      const b = await bench();
      await b.created();
      await b.guests.exec(ONE, 'key', b.command({ hangs: true }));
      await b.guests.cancel(ONE, 'key');
      await b.harness.reopen();
      await b.harness.until(async () => (await b.guests.execution(ONE, 'key')) === undefined);
    });

    test('comes by a power-off that overtakes a cancel, which forgets it', async () => {
      const b = await bench();
      await b.created();
      await b.guests.exec(ONE, 'key', b.command({ hangs: true }));
      await b.guests.cancel(ONE, 'key');
      await b.guests.stop(ONE, HARD);
      await b.power(ONE, 'stopped');
      await b.harness.until(async () => (await b.guests.execution(ONE, 'key')) === undefined);
    });

    test('cancel forgets a command that has ended', async () => {
      const b = await bench();
      await b.created();
      await b.guests.exec(ONE, 'key', b.command({}));
      await b.ended(ONE, 'key');
      await b.guests.cancel(ONE, 'key');
      await b.harness.until(async () => (await b.guests.execution(ONE, 'key')) === undefined);
    });

    test.for([
      ['power-off', async (b: Bench) => b.guests.stop(ONE, HARD)],
      [
        'restart',
        async (b: Bench) =>
          b.guests.restart(ONE, { generation: 1, spec: SPEC, newHost: false, graceful: false }),
      ],
      ['crash', async (b: Bench) => b.harness.crash(ONE)],
    ] as const)('comes by a %s, and its key stays used', async ([, end]) => {
      const b = await bench();
      await b.created();
      await b.guests.exec(ONE, 'key', b.command({ hangs: true }));
      await end(b);
      const ended = await b.ended(ONE, 'key');
      expect(ended).toMatchObject({ state: 'canceled' });
      expect(ended.exitCode).toBeUndefined();
    });

    test('a result outlives a restart', async () => {
      const b = await bench();
      await b.created();
      await b.guests.exec(ONE, 'key', b.command({ stdout: 'kept', exitCode: 7 }));
      const ended = await b.ended(ONE, 'key');
      await b.guests.restart(ONE, { generation: 1, spec: SPEC, newHost: false, graceful: false });
      await b.ready(ONE, 1);
      expect(await b.guests.execution(ONE, 'key')).toEqual(ended);
    });
  });
}
