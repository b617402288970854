// One guest: its record, its processes, its commands. Verbs change the record and have the work done that follows from
// it; one worker at a time does that work, a step after the other, until the record's wish is fulfilled.
// What must hold: whatever is begun is first in the record.

import { promises as fs } from 'node:fs';
import { join } from 'node:path';

import { GuestError, type MetadataDoor } from '../../app/ports/guests.ts';
import type { Execution, GuestCommand, GuestHandle, GuestState } from '../../domain/guest.ts';
import { noteOnConsole, readConsole } from './console.ts';
import { layOsDisk } from './disks.ts';
import { guestError, notFound } from './errors.ts';
import { Executions } from './executions.ts';
import { PRIVATE_DIRECTORY, removeTree } from './files.ts';
import { GuestDisks } from './guest-disks.ts';
import type { Host } from './host.ts';
import { Life, type LifeOptions } from './life.ts';
import { type Facts, nextStep, type Step } from './next-step.ts';
import { beginBoot, entry, prepareBoot, writeChannel } from './power-on.ts';
import { RecordFile } from './record-file.ts';
import {
  type Boot,
  booted,
  buried,
  deleted,
  type GuestRecord,
  type Isolation,
  released,
  stateOf,
  turnedOver,
  unbooted,
  withDisk,
} from './record.ts';

/** Looks again after a signal; after a failure, longer each time up to the last of these. In ms. */
const AFTER_SIGNAL = 20;
const BACK_OFF = [1000, 2000, 5000, 10_000, 30_000];
/** After so many attempts to kill, whoever still holds the guest's console is ended as well. */
const PATIENCE = 25;

export class Guest {
  readonly handle: GuestHandle;
  readonly directory: string;
  readonly disks: GuestDisks;
  readonly #host: Host;
  readonly #file: RecordFile;
  readonly #executions: Executions;
  #life: Life | undefined;
  /** As it was last acted on, so that the pulse can tell a change. */
  #seen: Facts['life'] = 'gone';
  #seenReady = false;
  #made: Promise<void> = Promise.resolve();
  #beginning: Promise<unknown> = Promise.resolve();
  #working: Promise<void> | undefined;
  #again = false;
  #removed = false;
  #closed = false;
  #kills = 0;
  #failures = 0;
  #cancelWake: () => void = () => {};

