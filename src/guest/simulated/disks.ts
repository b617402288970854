// The disks of a simulated guest: what files are on its OS disk and on its data disks. Nothing is kept for a disk that
// nobody has written to.

import type { GuestDisk } from '../../domain/guest.ts';
import type { DiskShelf } from './disk-shelf.ts';

const DATA_DISK = /^\/mnt\/data\/lun(\d+)\//;

/** What a guest remembers of a data disk. */
export type AttachedDisk = Omit<GuestDisk, 'sizeGiB'>;

export class Disks {
  readonly #shelf: DiskShelf;
  #attached: readonly AttachedDisk[] = [];
  /** Of the OS disk, by path. */
  #files: Map<string, string> | undefined;

  constructor(shelf: DiskShelf, attached: readonly AttachedDisk[]) {
    this.#shelf = shelf;
    this.attach(attached);
  }

  /** False where there is no such disk. */
  write(path: string, text: string): boolean {
    const lun = lunOf(path);
    const files = lun === undefined ? (this.#files ??= new Map()) : this.#filesAt(lun);
    files?.set(onDisk(path), text);
    return files !== undefined;
  }

  read(path: string): string | undefined {
    const lun = lunOf(path);
    return (lun === undefined ? this.#files : this.#filesAt(lun))?.get(onDisk(path));
  }

  /** Attaches and detaches data disks: what is on them stays on them, whoever gets them. */
  attach(disks: readonly AttachedDisk[]): void {
    for (const { id } of this.#attached) {
      if (!disks.some((disk) => disk.id === id)) this.#shelf.putBack(id, this);
    }
    this.#attached = disks;
    for (const { id } of disks) this.#shelf.take(id, this);
  }

  /** The disk is another guest's now, or is no more. */
  lose(id: string): void {
    this.#attached = this.#attached.filter((disk) => disk.id !== id);
  }

  /** A fresh OS disk, and fresh data disks as well unless they are to be kept, or were attached to the guest. */
  renew(dataDisks: 'keep' | 'fresh'): void {
    this.#files = undefined;
    if (dataDisks === 'keep') return;
    for (const { id, attached } of this.#attached) if (attached !== true) this.#shelf.files(id).clear();
  }

  #filesAt(lun: number): Map<string, string> | undefined {
    const disk = this.#attached.find((one) => one.lun === lun);
    return disk && this.#shelf.files(disk.id);
  }
}

/** Undefined: on the OS disk. */
function lunOf(path: string): number | undefined {
  const lun = DATA_DISK.exec(path)?.[1];
  return lun === undefined ? undefined : Number(lun);
}

/** A data disk does not know at which lun it is. */
function onDisk(path: string): string {
  return path.replace(DATA_DISK, '/');
}
