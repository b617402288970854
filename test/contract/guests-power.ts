// The guest contract, on power: what start, stop and restart make of a guest.

import { describe, expect, test } from 'vitest';

import { DEALLOCATE, expectInOrder, GRACEFUL, HARD, ONE, type OpenBench, SPEC } from './guests-bench.ts';

export function describePower(bench: OpenBench): void {
  describe('start and stop', () => {
    test.for([
      ['a graceful stop', GRACEFUL],
      ['a hard stop', HARD],
    ] as const)('%s stops the guest, which keeps its address', async ([, options]) => {
      const b = await bench();
      const before = await b.created();
      const seen = b.record(ONE);
      await b.guests.stop(ONE, options);
      const stopped = await b.power(ONE, 'stopped');
      expect(stopped).toMatchObject({ ready: false, cause: 'asked', generation: 0 });
      expect(stopped.address).toEqual(before.address);
      expectInOrder(seen, ['running', 'stopping', 'stopped']);
    });

    test('stopping a stopped guest changes nothing', async () => {
      const b = await bench();
      const before = await b.stopped();
      await b.guests.stop(ONE, GRACEFUL);
      expect(await b.state(ONE)).toEqual(before);
    });

    test('a hard stop cuts a graceful one short', async () => {
      const b = await bench();
      await b.created();
      await b.guests.stop(ONE, GRACEFUL);
      await b.guests.stop(ONE, HARD);
      expect((await b.power(ONE, 'stopped')).cause).toBe('asked');
    });

    test('start brings a stopped guest back with the same address', async () => {
      const b = await bench();
      const before = await b.created();
      await b.guests.stop(ONE, HARD);
      await b.power(ONE, 'stopped');
      await b.guests.start(ONE);
      const again = await b.ready(ONE);
      expect(again.address).toEqual(before.address);
      expect(again.cause).toBeUndefined();
      expect(again.bootedAt).toBeGreaterThanOrEqual(before.bootedAt as number);
    });

    test('starting a running guest changes nothing', async () => {
      const b = await bench();
      const before = await b.created();
      await b.guests.start(ONE);
      expect(await b.state(ONE)).toEqual(before);
    });

    test('a start right after a stop ends in a running guest', async () => {
      const b = await bench();
      await b.created();
      await b.guests.stop(ONE, HARD);
      await b.guests.start(ONE);
      expect((await b.ready(ONE)).power).toBe('running');
    });

    test('a stop right after create ends in a stopped guest', async () => {
      const b = await bench();
      await b.guests.create(ONE, SPEC);
      await b.guests.stop(ONE, HARD);
      expect((await b.power(ONE, 'stopped')).cause).toBe('asked');
    });

    test('deallocate frees the address, and start gives one again', async () => {
      const b = await bench();
      await b.created();
      await b.guests.stop(ONE, DEALLOCATE);
      const freed = await b.power(ONE, 'deallocated');
      expect(freed.address).toBeUndefined();
      expect(freed.ready).toBe(false);
      await b.guests.start(ONE);
      expect((await b.ready(ONE)).address?.port).toBeGreaterThan(0);
    });

    test('a stopped guest can be deallocated, and a stop does not undo that', async () => {
      const b = await bench();
      await b.stopped();
      await b.guests.stop(ONE, DEALLOCATE);
      await b.power(ONE, 'deallocated');
      await b.guests.stop(ONE, HARD);
      expect((await b.state(ONE)).power).toBe('deallocated');
    });

    test('a guest that ends by itself is seen as exited, and can be started', async () => {
      const b = await bench();
      await b.created();
      await b.harness.crash(ONE);
      const stopped = await b.power(ONE, 'stopped');
      expect(stopped).toMatchObject({ cause: 'exited', ready: false });
      await b.guests.start(ONE);
      expect((await b.ready(ONE)).cause).toBeUndefined();
    });
  });
}

export function describeRestart(bench: OpenBench): void {
  const options = { generation: 1, spec: SPEC, newHost: false, graceful: true } as const;

  describe('restart', () => {
    test.for([true, false])(
      'boots the guest again on its disk and address (graceful: %s)',
      async (graceful) => {
        const b = await bench();
        const before = await b.created();
        const seen = b.record(ONE);
        await b.guests.restart(ONE, { ...options, graceful });
        const after = await b.ready(ONE, 1);
        expect(after.address).toEqual(before.address);
        expect(after.bootedAt).toBeGreaterThanOrEqual(before.bootedAt as number);
        expectInOrder(seen, ['running', 'stopping', 'starting', 'running']);
      },
    );

    test('is carried out once for each generation', async () => {
      const b = await bench();
      await b.created();
      await b.guests.restart(ONE, options);
      await b.guests.restart(ONE, options);
      const after = await b.ready(ONE, 1);
      await b.guests.restart(ONE, options);
      await b.guests.restart(ONE, { ...options, generation: 0 });
      expect(await b.state(ONE)).toEqual(after);
    });

    test('shows its generation once it was taken on, and is not ready before the guest has booted', async () => {
      const b = await bench();
      const before = await b.created();
      await b.guests.restart(ONE, options);
      expect(await b.state(ONE)).toMatchObject({ generation: 1, ready: false });
      const after = await b.ready(ONE, 1);
      expect(after.bootedAt).toBeGreaterThanOrEqual(before.bootedAt as number);
    });

    test('of a later generation replaces one that is under way', async () => {
      const b = await bench();
      await b.created();
      await b.guests.restart(ONE, options);
      await b.guests.restart(ONE, { ...options, generation: 2 });
      expect((await b.ready(ONE, 2)).power).toBe('running');
    });

    test('of a stopped guest is only marked', async () => {
      const b = await bench();
      const before = await b.stopped();
      await b.guests.restart(ONE, options);
      expect(await b.reach(ONE, (state) => state.generation === 1)).toEqual({ ...before, generation: 1 });
    });

    test('of a deallocated guest is only marked', async () => {
      const b = await bench();
      await b.created();
      await b.guests.stop(ONE, DEALLOCATE);
      await b.power(ONE, 'deallocated');
      await b.guests.restart(ONE, { ...options, newHost: true });
      expect(await b.reach(ONE, (state) => state.generation === 1)).toMatchObject({ power: 'deallocated' });
    });

    test('on a new host gives it an address there', async () => {
      const b = await bench();
      await b.created();
      await b.guests.restart(ONE, { ...options, newHost: true });
      expect((await b.ready(ONE, 1)).address?.port).toBeGreaterThan(0);
    });

    test('keeps the console, and adds to it', async () => {
      const b = await bench();
      // What a stopped guest has written is all there.
      await b.stopped();
      const before = await b.guests.consoleLog(ONE);
      await b.guests.start(ONE);
      await b.ready(ONE);
      await b.guests.restart(ONE, options);
      await b.ready(ONE, 1);
      await b.guests.stop(ONE, HARD);
      await b.power(ONE, 'stopped');
      const after = await b.guests.consoleLog(ONE);
      expect(after.startsWith(before)).toBe(true);
      expect(after.length).toBeGreaterThan(before.length);
    });

    test('then stop, while it is under way, ends in a stopped guest', async () => {
      const b = await bench();
      await b.created();
      await b.guests.restart(ONE, options);
      await b.guests.stop(ONE, HARD);
      expect((await b.power(ONE, 'stopped')).cause).toBe('asked');
    });
  });
}
