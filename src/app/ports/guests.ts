// Guests: what a driver must do. Every verb only begins the work; `get` says how far it has come, and `watch` says
// that something changed, never what. All verbs are idempotent by handle and generation: replays are harmless.

import type { Execution, GuestCommand, GuestHandle, GuestSpec, GuestState } from '../../domain/guest.ts';
import type { ProbeAnswer, ProbeRequest } from '../../domain/probe.ts';

/** `notFound`: no such guest. `capacity`: no room. `transient`: try again. `permanent`: trying again will not help. */
export type GuestErrorKind = 'notFound' | 'capacity' | 'transient' | 'permanent';

export class GuestError extends Error {
  readonly kind: GuestErrorKind;

  /** `message` is shown to the operator: no secrets, no paths outside the guest. */
  constructor(kind: GuestErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'GuestError';
    this.kind = kind;
  }
}

/** Where the programs of one guest look for its instance metadata service. It stays as it is while the guest keeps its address. */
export interface MetadataDoor {
  readonly host: string;
  readonly port: number;
  /** What they show to be given a token. */
  readonly secret: string;
}

export interface Guests {
  /** Makes the guest and starts it. A guest that exists already is left as it is. */
  create(handle: GuestHandle, spec: GuestSpec): Promise<void>;
  /** Starts a stopped or deallocated guest, which gets an address again. A starting or running one is left as it is. */
  start(handle: GuestHandle): Promise<void>;
  /** Ends every process of the guest; `graceful` lets it shut down first. `release` frees its address too (deallocate). Disks stay. */
  stop(
    handle: GuestHandle,
    options: { readonly graceful: boolean; readonly release: boolean },
  ): Promise<void>;
  /** Stops and starts it on the same disks, made from `spec`. `newHost`: it moves, so its address may change. A stopped guest is only marked. */
  restart(
    handle: GuestHandle,
    options: {
      readonly generation: number;
      readonly spec: GuestSpec;
      readonly newHost: boolean;
      readonly graceful: boolean;
    },
  ): Promise<void>;
  /** A fresh OS disk made from `spec`, first boot again, same address; `dataDisks: 'fresh'` empties those too, except what was attached to it. A stopped guest stays stopped. */
  reimage(
    handle: GuestHandle,
    options: { readonly generation: number; readonly spec: GuestSpec; readonly dataDisks: 'keep' | 'fresh' },
  ): Promise<void>;
  /**
   * Attaches and detaches data disks and takes over what `spec` says, without a restart. A disk that is not in the spec any more
   * is kept with what is on it; whichever guest's spec names it next gets it, from another guest too. One that never was
   * anywhere is made, empty.
   */
  reconfigure(
    handle: GuestHandle,
    options: { readonly generation: number; readonly spec: GuestSpec },
  ): Promise<void>;
  /** Ends the guest and removes everything of it but its data disks, which are kept. Done when `get` answers undefined. No such guest: nothing to do. */
  delete(handle: GuestHandle): Promise<void>;

  /** Takes away a data disk and what is on it, whichever guest has it. No such disk: nothing to do. `transient`: one still has it. */
  deleteDisk(id: string): Promise<void>;
  /** The data disks that are kept for no guest. */
  disks(): Promise<readonly string[]>;

  get(handle: GuestHandle): Promise<GuestState | undefined>;
  list(): Promise<readonly GuestState[]>;

  /** Begins a command in a running guest. The key is used once: the same key again is the same execution. */
  exec(handle: GuestHandle, key: string, command: GuestCommand): Promise<void>;
  /** How that command stands; undefined when the guest does not know the key (never begun, or its disk is gone). */
  execution(handle: GuestHandle, key: string): Promise<Execution | undefined>;
  /** Ends the command if it runs, and forgets it. Done when `execution` answers undefined: then no process of it is left. */
  cancel(handle: GuestHandle, key: string): Promise<void>;

  /**
   * Asks the guest's application whether it serves. Never rejects because of what the guest does: a guest that is not
   * there, not up or silent answers `failed`. Optional: without it nobody knows how healthy a guest is.
   */
  probe?(handle: GuestHandle, request: ProbeRequest): Promise<ProbeAnswer>;

  /**
   * Where somebody is to listen for what the guest's programs ask about it; undefined while it has no address. Optional:
   * without it no guest has programs that could ask.
   */
  metadataDoor?(handle: GuestHandle): Promise<MetadataDoor | undefined>;

  /**
   * Tells a guest of an event that it may acknowledge; `get` says when it has. The same event again is nothing new.
   * Optional: programs in a real guest ask by themselves, at the metadata door.
   */
  tell?(handle: GuestHandle, event: string): Promise<void>;

  /** What the guest wrote to its serial console since it was made, newest last, at most 1 MiB. */
  consoleLog(handle: GuestHandle): Promise<string>;

  /** Calls back with the handle of a guest whose state or execution may have changed. The answer stops it. */
  watch(listener: (handle: GuestHandle) => void): () => void;

  /** Powers every guest off because its host goes away (`muster down`): cause `host`. */
  powerOffAll(): Promise<void>;
  /** What keeps guests apart, for `muster status`: `namespaces`, `process groups`, `simulated`. */
  readonly isolation: string;
  /** Lets go of the guests without touching them: they outlive the plane. */
  close(): Promise<void>;
}
