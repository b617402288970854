// The `process` driver: every guest is a process tree of this machine. This file owns the set of guests in one
// directory, finds them again when it is opened, and keeps an eye on those whose end nobody announces.

import { promises as fs } from 'node:fs';
import { join, resolve } from 'node:path';

import type { Clock, Ids } from '../../app/ports/clock.ts';
import { GuestError, type Guests, type MetadataDoor } from '../../app/ports/guests.ts';
import type { Execution, GuestCommand, GuestHandle, GuestSpec, GuestState } from '../../domain/guest.ts';
import type { ProbeAnswer, ProbeRequest } from '../../domain/probe.ts';
import { Addresses, addressPrefix } from './address.ts';
import { keptDirectory } from './data-disks.ts';
import { guestError, notFound } from './errors.ts';
import { namesIn, PRIVATE_DIRECTORY, removeTree } from './files.ts';
import { Guest } from './guest.ts';
import type { Host } from './host.ts';
import { BUILT_IN_IMAGES } from './images.ts';
import { canUseNamespaces } from './isolation.ts';
import { probeAddress, sendProbe } from './probe.ts';
import { openProcessTable } from './process-table.ts';
import { readGuestRecord } from './record-file.ts';
import {
  type GuestRecord,
  hostLost,
  type Isolation,
  newRecord,
  reconfigured,
  started,
  stopped,
  turned,
} from './record.ts';

export interface ProcessGuestsOptions {
  /** Holds all guests, one directory each; nobody else may use it. Made when it is not there. */
  readonly directory: string;
  /** Further directories of images, beside the built-in ones: one directory `NAME@VERSION` for each version. */
  readonly images?: readonly string[];
  readonly clock: Clock;
  readonly ids: Ids;
  /** The Node.js that guests get as /opt/muster/bin/node; by default the one that runs the plane. */
  readonly nodePath?: string;
  /** `auto`, the default: namespaces where they work. Asking for them where they do not is an error. */
  readonly isolation?: 'auto' | Isolation;
  /** The first two numbers of the guests' addresses, `127.90`; by default they follow from the directory. */
  readonly addressPrefix?: string;
}

/** How often guests are looked at whose end nobody announces, in ms. */
const PULSE = 500;
/** A probe that was not answered by then has failed: real ms, as real guests take real time however fast the plane's clock runs. */
const PROBE_PATIENCE = 5000;

export async function openProcessGuests(options: ProcessGuestsOptions): Promise<Guests> {
  const directory = resolve(options.directory);
  const nodePath = options.nodePath ?? process.execPath;
  await fs.mkdir(directory, { recursive: true, mode: PRIVATE_DIRECTORY });
  await dropProbes(directory);
  const listeners = new Set<(handle: GuestHandle) => void>();
  const host: Host = {
    directory,
    nodePath,
    images: [BUILT_IN_IMAGES, ...(options.images ?? [])],
    isolation: await chooseIsolation(options.isolation ?? 'auto', directory, nodePath),
    clock: options.clock,
    ids: options.ids,
    table: openProcessTable(),
    addresses: new Addresses(options.addressPrefix ?? (await addressPrefix(directory))),
    isElsewhere: (disk, than) => guests.isElsewhere(disk, than),
    takeBack: (disk, than) => guests.takeBack(disk, than),
    changed: (handle) => {
      for (const listener of listeners) listener(handle);
    },
  };
  const guests = new ProcessGuests(host, listeners);
  await guests.adopt();
  return guests;
}

async function chooseIsolation(
  wanted: 'auto' | Isolation,
  directory: string,
  nodePath: string,
): Promise<Isolation> {
  if (wanted === 'process groups') return wanted;
  if (await canUseNamespaces(directory, nodePath)) return 'namespaces';
  if (wanted === 'auto') return 'process groups';
  throw new GuestError('permanent', 'This host does not let guests have namespaces of their own.');
}

/** What a probe left that was killed. */
async function dropProbes(directory: string): Promise<void> {
  const left = (await namesIn(directory)).filter((name) => name.startsWith('.probe-'));
  await Promise.all(left.map((name) => removeTree(join(directory, name))));
}