  /** For a guest that was not there; `make` comes next. */
  constructor(host: Host, record: GuestRecord) {
    this.#host = host;
    this.handle = record.handle;
    this.directory = join(host.directory, record.handle);
    this.#file = new RecordFile(this.directory, record, () => this.#changed());
    this.disks = new GuestDisks(host, this.handle, this.directory, this.#file);
    this.#executions = new Executions({
      host,
      directory: this.directory,
      guestIsOver: (boot) => this.#isOver(boot),
      changed: () => this.#changed(),
    });
    if (record.address !== undefined) host.addresses.keep(record.handle, record.address);
  }

  /** Makes its directory and its record. Everything else waits for it, and fails with it. */
  make(): Promise<void> {
    this.#made = (async () => {
      for (const part of ['data', 'channel', 'executions']) {
        await fs.mkdir(join(this.directory, part), { recursive: true, mode: PRIVATE_DIRECTORY });
      }
      await this.#file.make();
    })();
    return this.#made;
  }

  /** Takes over what an earlier plane left. Work that it began goes on at the first `work`. */
  static async adopt(host: Host, record: GuestRecord): Promise<Guest> {
    const guest = new Guest(host, record);
    if (record.boot !== undefined) await guest.#adoptBoot(record.boot);
    await guest.#executions.load();
    return guest;
  }

  async #adoptBoot(boot: Boot): Promise<void> {
    if (boot.machine === this.#host.table.machine) {
      const life = Life.adopt(this.#lifeOptions(boot.token, boot.isolation));
      if (life === undefined) return this.#file.update(unbooted);
      this.#life = life;
      if (life.look() !== 'gone') return;
    }
    await this.#bury();
  }

  get state(): GuestState | undefined {
    if (this.#removed) return undefined;
    const look = this.#life?.look();
    return stateOf(this.#file.current, look === 'gone' ? 'ended' : look, this.#life?.ready ?? false);
  }

  /** Undefined while it has no address, and until its first boot. */
  get metadataDoor(): MetadataDoor | undefined {
    const { metadata } = this.#file.current;
    const address = this.state?.address;
    if (address === undefined || metadata === undefined) return undefined;
    return { host: address.host, ...metadata };
  }

  get isDeleted(): boolean {
    return this.#file.current.deleted === true;
  }

  /** Writes down what a verb wants, then begins to do it. Rejects when the part that can be done at once fails. */
  async verb(change: (record: GuestRecord) => GuestRecord): Promise<void> {
    if (this.#removed) throw notFound(this.handle);
    await this.#made;
    const { dataDisks } = this.#file.current.spec;
    await this.#file.update(change);
    if (this.#file.current.spec.dataDisks !== dataDisks) this.disks.differ = true;
    await this.work();
  }

  /** Begins to take everything of it away. */
  async delete(): Promise<void> {
    await this.#made;
    if (this.#removed) return;
    await this.#file.update((record) => deleted(record, this.#host.clock.now()));
    await this.work();
  }

  /** Does what is to be done now; resolves when all that is left is to wait. Never more than one at a time works. */
  work(): Promise<void> {
    this.#again = true;
    this.#working ??= this.#workAll().finally(() => {
      this.#working = undefined;
    });
    return this.#working;
  }

  async #workAll(): Promise<void> {
    await this.#made;
    this.#cancelWake();
    try {
      while (this.#again && this.#isOpen) {
        this.#again = false;
        while (this.#isOpen && (await this.#doStep(nextStep(this.#file.current, this.#facts()))));
      }
      this.#failures = 0;
    } catch (reason) {
      const error = guestError(reason);
      this.#wakeAfter(BACK_OFF[Math.min(this.#failures, BACK_OFF.length - 1)] ?? 0);
      this.#failures += 1;
      await noteOnConsole(this.directory, error.message);
      throw error;
    }
  }

  get #isOpen(): boolean {
    return !this.#closed && !this.#removed;
  }

  #facts(): Facts {
    const { boot } = this.#file.current;
    const never = boot?.machine === this.#host.table.machine ? 'never' : 'gone';
    this.#seen = this.#life?.look() ?? never;
    return { life: this.#seen, disksDiffer: this.disks.differ, now: this.#host.clock.now() };
  }

  /** True when there may be more to do at once. */
  async #doStep(step: Step): Promise<boolean> {
    switch (step.do) {
      case 'rest':
        return false;
      case 'terminate':
        this.#terminate(step.until);
        return false;
      case 'kill':
        this.#kill();
        return false;
      case 'forgetBoot':
        await this.#file.update(unbooted);
        return true;
      default:
        await this.#steps[step.do]();
        return true;
    }
  }

  readonly #steps = {
    bury: () => this.#bury(),
    syncDisks: () => this.#syncDisks(),
    turn: () => this.#turn(),
    freeAddress: () => this.#freeAddress(),
    boot: () => this.#boot(),
    remove: () => this.#remove(),
  };

  #terminate(until: number): void {
    // Who has not come up cannot be asked to go down.
    if (this.#life?.terminate() !== true) {
      this.#kill();
      return;
    }
    const left = until - this.#host.clock.now();
    this.#wakeAfter(this.#life.silent ? Math.min(left, AFTER_SIGNAL) : left);
  }

  #kill(): void {
    this.#kills += 1;
    if (this.#kills > PATIENCE) this.#life?.killGroup();
    else this.#life?.kill();
    this.#wakeAfter(AFTER_SIGNAL);
  }

  async #bury(): Promise<void> {
    await this.#executions.finish();
    await this.#file.update((record) => buried(record, this.#host.table.machine));
    this.#life?.release();
    this.#life = undefined;
    this.#seenReady = false;
    this.#kills = 0;
  }

  async #syncDisks(): Promise<void> {
    const { spec } = this.#file.current;
    await writeChannel(this.directory, this.handle, spec);
    await this.disks.sync(spec);
    this.#changed();
  }

  /** Resolves when it does not have this data disk, and is not to have it. Rejects while it still has it. */
  async letGo(disk: string): Promise<void> {
    if (this.#removed) return;
    await this.#made;
    // Its work is not waited for: it may be waiting for a disk of whoever asks. Nor is anybody told before something has changed.
    await this.disks.renounce(disk).finally(() => void this.work().catch(() => undefined));
  }

  async #turn(): Promise<void> {
    const { turn } = this.#file.current;
    if (turn?.reimage !== undefined) {
      await this.#executions.clear();
      await removeTree(join(this.directory, 'os'));
    }
    if (turn?.reimage === 'fresh') await this.disks.empty(turn);
    this.disks.differ = true;
    // Another turn may have come meanwhile; then this one is carried out again as a part of it.
    await this.#file.update((record) => (record.turn === turn ? turnedOver(record) : record));
  }

  async #freeAddress(): Promise<void> {
    await this.#file.update((record) => (record.power === 'released' ? released(record) : record));
    if (this.#file.current.address === undefined) this.#host.addresses.free(this.handle);
  }

  async #boot(): Promise<void> {
    const { isolation, clock, table, ids, addresses } = this.#host;
    const { spec, laid, address: before } = this.#file.current;
    const imageVersion = laid ? undefined : await layOsDisk(this.directory, spec, this.#host.images);
    // Without one it is new here, or moves: then it does not get again what it had.
    const address = before ?? (await addresses.move(this.handle));
    const metadata = this.#file.current.metadata ?? {
      port: await addresses.metadataPort(),
      secret: ids.guid(),
    };
    const boot: Boot = { token: ids.guid(), machine: table.machine, isolation };
    await prepareBoot(this.#host, this.directory, this.#file.current, boot);
    // A verb may have come meanwhile. What was laid is laid afresh then, when it is needed.
    const stillWanted = (record: GuestRecord) =>
      record.spec === spec && nextStep(record, this.#facts()).do === 'boot';
    await this.#file.update((record) =>
      stillWanted(record)
        ? booted({ ...withDisk(record, imageVersion), address, metadata }, boot, clock.now())
        : record,
    );
    const record = this.#file.current;
    if (record.boot?.token !== boot.token) return;
    try {
      this.#life = await beginBoot(this.#host, record, boot, this.#lifeOptions(boot.token, isolation));
    } catch (error) {
      await this.#file.update(unbooted);
      throw error;
    }
    this.#changed();
  }

  async #remove(): Promise<void> {
    await this.#executions.clear();
    await this.disks.keepAll();
    // The record last: as long as there is one, whoever finds the directory goes on taking it away.
    for (const part of ['os', 'data', 'channel']) await removeTree(join(this.directory, part));
    await removeTree(this.directory);
    this.#host.addresses.free(this.handle);
    this.#removed = true;
    this.#changed();
  }

  /** The same key is the same command: calls for one guest are taken one after the other. */
  async exec(key: string, command: GuestCommand): Promise<void> {
    const before = this.#beginning;
    const begun = (async () => {
      await before;
      await this.#beginCommand(key, command);
    })();
    this.#beginning = begun.catch(() => undefined);
    await begun;
  }

  async #beginCommand(key: string, command: GuestCommand): Promise<void> {
    if (this.#removed) throw notFound(this.handle);
    if (this.#executions.has(key)) return;
    const record = this.#file.current;
    const { boot } = record;
    const way =
      this.#life === undefined || boot === undefined || this.state?.ready !== true
        ? undefined
        : entry(this.#host, this.directory, record, boot, this.#life);
    if (way === undefined || boot === undefined) {
      throw new GuestError('transient', 'The guest is not running, so no command can be started in it.');
    }
    await this.#executions.begin(key, command, boot.token, way);
  }

  async execution(key: string): Promise<Execution | undefined> {
    return this.#executions.execution(key);
  }

  async cancel(key: string): Promise<void> {
    if (!this.#removed) await this.#executions.cancel(key);
  }

  async consoleLog(): Promise<string> {
    if (this.#removed) throw notFound(this.handle);
    return readConsole(this.directory);
  }

  /** Looks at what nobody tells us about. Cheap: it runs twice a second for every guest that is on. */
  pulse(): void {
    this.#executions.pulse();
    const life = this.#life;
    if (life === undefined || (this.#seenReady && !life.silent)) return;
    const { ready } = life;
    if (ready !== this.#seenReady || life.look() !== this.#seen) this.#wake();
    this.#seenReady = ready;
  }

  /** Nothing of it runs, so there is nothing to look at. */
  get isQuiet(): boolean {
    return this.#life === undefined && this.#executions.idle;
  }

  /** Lets go of it without touching it; what is half done is in the record. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#working?.catch(() => undefined);
    await this.#file.settled();
    await this.#beginning;
    this.#cancelWake();
    this.#life?.release();
    this.#executions.release();
  }

  #isOver(boot: string): boolean {
    const current = this.#file.current.boot;
    return current?.token !== boot || current.ending !== undefined || this.#life?.look() !== 'running';
  }

  #lifeOptions(token: string, isolation: Isolation): LifeOptions {
    const { table } = this.#host;
    return { directory: this.directory, token, isolation, table, changed: () => this.#wake() };
  }

  /** Something happened to its processes: tell, and look. */
  #wake(): void {
    this.#changed();
    if (this.#isOpen) this.work().catch(() => undefined);
  }

  #wakeAfter(milliseconds: number): void {
    this.#cancelWake();
    this.#cancelWake = this.#host.clock.after(Math.max(0, milliseconds), () => this.#wake());
  }

  #changed(): void {
    if (!this.#closed) this.#host.changed(this.handle);
  }
}
