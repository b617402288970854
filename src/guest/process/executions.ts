// The commands of one guest, running and ended, by key. They lie beside its disks on the host, where the guest cannot
// reach them, and go when its OS disk goes.
// What must hold: a key that has begun is never begun again.

import { promises as fs } from 'node:fs';
import { join } from 'node:path';

import type { Execution, GuestCommand } from '../../domain/guest.ts';
import { type ExecutionRecord, readRecord, writeRecord } from './execution-record.ts';
import { namesIn, PRIVATE_DIRECTORY, PRIVATE_FILE, removeTree } from './files.ts';
import type { Host } from './host.ts';
import { payload } from './payload.ts';
import { type Entry, RunningCommand } from './running-command.ts';

export interface ExecutionsOptions {
  readonly host: Host;
  /** The guest's. */
  readonly directory: string;
  readonly guestIsOver: (boot: string) => boolean;
  readonly changed: () => void;
}

export class Executions {
  readonly #options: ExecutionsOptions;
  readonly #directory: string;
  readonly #running = new Map<string, RunningCommand>();
  /** Settled, with a runner that is not gone yet. */
  readonly #dying = new Set<RunningCommand>();
  readonly #ended = new Map<string, ExecutionRecord>();
  #last = -1;

  constructor(options: ExecutionsOptions) {
    this.#options = options;
    this.#directory = join(options.directory, 'executions');
  }

  /** Takes over what is on disk: once, before anything else. */
  async load(): Promise<void> {
    for (const name of await namesIn(this.#directory)) {
      const directory = join(this.#directory, name);
      const record = await readRecord(directory);
      if (record === undefined) {
        await removeTree(directory);
        continue;
      }
      this.#last = Math.max(this.#last, record.number);
      if (record.ended !== undefined) this.#ended.set(record.key, record);
      else await this.#adopt(record, directory);
    }
  }

  has(key: string): boolean {
    return this.#running.has(key) || this.#ended.has(key);
  }

  /** The caller has made sure that the key is new and that calls do not overlap. `boot` is the guest's. */
  async begin(key: string, command: GuestCommand, boot: string, entry: Entry): Promise<void> {
    const { host } = this.#options;
    const number = this.#last + 1;
    this.#last = number;
    const directory = join(this.#directory, String(number));
    const record: ExecutionRecord = {
      version: 1,
      key,
      number,
      id: host.ids.guid(),
      startedAt: host.clock.now(),
      timeoutMs: command.timeoutMs,
      boot,
    };
    await fs.mkdir(directory, { recursive: true, mode: PRIVATE_DIRECTORY });
    try {
      const text = payload(command, number, `END-${record.id}`);
      await fs.writeFile(join(directory, 'payload'), text, { mode: PRIVATE_FILE });
      await writeRecord(directory, record);
      const running = this.#track(record, directory);
      await running.begin(entry);
    } catch (error) {
      this.#running.delete(key);
      await removeTree(directory);
      throw error;
    }
    this.#options.changed();
  }

  async execution(key: string): Promise<Execution | undefined> {
    const running = this.#running.get(key);
    if (running !== undefined) return running.execution();
    const record = this.#ended.get(key);
    return record?.ended === undefined ? undefined : { startedAt: record.startedAt, ...record.ended };
  }

  /** It is known, as running, until no process of it is left. */
  async cancel(key: string): Promise<void> {
    await this.#running.get(key)?.end('forgotten');
    // It may have ended by itself meanwhile.
    const record = this.#ended.get(key);
    if (record === undefined) return;
    await removeTree(join(this.#directory, String(record.number)));
    this.#ended.delete(key);
    this.#options.changed();
  }

  /** The guest is gone: resolves when none of its commands is left running. */
  async finish(): Promise<void> {
    await Promise.all([...this.#running.values(), ...this.#dying].map((running) => running.finish()));
  }

  /** The OS disk is gone, and what was known of commands with it. */
  async clear(): Promise<void> {
    await this.finish();
    this.#ended.clear();
    await removeTree(this.#directory);
  }

  /** Whether something runs that nobody but `pulse` watches. */
  pulse(): void {
    for (const running of [...this.#running.values(), ...this.#dying]) running.pulse();
  }

  get idle(): boolean {
    return this.#running.size === 0 && this.#dying.size === 0;
  }

  /** Lets go of them without touching them. */
  release(): void {
    for (const running of [...this.#running.values(), ...this.#dying]) running.release();
  }

  async #adopt(record: ExecutionRecord, directory: string): Promise<void> {
    if (this.#track(record, directory).adopt()) return;
    // It was written down and never began: as if it had not been asked for.
    this.#running.delete(record.key);
    await removeTree(directory);
  }

  #track(record: ExecutionRecord, directory: string): RunningCommand {
    const { host, guestIsOver, changed } = this.#options;
    const running = new RunningCommand(
      {
        host,
        directory,
        guestIsOver,
        settled: (final) => {
          if (this.#running.get(record.key) === running) this.#running.delete(record.key);
          this.#dying.add(running);
          if (final.ended !== undefined) this.#ended.set(record.key, final);
          changed();
        },
        gone: () => {
          this.#dying.delete(running);
          void dropLeftovers(directory, running.record);
        },
      },
      record,
    );
    this.#running.set(record.key, running);
    return running;
  }
}

/** The result is in the record; the payload holds parameters that may be secrets. */
async function dropLeftovers(directory: string, record: ExecutionRecord): Promise<void> {
  if (record.ended === undefined) return;
  const parts = ['payload', 'stdout', 'stdout.old', 'stderr', 'stderr.old', 'exit', 'begun', 'runner'];
  for (const part of [...parts, 'stdout.pipe', 'stderr.pipe']) {
    await fs.rm(join(directory, part), { force: true }).catch(() => undefined);
  }
}
