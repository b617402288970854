// The simulated host: all guests, and the time in which they live. Planes come and go; the guests are the host's.

import type { Clock } from '../../app/ports/clock.ts';
import type { GuestHandle, GuestSpec, GuestState } from '../../domain/guest.ts';
import { FIRST_VERSION } from '../../domain/image-version.ts';
import { Addresses } from './addresses.ts';
import { Agenda } from './agenda.ts';
import { DiskShelf } from './disk-shelf.ts';
import { Faults } from './faults.ts';
import { type GuestHost, SimulatedGuest } from './guest.ts';
import { madeFrom, type MadeFrom, NO_DISKS } from './made-from.ts';
import { draw, PLAIN, type SimulationScript } from './script.ts';

export interface SimulationOptions {
  readonly clock: Clock;
  /** The same seed, script and requests give the same run. */
  readonly seed: number | string;
  /** What differs from a plain run. */
  readonly script?: Partial<SimulationScript>;
  /** Those that were there before, as they were last seen. */
  readonly guests?: readonly RememberedGuest[];
  /** Told of each guest whose application stops serving, and when it serves again, for the next host. */
  readonly illness?: (handle: GuestHandle, isIll: boolean) => void;
}

export interface RememberedGuest extends GuestState {
  /** What its draws are named after, as `GuestSpec.name` is for new ones. */
  readonly name?: string;
  /** Its application does not serve. */
  readonly ill?: boolean;
}

export class SimulatedHost {
  readonly agenda: Agenda;
  /** Of the verbs. */
  readonly faults: Faults;
  readonly disks = new DiskShelf();
  readonly #seed: string;
  readonly #guests = new Map<GuestHandle, SimulatedGuest>();
  /** Names outlive planes and data directories, as handles do not: draws that are to replay go by them. */
  readonly #names = new Map<GuestHandle, string>();
  readonly #listeners = new Set<(handle: GuestHandle) => void>();
  /** Those whose change is still to be told. */
  readonly #untold = new Set<GuestHandle>();
  readonly #forGuests: GuestHost;

  constructor({ clock, seed, script, guests = [], illness }: SimulationOptions) {
    this.agenda = new Agenda(clock);
    this.#seed = String(seed);
    const wholeScript = { ...PLAIN, ...script };
    this.faults = new Faults(wholeScript, (handle, name) => this.#draw(handle, name));
    const addresses = new Addresses();
    this.#forGuests = {
      agenda: this.agenda,
      disks: this.disks,
      script: wholeScript,
      draw: (handle, name) => this.#draw(handle, name),
      takeAddress: () => addresses.take(),
      freeAddress: (address) => addresses.free(address),
      changed: (handle) => this.#changed(handle),
      illness: (handle, isIll) => illness?.(handle, isIll),
      gone: (handle) => {
        this.#guests.delete(handle);
        this.#names.delete(handle);
        this.#changed(handle);
      },
    };
    for (const { address } of guests) if (address) addresses.claim(address);
    for (const seen of guests) {
      if (seen.name !== undefined) this.name(seen.handle, seen.name);
      this.#add(seen.handle, { disks: NO_DISKS }).remember(seen, seen.ill === true, clock.now());
    }
  }

  /** What the draws of this guest are named after. */
  name(handle: GuestHandle, name: string): void {
    this.#names.set(handle, name);
  }

  /** From 0 up to but not including 1, the same for the same names for ever. */
  #draw(handle: GuestHandle, name: string): number {
    return draw(this.#seed, `${this.#names.get(handle) ?? handle} ${name}`);
  }

  get(handle: GuestHandle): SimulatedGuest | undefined {
    return this.#guests.get(handle);
  }

  all(): readonly SimulatedGuest[] {
    return [...this.#guests.values()];
  }

  create(handle: GuestHandle, spec: GuestSpec): void {
    if (this.#guests.has(handle)) return;
    const imageVersion = spec.imageVersion ?? FIRST_VERSION;
    this.#add(handle, { ...madeFrom(spec), imageVersion }).begin(this.agenda.now());
  }

  watch(listener: (handle: GuestHandle) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #add(handle: GuestHandle, made: MadeFrom): SimulatedGuest {
    const guest = new SimulatedGuest(this.#forGuests, handle, made);
    this.#guests.set(handle, guest);
    return guest;
  }

  /** Listeners are called when the change is complete, once however often a guest changed in one go. */
  #changed(handle: GuestHandle): void {
    if (this.#untold.size === 0) queueMicrotask(() => this.#tell());
    this.#untold.add(handle);
  }

  #tell(): void {
    const handles = [...this.#untold];
    this.#untold.clear();
    for (const handle of handles) for (const listener of this.#listeners) listener(handle);
  }
}
