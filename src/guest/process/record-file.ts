// The file that holds a guest's record. Changes are made one after the other, each on what the one before left, and
// each is durable before it counts.

import { join } from 'node:path';

import { readIfThere, writeWhole } from './files.ts';
import type { GuestRecord } from './record.ts';

const NAME = 'guest.json';

/**
 * Undefined when there is no guest in that directory, or none any more. A power cut may leave an empty file of one that
 * was never booted; it counts as none.
 */
export async function readGuestRecord(directory: string): Promise<GuestRecord | undefined> {
  const text = (await readIfThere(join(directory, NAME))) ?? '';
  return text === '' ? undefined : (JSON.parse(text) as GuestRecord);
}

export class RecordFile {
  readonly #directory: string;
  readonly #changed: () => void;
  #record: GuestRecord;
  #saving: Promise<unknown> = Promise.resolve();

  constructor(directory: string, record: GuestRecord, changed: () => void) {
    this.#directory = directory;
    this.#record = record;
    this.#changed = changed;
  }

  get current(): GuestRecord {
    return this.#record;
  }

  /** Resolves when it is durable. A change that answers the record itself writes nothing. */
  async update(change: (record: GuestRecord) => GuestRecord): Promise<void> {
    const before = this.#saving;
    const saved = (async () => {
      await before;
      await this.#save(change(this.#record));
    })();
    this.#saving = saved.catch(() => undefined);
    await saved;
  }

  /** Makes the file. Nothing is lost if a power cut takes it: the first boot makes it durable. */
  async make(): Promise<void> {
    await writeWhole(join(this.#directory, NAME), JSON.stringify(this.#record), 'whole');
    this.#changed();
  }

  /** Resolves when no change is under way. */
  async settled(): Promise<void> {
    await this.#saving;
  }

  async #save(next: GuestRecord): Promise<void> {
    if (next === this.#record) return;
    await writeWhole(join(this.#directory, NAME), JSON.stringify(next), 'durable');
    this.#record = next;
    this.#changed();
  }
}
