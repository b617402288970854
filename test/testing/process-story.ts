// The life of one guest, verb by verb, for tests that cut a plane off in the middle of it. Each step may be begun again
// from its start by another plane, and is over when its condition holds.
import type { Guests } from '../../src/app/ports/guests.ts';
import type { GuestSpec } from '../../src/domain/guest.ts';

export interface Step {
  readonly name: string;
  readonly begin: (guests: Guests, handle: string) => Promise<void>;
  readonly isOver: (guests: Guests, handle: string) => Promise<boolean>;
}

const DISK = { id: 'disk0', lun: 0, sizeGiB: 1 };

const SPEC: GuestSpec = {
  name: 'web_0',
  computerName: 'web000000',
  image: 'base',
  size: 'Standard_B1s',
  customData: Buffer.from('#!/bin/sh\n:\n').toString('base64'),
  dataDisks: [DISK],
};

/** Prints how often it ran before. */
const COUNT = 'cd "$MUSTER_ROOT/root"; touch runs; wc -l <runs; echo >>runs';

/** Ready, and what was taken on is done. */
const isReady =
  (generation: number): Step['isOver'] =>
  async (guests, handle) => {
    const state = await guests.get(handle);
    return state?.ready === true && state.generation === generation;
  };

const isPower =
  (power: string): Step['isOver'] =>
  async (guests, handle) =>
    (await guests.get(handle))?.power === power;

/** Over when it has printed what was written on the data disk. */
function printing(name: string, script: string): Step {
  return {
    name,
    begin: (guests, handle) => guests.exec(handle, name, { script, parameters: [], timeoutMs: 60_000 }),
    isOver: async (guests, handle) => {
      const execution = await guests.execution(handle, name);
      if (execution?.state !== 'exited') return false;
      if (execution.stdout === 'kept\n') return true;
      throw new Error(`'${name}' found '${execution.stdout}' on the data disk: ${execution.stderr}`);
    },
  };
}

export const story: readonly Step[] = [
  { name: 'create', begin: (guests, handle) => guests.create(handle, SPEC), isOver: isReady(0) },
  {
    name: 'exec',
    begin: (guests, handle) =>
      guests.exec(handle, 'key', { script: COUNT, parameters: [], timeoutMs: 60_000 }),
    isOver: async (guests, handle) => (await guests.execution(handle, 'key'))?.state === 'exited',
  },
  {
    name: 'restart',
    begin: (guests, handle) =>
      guests.restart(handle, { generation: 1, spec: SPEC, newHost: true, graceful: true }),
    isOver: isReady(1),
  },
  {
    name: 'reimage',
    begin: (guests, handle) => guests.reimage(handle, { generation: 2, spec: SPEC, dataDisks: 'fresh' }),
    isOver: isReady(2),
  },
  printing('write', 'echo kept | tee "$MUSTER_DATA/lun0/note"'),
  {
    name: 'reconfigure',
    begin: (guests, handle) =>
      guests.reconfigure(handle, { generation: 3, spec: { ...SPEC, dataDisks: [] } }),
    isOver: isReady(3),
  },
  {
    name: 'attach',
    begin: (guests, handle) =>
      guests.reconfigure(handle, { generation: 4, spec: { ...SPEC, dataDisks: [{ ...DISK, lun: 1 }] } }),
    isOver: isReady(4),
  },
  printing('read', 'cat "$MUSTER_DATA/lun1/note"'),
  {
    name: 'deallocate',
    begin: (guests, handle) => guests.stop(handle, { graceful: false, release: true }),
    isOver: isPower('deallocated'),
  },
  { name: 'start', begin: (guests, handle) => guests.start(handle), isOver: isReady(4) },
  {
    name: 'delete',
    begin: (guests, handle) => guests.delete(handle),
    isOver: async (guests, handle) => {
      if ((await guests.get(handle)) !== undefined) return false;
      if ((await guests.disks()).includes(DISK.id)) return true;
      throw new Error('the data disk went with its guest');
    },
  },
  {
    name: 'delete the disk',
    begin: (guests) => guests.deleteDisk(DISK.id),
    isOver: async (guests) => (await guests.disks()).length === 0,
  },
];
