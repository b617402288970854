// The data disks of a simulated host: what is on each, and which guest has it.
// What must hold: a disk is one guest's at most; who is given it last has it.

/** Who may have a disk. */
export interface Holder {
  /** The disk is another guest's now, or is no more. */
  lose(id: string): void;
}

export class DiskShelf {
  readonly #files = new Map<string, Map<string, string>>();
  readonly #holders = new Map<string, Holder>();

  /** What is on the disk, by path. */
  files(id: string): Map<string, string> {
    const files = this.#files.get(id) ?? new Map<string, string>();
    this.#files.set(id, files);
    return files;
  }

  take(id: string, holder: Holder): void {
    const before = this.#holders.get(id);
    if (before === holder) return;
    before?.lose(id);
    this.#holders.set(id, holder);
  }

  /** It keeps what is on it, for whoever takes it next. */
  putBack(id: string, holder: Holder): void {
    if (this.#holders.get(id) === holder) this.#holders.delete(id);
  }

  delete(id: string): void {
    this.#holders.get(id)?.lose(id);
    this.#holders.delete(id);
    this.#files.delete(id);
  }

  /** Those that something is on and that no guest has. */
  get kept(): readonly string[] {
    return [...this.#files.keys()].filter((id) => !this.#holders.has(id));
  }
}