/** A handle is a name of a directory, and none that leads elsewhere. */
const HANDLE = /^[A-Za-z0-9][\w.-]{0,199}$/;

class ProcessGuests implements Guests {
  readonly isolation: string;
  readonly #host: Host;
  readonly #listeners: Set<(handle: GuestHandle) => void>;
  readonly #guests = new Map<GuestHandle, Guest>();
  #cancelPulse: () => void = () => {};
  #beating = false;
  #closed = false;

  constructor(host: Host, listeners: Set<(handle: GuestHandle) => void>) {
    this.#host = host;
    this.#listeners = listeners;
    this.isolation = host.isolation;
    listeners.add((handle) => {
      if (this.#guests.get(handle)?.state === undefined) this.#guests.delete(handle);
      else this.#beat();
    });
  }

  /** Finds the guests that are there, and goes on with what was begun. */
  async adopt(): Promise<void> {
    const entries = await fs.readdir(this.#host.directory, { withFileTypes: true });
    const guests = entries.filter((entry) => entry.isDirectory() && HANDLE.test(entry.name));
    await Promise.all(guests.map(({ name }) => this.#adoptOne(name)));
    for (const guest of this.#guests.values()) guest.work().catch(() => undefined);
    this.#beat();
  }

  async #adoptOne(handle: GuestHandle): Promise<void> {
    const directory = join(this.#host.directory, handle);
    const record = await readGuestRecord(directory);
    if (record === undefined) {
      // Never made, or taken away up to its last file.
      await removeTree(directory);
      return;
    }
    this.#guests.set(handle, await Guest.adopt(this.#host, record));
  }

  async create(handle: GuestHandle, spec: GuestSpec): Promise<void> {
    if (!HANDLE.test(handle)) throw new GuestError('permanent', `'${handle}' cannot name a guest.`);
    const existing = this.#guests.get(handle);
    if (existing !== undefined) {
      if (existing.isDeleted) throw new GuestError('transient', `The guest '${handle}' is being deleted.`);
      return attempt(() => existing.work());
    }
    const guest = new Guest(this.#host, newRecord(handle, spec));
    this.#guests.set(handle, guest);
    await attempt(async () => {
      try {
        await guest.make();
      } catch (error) {
        this.#guests.delete(handle);
        await removeTree(guest.directory).catch(() => undefined);
        throw error;
      }
      await guest.work();
    });
  }

  async start(handle: GuestHandle): Promise<void> {
    await this.#verb(handle, started);
  }

  async stop(handle: GuestHandle, options: { graceful: boolean; release: boolean }): Promise<void> {
    await this.#verb(handle, (record) => stopped(record, options, this.#host.clock.now()));
  }

  async restart(
    handle: GuestHandle,
    options: { generation: number; spec: GuestSpec; newHost: boolean; graceful: boolean },
  ): Promise<void> {
    const { generation, spec, newHost, graceful } = options;
    const turn = { generation, spec, newHost };
    await this.#verb(handle, (record) => turned(record, turn, graceful, this.#host.clock.now()));
  }

  async reimage(
    handle: GuestHandle,
    options: { generation: number; spec: GuestSpec; dataDisks: 'keep' | 'fresh' },
  ): Promise<void> {
    const { generation, spec, dataDisks } = options;
    const turn = { generation, spec, newHost: false, reimage: dataDisks };
    // Its OS disk is thrown away, so there is nothing to shut down for.
    await this.#verb(handle, (record) => turned(record, turn, false, this.#host.clock.now()));
  }

  async reconfigure(
    handle: GuestHandle,
    { generation, spec }: { generation: number; spec: GuestSpec },
  ): Promise<void> {
    await this.#verb(handle, (record) => reconfigured(record, generation, spec));
  }

  async delete(handle: GuestHandle): Promise<void> {
    const guest = this.#guests.get(handle);
    await attempt(async () => guest?.delete());
  }

  async #verb(handle: GuestHandle, change: (record: GuestRecord) => GuestRecord): Promise<void> {
    const guest = this.#guest(handle);
    if (guest.isDeleted) throw new GuestError('transient', `The guest '${handle}' is being deleted.`);
    await attempt(() => guest.verb(change));
  }

  #guest(handle: GuestHandle): Guest {
    const guest = this.#guests.get(handle);
    if (guest === undefined) throw notFound(handle);
    return guest;
  }

  isElsewhere(disk: string, than: GuestHandle): boolean {
    return [...this.#guests.values()].some((guest) => guest.handle !== than && guest.disks.holds(disk));
  }

  async takeBack(disk: string, than: GuestHandle | undefined): Promise<void> {
    const others = [...this.#guests.values()].filter(
      (guest) => guest.handle !== than && guest.disks.concerns(disk),
    );
    for (const guest of others) await guest.letGo(disk);
  }

  async deleteDisk(id: string): Promise<void> {
    if (!HANDLE.test(id)) throw new GuestError('permanent', `'${id}' cannot name a disk.`);
    await attempt(async () => {
      await this.takeBack(id, undefined);
      await removeTree(join(keptDirectory(this.#host.directory), id));
    });
  }

  async disks(): Promise<readonly string[]> {
    return namesIn(keptDirectory(this.#host.directory));
  }

  async get(handle: GuestHandle): Promise<GuestState | undefined> {
    return this.#guests.get(handle)?.state;
  }

  async list(): Promise<readonly GuestState[]> {
    return [...this.#guests.values()].flatMap((guest) => guest.state ?? []);
  }

  async exec(handle: GuestHandle, key: string, command: GuestCommand): Promise<void> {
    const guest = this.#guest(handle);
    await attempt(() => guest.exec(key, command));
  }

  async execution(handle: GuestHandle, key: string): Promise<Execution | undefined> {
    return attempt(async () => this.#guests.get(handle)?.execution(key));
  }

  async cancel(handle: GuestHandle, key: string): Promise<void> {
    await attempt(async () => this.#guests.get(handle)?.cancel(key));
  }

  async probe(handle: GuestHandle, request: ProbeRequest): Promise<ProbeAnswer> {
    const state = this.#guests.get(handle)?.state;
    if (state?.ready !== true || state.address === undefined) return { outcome: 'failed' };
    return sendProbe(probeAddress(state.address, request.port), request, AbortSignal.timeout(PROBE_PATIENCE));
  }

  async metadataDoor(handle: GuestHandle): Promise<MetadataDoor | undefined> {
    return this.#guests.get(handle)?.metadataDoor;
  }

  async consoleLog(handle: GuestHandle): Promise<string> {
    const guest = this.#guest(handle);
    return attempt(() => guest.consoleLog());
  }

  watch(listener: (handle: GuestHandle) => void): () => void {
    // Wrapped, so that the same function may listen twice.
    const own = (handle: GuestHandle): void => {
      listener(handle);
    };
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  async powerOffAll(): Promise<void> {
    const guests = [...this.#guests.values()];
    await Promise.all(
      guests.map(async (guest) => {
        const off = new Promise<void>((done) => {
          const stop = this.watch(() => {
            const power = guest.state?.power;
            if (power === 'starting' || power === 'running' || power === 'stopping') return;
            stop();
            done();
          });
        });
        if (guest.state === undefined) return;
        await attempt(() => guest.verb((record) => hostLost(record, this.#host.clock.now())));
        this.#host.changed(guest.handle);
        await off;
      }),
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelPulse();
    this.#listeners.clear();
    await Promise.all([...this.#guests.values()].map((guest) => guest.close()));
  }

  /** While anything runs, look at it from time to time. */
  #beat(): void {
    if (this.#closed || this.#beating) return;
    this.#beating = true;
    this.#cancelPulse = this.#host.clock.after(PULSE, () => {
      this.#beating = false;
      const loud = [...this.#guests.values()].filter((guest) => !guest.isQuiet);
      for (const guest of loud) guest.pulse();
      if (loud.length > 0) this.#beat();
    });
  }
}

async function attempt<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw guestError(error);
  }
}
