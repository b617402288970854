// The guest contract, on data disks that move: what is on one goes with it, it is in one guest at most, and it is gone only
// when it is deleted.

import { describe, expect, test } from 'vitest';

import type { GuestDisk, GuestSpec } from '../../src/domain/guest.ts';
import { HARD, ONE, type OpenBench, SPEC, TWO } from './guests-bench.ts';
import type { GuestsHarness } from './guests-harness.ts';

const DISK: GuestDisk = { id: 'a-disk', lun: 0, sizeGiB: 1 };
const OTHER: GuestDisk = { id: 'another', lun: 1, sizeGiB: 1 };

const having = (...dataDisks: readonly GuestDisk[]): GuestSpec => ({ ...SPEC, dataDisks });

export function describeDataDisks(bench: OpenBench): void {
  const open = async (skip: (note: string) => never) => {
    const b = await bench();
    const disks: NonNullable<GuestsHarness['dataDisks']> =
      b.harness.dataDisks ?? skip('the data disks of this driver hold nothing');
    return { b, disks };
  };

  describe('a data disk', () => {
    test('that is detached from one guest and attached to another, at another lun, has its content there', async ({
      skip,
    }) => {
      const { b, disks } = await open(skip);
      await b.created(ONE, having(DISK, OTHER));
      await b.created(TWO, SPEC);
      await disks.write(ONE, 0, 'moved');
      await disks.write(ONE, 1, 'stays');
      await b.guests.reconfigure(ONE, { generation: 1, spec: having(OTHER) });
      await b.ready(ONE, 1);
      await b.guests.reconfigure(TWO, { generation: 1, spec: having({ ...DISK, lun: 5 }) });
      await b.ready(TWO, 1);
      await b.harness.until(async () => (await disks.read(TWO, 5)) === 'moved');
      expect(await disks.read(ONE, 0)).toBeUndefined();
      expect(await disks.read(ONE, 1)).toBe('stays');
      expect(await b.guests.disks()).toEqual([]);
    });

    test('is the last guest’s that it was given to, also when none was told to let go of it', async ({
      skip,
    }) => {
      const { b, disks } = await open(skip);
      await b.created(ONE, having(DISK));
      await b.created(TWO, SPEC);
      await disks.write(ONE, 0, 'taken');
      // A driver may have to ask the other guest first, and says that it is to be tried again.
      await b.guests.reconfigure(TWO, { generation: 1, spec: having(DISK) }).catch(() => undefined);
      await b.harness.until(async () => (await disks.read(TWO, 0)) === 'taken');
      expect(await disks.read(ONE, 0)).toBeUndefined();
      await b.guests.restart(ONE, { generation: 1, spec: SPEC, newHost: false, graceful: false });
      await b.ready(ONE, 1);
      expect(await disks.read(ONE, 0)).toBeUndefined();
      expect(await disks.read(TWO, 0)).toBe('taken');
    });

    test('two of which change places between two guests', async ({ skip }) => {
      const { b, disks } = await open(skip);
      await b.created(ONE, having(DISK));
      await b.created(TWO, having(OTHER));
      await disks.write(ONE, 0, 'from one');
      await disks.write(TWO, 1, 'from two');
      const changes = [
        b.guests.reconfigure(ONE, { generation: 1, spec: having(OTHER) }),
        b.guests.reconfigure(TWO, { generation: 1, spec: having(DISK) }),
      ];
      await Promise.allSettled(changes);
      await b.harness.until(
        async () => (await disks.read(TWO, 0)) === 'from one' && (await disks.read(ONE, 1)) === 'from two',
      );
      expect(await disks.read(ONE, 0)).toBeUndefined();
      expect(await disks.read(TWO, 1)).toBeUndefined();
    });

    test('outlives its guest, and the driver', async ({ skip }) => {
      const { b, disks } = await open(skip);
      await b.created(ONE, having(DISK));
      await disks.write(ONE, 0, 'left');
      await b.guests.delete(ONE);
      await b.gone(ONE);
      expect(await b.guests.disks()).toEqual([DISK.id]);
      await b.harness.reopen();
      expect(await b.guests.disks()).toEqual([DISK.id]);
      await b.created(TWO, having(DISK));
      expect(await disks.read(TWO, 0)).toBe('left');
    });

    test('that was attached is kept by a reimage that makes the others fresh', async ({ skip }) => {
      const { b, disks } = await open(skip);
      const spec = having(OTHER, { ...DISK, attached: true });
      await b.created(ONE, spec);
      await disks.write(ONE, 0, 'kept');
      await disks.write(ONE, 1, 'lost');
      await b.guests.reimage(ONE, { generation: 1, spec, dataDisks: 'fresh' });
      await b.ready(ONE, 1);
      expect(await disks.read(ONE, 0)).toBe('kept');
      expect(await disks.read(ONE, 1)).toBeUndefined();
    });

    test('of a stopped guest is let go of at once', async ({ skip }) => {
      const { b, disks } = await open(skip);
      await b.created(ONE, having(DISK));
      await disks.write(ONE, 0, 'left');
      await b.guests.stop(ONE, HARD);
      await b.power(ONE, 'stopped');
      await b.guests.reconfigure(ONE, { generation: 1, spec: SPEC });
      expect(await b.guests.disks()).toEqual([DISK.id]);
      await b.created(TWO, having(DISK));
      expect(await disks.read(TWO, 0)).toBe('left');
    });

    test('that is deleted is gone, whoever has it, and a new one of that id is empty', async ({ skip }) => {
      const { b, disks } = await open(skip);
      await b.created(ONE, having(DISK));
      await b.created(TWO, having(OTHER));
      await disks.write(ONE, 0, 'gone');
      await disks.write(TWO, 1, 'gone');
      await b.guests.reconfigure(ONE, { generation: 1, spec: SPEC });
      await b.ready(ONE, 1);
      await b.guests.deleteDisk(DISK.id);
      await b.guests.deleteDisk(DISK.id);
      await b.harness.until(() =>
        b.guests.deleteDisk(OTHER.id).then(
          () => true,
          () => false,
        ),
      );
      expect(await b.guests.disks()).toEqual([]);
      expect(await disks.read(TWO, 1)).toBeUndefined();
      await b.guests.reconfigure(ONE, { generation: 2, spec: having(DISK) });
      await b.ready(ONE, 2);
      expect(await disks.read(ONE, 0)).toBeUndefined();
    });

    test('that never was anywhere is no disk to delete', async () => {
      const b = await bench();
      await b.guests.deleteDisk('never');
      expect(await b.guests.disks()).toEqual([]);
    });
  });
}
