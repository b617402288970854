// The guest contract, on lifetime: guests that are made, that nobody knows, and that outlive the plane.

import { describe, expect, test } from 'vitest';

import type { GuestHandle } from '../../src/domain/guest.ts';
import {
  expectInOrder,
  expectRefused,
  GRACEFUL,
  HARD,
  ONE,
  type OpenBench,
  SPEC,
  TWO,
  UNKNOWN,
} from './guests-bench.ts';

export function describeCreation(bench: OpenBench): void {
  describe('create', () => {
    test('makes a guest that starts, runs and becomes ready', async () => {
      const b = await bench();
      const began = b.harness.now();
      await b.guests.create(ONE, SPEC);
      expect(['starting', 'running']).toContain((await b.state(ONE)).power);
      const ready = await b.ready(ONE);
      expect(ready).toMatchObject({ handle: ONE, power: 'running', ready: true, generation: 0 });
      expect(ready.cause).toBeUndefined();
      expect(ready.address?.port).toBeGreaterThan(0);
      expect(ready.bootedAt).toBeGreaterThanOrEqual(began);
      expect(ready.bootedAt).toBeLessThanOrEqual(b.harness.now());
    });

    test('passes through starting and running in that order', async () => {
      const b = await bench();
      const seen = b.record(ONE);
      await b.created();
      expectInOrder(seen, ['starting', 'running']);
    });

    test('leaves a guest that exists already as it is', async () => {
      const b = await bench();
      const before = await b.created();
      await b.guests.create(ONE, { ...SPEC, computerName: 'other' });
      expect(await b.state(ONE)).toEqual(before);
    });

    test('does not start a guest again that was stopped', async () => {
      const b = await bench();
      const before = await b.stopped();
      await b.guests.create(ONE, SPEC);
      expect(await b.state(ONE)).toEqual(before);
    });

    test('called twice at once makes one guest', async () => {
      const b = await bench();
      await Promise.all([b.guests.create(ONE, SPEC), b.guests.create(ONE, SPEC)]);
      await b.ready(ONE);
      expect(await b.guests.list()).toHaveLength(1);
    });

    test('gives every guest an address of its own', async () => {
      const b = await bench();
      await Promise.all([b.guests.create(ONE, SPEC), b.guests.create(TWO, SPEC)]);
      const [one, two] = [await b.ready(ONE), await b.ready(TWO)];
      expect(one.address).not.toEqual(two.address);
    });

    test('writes what happens to the serial console', async () => {
      const b = await bench();
      await b.stopped();
      expect(await b.guests.consoleLog(ONE)).not.toBe('');
    });
  });
}

export function describeUnknown(bench: OpenBench): void {
  describe('a guest nobody knows', () => {
    test('has no state, no executions, and is not listed', async () => {
      const b = await bench();
      expect(await b.guests.get(UNKNOWN)).toBeUndefined();
      expect(await b.guests.list()).toEqual([]);
      expect(await b.guests.execution(UNKNOWN, 'key')).toBeUndefined();
      await b.guests.cancel(UNKNOWN, 'key');
    });

    test('is not found by any verb but delete', async () => {
      const b = await bench();
      await expectRefused(b.guests.start(UNKNOWN), 'notFound');
      await expectRefused(b.guests.stop(UNKNOWN, HARD), 'notFound');
      await expectRefused(
        b.guests.restart(UNKNOWN, { generation: 1, spec: SPEC, newHost: false, graceful: true }),
        'notFound',
      );
      await expectRefused(
        b.guests.reimage(UNKNOWN, { generation: 1, spec: SPEC, dataDisks: 'keep' }),
        'notFound',
      );
      await expectRefused(b.guests.reconfigure(UNKNOWN, { generation: 1, spec: SPEC }), 'notFound');
      await expectRefused(b.guests.exec(UNKNOWN, 'key', b.command({})), 'notFound');
      await expectRefused(b.guests.consoleLog(UNKNOWN), 'notFound');
      expect(await b.guests.list()).toEqual([]);
    });
  });
}

export function describeLifetime(bench: OpenBench): void {
  describe('the plane and its guests', () => {
    test('a guest outlives the plane and is adopted as it is', async () => {
      const b = await bench();
      const before = await b.created();
      await b.stopped(TWO);
      await b.harness.reopen();
      expect(await b.state(ONE)).toEqual(before);
      expect(await b.state(TWO)).toMatchObject({ power: 'stopped', cause: 'asked' });
      expect(await b.guests.list()).toHaveLength(2);
    });

    test('an adopted guest obeys every verb', async () => {
      const b = await bench();
      await b.created();
      await b.harness.reopen();
      await b.guests.exec(ONE, 'key', b.command({ stdout: 'adopted' }));
      expect((await b.ended(ONE, 'key')).stdout).toBe('adopted');
      await b.guests.restart(ONE, { generation: 1, spec: SPEC, newHost: false, graceful: true });
      await b.ready(ONE, 1);
      await b.harness.reopen();
      await b.guests.stop(ONE, GRACEFUL);
      await b.power(ONE, 'stopped');
      await b.guests.delete(ONE);
      await b.gone(ONE);
    });

    test('an adopted guest that ends by itself is seen', async () => {
      const b = await bench();
      await b.created();
      await b.harness.reopen();
      await b.harness.crash(ONE);
      expect((await b.power(ONE, 'stopped')).cause).toBe('exited');
    });

    test('a command goes on while the plane is away, and its result is there afterwards', async () => {
      const b = await bench();
      await b.created();
      await b.guests.exec(ONE, 'long', b.command({ hangs: true }));
      await b.guests.exec(ONE, 'short', b.command({ stdout: 'done', exitCode: 4 }));
      await b.harness.reopen();
      expect(await b.ended(ONE, 'short')).toMatchObject({ state: 'exited', exitCode: 4, stdout: 'done' });
      expect((await b.guests.execution(ONE, 'long'))?.state).toBe('running');
      await b.guests.exec(ONE, 'short', b.command({ stdout: 'again' }));
      expect((await b.guests.execution(ONE, 'short'))?.stdout).toBe('done');
    });

    test('powerOffAll stops what runs because of the host, and leaves the rest as it was', async () => {
      const b = await bench();
      await b.created();
      await b.stopped(TWO);
      await b.guests.powerOffAll();
      expect(await b.state(ONE)).toMatchObject({ power: 'stopped', cause: 'host', ready: false });
      expect(await b.state(TWO)).toMatchObject({ power: 'stopped', cause: 'asked' });
      await b.guests.start(ONE);
      expect((await b.ready(ONE)).cause).toBeUndefined();
    });

    test('a listener that was taken away is not called any more', async () => {
      const b = await bench();
      const called: GuestHandle[] = [];
      const stop = b.guests.watch((handle) => {
        called.push(handle);
      });
      await b.created();
      expect(new Set(called)).toEqual(new Set([ONE]));
      stop();
      const before = called.length;
      await b.stopped(TWO);
      expect(called).toHaveLength(before);
    });
  });
}
