// Data disks: directories that move between guests. The disk at a lun of a guest is `data/lunN` in its directory; one that is
// kept for no guest is `.disks/ID` beside the guests.
// What must hold: a disk is in one of these places only, and moves by one rename. A guest's record says that it has the disk
// (`placed`) from before it comes until after it has gone, so whoever was interrupted finds it again.

import { existsSync, promises as fs } from 'node:fs';
import { join } from 'node:path';

import type { GuestDisk } from '../../domain/guest.ts';
import { namesIn, PRIVATE_DIRECTORY, removeTree } from './files.ts';

/** A disk that a guest has, or is about to get, or has just lost. */
export type Placed = Pick<GuestDisk, 'id' | 'lun'>;

/** Beside the guests, and no name of one. */
const KEPT = '.disks';

/** @param host the directory of all guests */
export function keptDirectory(host: string): string {
  return join(host, KEPT);
}

/** The data disks of one guest: its own directory, and where those of no guest are kept. */
export class DataDisks {
  readonly #data: string;
  readonly #kept: string;

  constructor(host: string, guest: string) {
    this.#data = join(guest, 'data');
    this.#kept = keptDirectory(host);
  }

  /** Of no guest, with its content. */
  isKept(id: string): boolean {
    return existsSync(join(this.#kept, id));
  }

  isThere(lun: number): boolean {
    return existsSync(this.#at(lun));
  }

  /** Puts a disk of the guest aside with what is on it. `isElsewhere`: another guest has got it already. */
  async keep({ id, lun }: Placed, isElsewhere: boolean): Promise<void> {
    if (!this.isThere(lun)) return;
    // Then what is there is not the disk, but what the guest has made in its place.
    if (isElsewhere || this.isKept(id)) return removeTree(this.#at(lun));
    await fs.mkdir(this.#kept, { recursive: true, mode: PRIVATE_DIRECTORY });
    await fs.rename(this.#at(lun), join(this.#kept, id));
  }

  /** Gives the guest a disk: the one that is kept, or else an empty one where there is none yet. */
  async give({ id, lun }: Placed): Promise<void> {
    if (this.isKept(id)) {
      await removeTree(this.#at(lun));
      await fs.mkdir(this.#data, { recursive: true, mode: PRIVATE_DIRECTORY });
      await fs.rename(join(this.#kept, id), this.#at(lun));
      return;
    }
    await fs.mkdir(this.#at(lun), { recursive: true });
  }

  /** What is on it is gone. */
  async empty(lun: number): Promise<void> {
    await removeTree(this.#at(lun));
  }

  /** Takes away what lies beside the disks: the guest may have made anything there. */
  async clear(disks: readonly Placed[]): Promise<void> {
    const names = new Set(disks.map(({ lun }) => `lun${lun}`));
    for (const name of await namesIn(this.#data)) {
      if (!names.has(name)) await removeTree(join(this.#data, name));
    }
  }

  #at(lun: number): string {
    return join(this.#data, `lun${lun}`);
  }
}

export function sameDisk(a: Placed, b: Placed): boolean {
  return a.id === b.id && a.lun === b.lun;
}
