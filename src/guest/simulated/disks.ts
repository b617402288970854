// The disks of a simulated guest: what files are on its OS disk and on its data disks. Nothing is kept for a disk that
// nobody has written to.

const DATA_DISK = /^\/mnt\/data\/lun(\d+)\//;

export class Disks {
  #luns: readonly number[];
  /** By path. */
  #files: Map<string, string> | undefined;

  constructor(luns: readonly number[]) {
    this.#luns = luns;
  }

  /** False where there is no such disk. */
  write(path: string, text: string): boolean {
    const lun = lunOf(path);
    if (lun !== undefined && !this.#luns.includes(lun)) return false;
    this.#files ??= new Map();
    this.#files.set(path, text);
    return true;
  }

  read(path: string): string | undefined {
    return this.#files?.get(path);
  }

  /** Attaches and detaches data disks: those that stay keep what is on them, new ones are empty. */
  attach(luns: readonly number[]): void {
    this.#luns = luns;
    this.#keep((lun) => lun === undefined || luns.includes(lun));
  }

  /** A fresh OS disk, and fresh data disks as well unless they are to be kept. */
  renew(dataDisks: 'keep' | 'fresh'): void {
    this.#keep((lun) => lun !== undefined && dataDisks === 'keep');
  }

  #keep(stays: (lun: number | undefined) => boolean): void {
    for (const path of this.#files?.keys() ?? []) if (!stays(lunOf(path))) this.#files?.delete(path);
  }
}

/** Undefined: on the OS disk. */
function lunOf(path: string): number | undefined {
  const lun = DATA_DISK.exec(path)?.[1];
  return lun === undefined ? undefined : Number(lun);
}
