// What of its spec a simulated guest remembers: ten thousand of them keep no more than they need.

import type { GuestSpec } from '../../domain/guest.ts';

export interface MadeFrom {
  /** Of its data disks. */
  readonly luns: readonly number[];
  /** Of the image that its OS disk is laid from. */
  readonly imageVersion?: string;
}

const NO_LUNS: readonly number[] = [];

export function madeFrom({ dataDisks, imageVersion }: GuestSpec): MadeFrom {
  const luns = dataDisks.length === 0 ? NO_LUNS : dataDisks.map(({ lun }) => lun);
  return { luns, ...(imageVersion === undefined ? {} : { imageVersion }) };
}
