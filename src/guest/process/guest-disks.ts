// The data disks of one guest: which it has, as its record says, and how it gets and loses them.
// What must hold: the record says that a disk is there before it comes, and says so until it has gone.

import { GuestError } from '../../app/ports/guests.ts';
import type { GuestDisk, GuestHandle, GuestSpec } from '../../domain/guest.ts';
import { DataDisks, type Placed, sameDisk } from './data-disks.ts';
import type { Host } from './host.ts';
import type { RecordFile } from './record-file.ts';
import { type Turn, withoutDisk, withoutPlaced, withPlaced } from './record.ts';

export class GuestDisks {
  /** They may not be those of the spec. */
  differ = true;
  readonly #handle: GuestHandle;
  readonly #host: Host;
  readonly #file: RecordFile;
  readonly #disks: DataDisks;

  constructor(host: Host, handle: GuestHandle, directory: string, file: RecordFile) {
    this.#handle = handle;
    this.#host = host;
    this.#file = file;
    this.#disks = new DataDisks(host.directory, directory);
  }

  has(disk: string): boolean {
    return (this.#file.current.placed ?? []).some(({ id }) => id === disk);
  }

  /** Whether the disk really lies with it: a record that was to be changed when the plane was killed may say more. */
  holds(disk: string): boolean {
    return (this.#file.current.placed ?? []).some(({ id, lun }) => id === disk && this.#disks.isThere(lun));
  }

  /** Whether it has the data disk or is to have it. */
  concerns(disk: string): boolean {
    const { spec, turn } = this.#file.current;
    const wants = ({ dataDisks }: GuestSpec): boolean => dataDisks.some(({ id }) => id === disk);
    return this.has(disk) || wants(spec) || (turn !== undefined && wants(turn.spec));
  }

  /** Makes them those of the spec. What another guest still has is asked back, and that rejects until it has let go. */
  async sync(spec: GuestSpec): Promise<void> {
    if (areNamed(spec.dataDisks)) {
      await this.#letGoOfOthers(spec.dataDisks);
      await this.#take(spec.dataDisks);
    }
    // Another spec may have come meanwhile.
    this.differ = this.#file.current.spec !== spec;
  }

  /** A record from before disks moved does not say: what is there is what is wanted there. */
  #placed(wanted: readonly GuestDisk[]): readonly Placed[] {
    return this.#file.current.placed ?? wanted.filter(({ lun }) => this.#disks.isThere(lun));
  }

  async #letGoOfOthers(wanted: readonly GuestDisk[]): Promise<void> {
    const placed = this.#placed(wanted);
    const gone = placed.filter((disk) => !wanted.some((other) => sameDisk(other, disk)));
    for (const disk of gone) await this.#disks.keep(disk, this.#host.isElsewhere(disk.id, this.#handle));
    await this.#file.update((record) => withoutPlaced(withPlaced(record, placed), gone));
    await this.#disks.clear(this.#file.current.placed ?? []);
  }

  async #take(wanted: readonly GuestDisk[]): Promise<void> {
    const placed = this.#file.current.placed ?? [];
    const missing = wanted.filter((disk) => !placed.some((other) => sameDisk(other, disk)));
    for (const { id } of missing) {
      // What is kept is nobody's; anything else may still be another guest's.
      if (!this.#disks.isKept(id)) await this.#host.takeBack(id, this.#handle);
    }
    await this.#file.update((record) => withPlaced(record, missing));
    for (const disk of wanted) await this.#disks.give(disk);
  }

  /** From now on it is not to have this disk. Rejects while it still has it. */
  async renounce(disk: string): Promise<void> {
    await this.#file.update((record) => withoutDisk(record, disk));
    this.differ = true;
    if (this.has(disk)) throw new GuestError('transient', 'Another guest still has a data disk.');
  }

  /** For a turn that makes them fresh: what was attached to it stays as it is. */
  async empty({ spec }: Turn): Promise<void> {
    const placed = this.#placed(spec.dataDisks);
    for (const { id, lun, attached } of spec.dataDisks) {
      if (attached !== true && placed.some((disk) => disk.id === id)) await this.#disks.empty(lun);
    }
  }

  /** Puts all of them aside: the guest goes. */
  async keepAll(): Promise<void> {
    const placed = this.#file.current.placed ?? [];
    for (const disk of placed) {
      await this.#disks.keep(disk, this.#host.isElsewhere(disk.id, this.#handle));
    }
    await this.#file.update((record) => withoutPlaced(record, placed));
  }
}

/** A spec from before disks moved has no ids in it. Its disks stay as they are until one with ids is told. */
function areNamed(disks: readonly Partial<GuestDisk>[]): boolean {
  return disks.every(({ id }) => id !== undefined);
}
