// What every guest of this driver shares: the machine below it and the driver's own settings.

import type { Clock, Ids } from '../../app/ports/clock.ts';
import type { GuestHandle } from '../../domain/guest.ts';
import type { Addresses } from './address.ts';
import type { ImageDirectories } from './images.ts';
import type { ProcessTable } from './process-table.ts';
import type { Isolation } from './record.ts';

export interface Host {
  /** Holds one directory for each guest. */
  readonly directory: string;
  readonly images: ImageDirectories;
  readonly nodePath: string;
  /** What new boots get; one that was begun before keeps what it has. */
  readonly isolation: Isolation;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly table: ProcessTable;
  readonly addresses: Addresses;
  /** Whether a guest other than this one has the data disk, as its record says. */
  readonly isElsewhere: (disk: string, than: GuestHandle) => boolean;
  /** Makes every guest other than this one let go of the data disk. Rejects while one still has it: then it is to be asked again. */
  readonly takeBack: (disk: string, than: GuestHandle | undefined) => Promise<void>;
  /** Something about this guest may have changed. */
  readonly changed: (handle: GuestHandle) => void;
}
