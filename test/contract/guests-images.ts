// The guest contract, on images: an OS disk is laid from exactly the version that its spec says, and keeps it until the next
// one is laid, whatever is said meanwhile.

import { describe, expect, test } from 'vitest';

import type { GuestSpec } from '../../src/domain/guest.ts';
import { type Bench, DEALLOCATE, HARD, ONE, type OpenBench, SPEC, TWO } from './guests-bench.ts';

const FIRST: GuestSpec = { ...SPEC, imageVersion: '1.0.0' };
const SECOND: GuestSpec = { ...SPEC, imageVersion: '2.0.0' };

export function describeImages(bench: OpenBench): void {
  const published = async (): Promise<Bench> => {
    const b = await bench();
    await b.harness.images?.publish('base', '2.0.0', 'two');
    return b;
  };
  /** What the guest says of its disk, and what is on it where it holds anything. */
  const expectVersion = async (b: Bench, version: string): Promise<void> => {
    expect((await b.state(ONE)).imageVersion).toBe(version);
    if (b.harness.images === undefined) return;
    expect(await b.harness.images.read(ONE)).toBe(version === '2.0.0' ? 'two' : undefined);
  };

  describe('the version of an image', () => {
    test('is the one that the spec says when a guest is made, the first one when it says none', async () => {
      const b = await published();
      await b.created(ONE, SECOND);
      await expectVersion(b, '2.0.0');
      await b.created(TWO, SPEC);
      expect((await b.state(TWO)).imageVersion).toBe('1.0.0');
    });

    test.for(['keep', 'fresh'] as const)(
      'is another after a reimage to it (data disks: %s)',
      async (dataDisks) => {
        const b = await published();
        await b.created(ONE, FIRST);
        await expectVersion(b, '1.0.0');
        await b.guests.reimage(ONE, { generation: 1, spec: SECOND, dataDisks });
        await b.ready(ONE, 1);
        await expectVersion(b, '2.0.0');
        await b.guests.reimage(ONE, { generation: 2, spec: FIRST, dataDisks });
        await b.ready(ONE, 2);
        await expectVersion(b, '1.0.0');
      },
    );

    test('is not changed by a restart, a move or a reconfiguration, whatever their spec says', async () => {
      const b = await published();
      await b.created(ONE, FIRST);
      const verb = { spec: SECOND, graceful: false } as const;
      await b.guests.restart(ONE, { ...verb, generation: 1, newHost: false });
      await b.ready(ONE, 1);
      await b.guests.restart(ONE, { ...verb, generation: 2, newHost: true });
      await b.ready(ONE, 2);
      await b.guests.reconfigure(ONE, { generation: 3, spec: SECOND });
      await b.ready(ONE, 3);
      await expectVersion(b, '1.0.0');
    });

    test('is that of the reimage which a restart came right after', async () => {
      const b = await published();
      await b.created(ONE, FIRST);
      await b.guests.reimage(ONE, { generation: 1, spec: SECOND, dataDisks: 'keep' });
      await b.guests.restart(ONE, { generation: 2, spec: SECOND, newHost: false, graceful: false });
      await b.ready(ONE, 2);
      await expectVersion(b, '2.0.0');
    });

    test('of a guest that was reimaged while it was stopped is there when it starts', async () => {
      const b = await published();
      await b.stopped(ONE, FIRST);
      await b.guests.reimage(ONE, { generation: 1, spec: SECOND, dataDisks: 'keep' });
      await b.reach(ONE, (state) => state.power === 'stopped' && state.generation === 1);
      expect((await b.state(ONE)).imageVersion).toBe('2.0.0');
      await b.guests.start(ONE);
      await b.ready(ONE, 1);
      await expectVersion(b, '2.0.0');
    });

    test('outlives power off, deallocation and another driver on the same guests', async () => {
      const b = await published();
      await b.created(ONE, SECOND);
      await b.guests.stop(ONE, HARD);
      await b.power(ONE, 'stopped');
      await b.guests.stop(ONE, DEALLOCATE);
      await b.power(ONE, 'deallocated');
      await b.harness.reopen();
      await b.guests.start(ONE);
      await b.ready(ONE);
      await expectVersion(b, '2.0.0');
    });
  });
}
