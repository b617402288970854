// The guest contract, on disks: what reimage, reconfigure and delete leave of them.

import { describe, expect, test } from 'vitest';

import type { GuestSpec } from '../../src/domain/guest.ts';
import {
  expectInOrder,
  expectRefused,
  HARD,
  ONE,
  type OpenBench,
  SPEC,
  TWO,
  UNKNOWN,
} from './guests-bench.ts';

export function describeReimage(bench: OpenBench): void {
  const options = { generation: 1, spec: SPEC, dataDisks: 'keep' } as const;
  const withDisk: GuestSpec = { ...SPEC, dataDisks: [{ id: 'disk0', lun: 0, sizeGiB: 1 }] };

  describe('reimage', () => {
    test('gives a running guest a fresh OS disk and the same address', async () => {
      const b = await bench();
      const before = await b.created();
      await b.guests.exec(ONE, 'key', b.command({ stdout: 'left on the OS disk' }));
      await b.ended(ONE, 'key');
      const seen = b.record(ONE);
      await b.guests.reimage(ONE, options);
      const after = await b.ready(ONE, 1);
      expect(after.address).toEqual(before.address);
      expect(await b.guests.execution(ONE, 'key')).toBeUndefined();
      expectInOrder(seen, ['running', 'stopping', 'starting', 'running']);
    });

    test('is carried out once for each generation', async () => {
      const b = await bench();
      await b.created();
      await b.guests.reimage(ONE, options);
      await b.guests.reimage(ONE, options);
      await b.ready(ONE, 1);
      await b.guests.exec(ONE, 'key', b.command({ stdout: 'kept' }));
      await b.ended(ONE, 'key');
      await b.guests.reimage(ONE, options);
      expect((await b.guests.execution(ONE, 'key'))?.stdout).toBe('kept');
    });

    test('leaves a stopped guest stopped', async () => {
      const b = await bench();
      await b.created();
      await b.guests.exec(ONE, 'key', b.command({ stdout: 'left on the OS disk' }));
      await b.ended(ONE, 'key');
      await b.guests.stop(ONE, HARD);
      const before = await b.power(ONE, 'stopped');
      await b.guests.reimage(ONE, options);
      const after = await b.reach(ONE, (state) => state.generation === 1);
      expect(after).toEqual({ ...before, generation: 1 });
      expect(await b.guests.execution(ONE, 'key')).toBeUndefined();
    });

    test.for(['keep', 'fresh'] as const)('with data disks: %s', async (dataDisks, context) => {
      const b = await bench();
      const disks = b.harness.dataDisks;
      if (!disks) return context.skip('the data disks of this driver hold nothing');
      await b.created(ONE, withDisk);
      await disks.write(ONE, 0, 'note');
      expect(await disks.read(ONE, 0)).toBe('note');
      await b.guests.reimage(ONE, { ...options, spec: withDisk, dataDisks });
      await b.ready(ONE, 1);
      expect(await disks.read(ONE, 0)).toBe(dataDisks === 'keep' ? 'note' : undefined);
    });
  });
}

export function describeReconfigure(bench: OpenBench): void {
  describe('reconfigure', () => {
    test('takes over the spec without a restart', async () => {
      const b = await bench();
      const before = await b.created();
      await b.guests.reconfigure(ONE, {
        generation: 1,
        spec: { ...SPEC, dataDisks: [{ id: 'disk3', lun: 3, sizeGiB: 4 }] },
      });
      expect(await b.ready(ONE, 1)).toEqual({ ...before, generation: 1 });
    });

    test('of a stopped guest leaves it stopped', async () => {
      const b = await bench();
      const before = await b.stopped();
      await b.guests.reconfigure(ONE, { generation: 1, spec: SPEC });
      expect(await b.reach(ONE, (state) => state.generation === 1)).toEqual({ ...before, generation: 1 });
    });

    test('attaches a data disk to a running guest, which has it again with its content after a detach', async (context) => {
      const b = await bench();
      const disks = b.harness.dataDisks;
      if (!disks) return context.skip('the data disks of this driver hold nothing');
      await b.created();
      const attached: GuestSpec = { ...SPEC, dataDisks: [{ id: 'disk3', lun: 3, sizeGiB: 4 }] };
      await b.guests.reconfigure(ONE, { generation: 1, spec: attached });
      await b.ready(ONE, 1);
      await disks.write(ONE, 3, 'note');
      expect(await disks.read(ONE, 3)).toBe('note');
      await b.guests.reconfigure(ONE, { generation: 2, spec: SPEC });
      await b.ready(ONE, 2);
      expect(await disks.read(ONE, 3)).toBeUndefined();
      expect(await b.guests.disks()).toEqual(['disk3']);
      await b.guests.reconfigure(ONE, { generation: 3, spec: attached });
      await b.ready(ONE, 3);
      expect(await disks.read(ONE, 3)).toBe('note');
      expect(await b.guests.disks()).toEqual([]);
    });
  });
}

export function describeDeletion(bench: OpenBench): void {
  describe('delete', () => {
    test('removes a running guest', async () => {
      const b = await bench();
      await b.created();
      await b.created(TWO);
      await b.guests.delete(ONE);
      await b.gone(ONE);
      expect((await b.guests.list()).map((state) => state.handle)).toEqual([TWO]);
      await expectRefused(b.guests.consoleLog(ONE), 'notFound');
    });

    test('removes a stopped guest and one that was just made', async () => {
      const b = await bench();
      await b.stopped();
      await b.guests.create(TWO, SPEC);
      await Promise.all([b.guests.delete(ONE), b.guests.delete(TWO)]);
      await b.gone(ONE);
      await b.gone(TWO);
      expect(await b.guests.list()).toEqual([]);
    });

    test('of an unknown guest is nothing to do, and twice is as once', async () => {
      const b = await bench();
      await b.guests.delete(UNKNOWN);
      await b.created();
      await Promise.all([b.guests.delete(ONE), b.guests.delete(ONE)]);
      await b.gone(ONE);
      await b.guests.delete(ONE);
      expect(await b.guests.get(ONE)).toBeUndefined();
    });

    test('makes room for a guest of the same name', async () => {
      const b = await bench();
      await b.created();
      await b.guests.exec(ONE, 'key', b.command({}));
      await b.ended(ONE, 'key');
      await b.guests.delete(ONE);
      await b.gone(ONE);
      await b.created();
      expect(await b.guests.execution(ONE, 'key')).toBeUndefined();
    });
  });
}
