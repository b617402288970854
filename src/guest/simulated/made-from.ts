// What of its spec a simulated guest remembers: ten thousand of them keep no more than they need.

import type { GuestSpec } from '../../domain/guest.ts';
import type { AttachedDisk } from './disks.ts';

export interface MadeFrom {
  readonly disks: readonly AttachedDisk[];
  /** Of the image that its OS disk is laid from. */
  readonly imageVersion?: string;
}

export const NO_DISKS: readonly AttachedDisk[] = [];

export function madeFrom({ dataDisks, imageVersion }: GuestSpec): MadeFrom {
  const disks = dataDisks.length === 0 ? NO_DISKS : dataDisks.map(({ sizeGiB: _size, ...disk }) => disk);
  return { disks, ...(imageVersion === undefined ? {} : { imageVersion }) };
}
