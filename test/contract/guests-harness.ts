// What the guest contract suite needs of a driver under test, beside the port itself. It fits real processes and a
// simulation under a virtual clock alike: nothing here sleeps, and the harness alone knows how time passes.

import type { Guests } from '../../src/app/ports/guests.ts';
import type { GuestHandle } from '../../src/domain/guest.ts';
import type { Time } from '../../src/domain/time.ts';

/** What a script of the suite does, in words every driver can carry out. Anything not named is empty or 0. */
export interface ScriptBehaviour {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
  /** Writes what is named above, then runs until it is ended from outside. */
  readonly hangs?: boolean;
}

export interface GuestsHarness {
  /** The driver as it is now: after `reopen` another object on the same guests. */
  readonly guests: Guests;
  now(): Time;
  /**
   * Resolves when the condition holds. It looks at once and then again whenever the driver's `watch` calls, so a
   * driver that forgets to call leaves the test hanging, which is a failure. A virtual clock is moved on from here.
   */
  until(condition: () => Promise<boolean>): Promise<void>;
  /** A script for `exec` that behaves so. */
  script(behaviour: ScriptBehaviour): string;
  /** Lets go of the driver and opens another one on the same guests, as a restart of the plane does. */
  reopen(): Promise<void>;
  /** Ends the guest's first process from inside; resolves when that was done, not when the driver has seen it. */
  crash(handle: GuestHandle): Promise<void>;
  /** Resolves when the application of a guest of the image `web` that is up answers. */
  serves(handle: GuestHandle): Promise<void>;
  /** Ends that application, and nothing else; resolves when it does not answer any more. */
  stopServing(handle: GuestHandle): Promise<void>;
  /** A note on one of the guest's data disks, for drivers whose disks hold something. Undefined: no note, or no such disk. */
  readonly dataDisks?: {
    write(handle: GuestHandle, lun: number, note: string): Promise<void>;
    read(handle: GuestHandle, lun: number): Promise<string | undefined>;
  };
  /** Adds a version of an image with a note in it, for drivers whose guests have its files; reads the note on a guest's OS disk. */
  readonly images?: {
    publish(image: string, version: string, note: string): Promise<void>;
    read(handle: GuestHandle): Promise<string | undefined>;
  };
  /** Deletes every guest and lets go of everything. */
  close(): Promise<void>;
}

/**
 * `until` for a driver that lives in real time. `current` is asked each time because `reopen` replaces the driver;
 * do not reopen while this waits.
 */
export async function untilWatched(current: () => Guests, condition: () => Promise<boolean>): Promise<void> {
  const guests = current();
  let wake = () => {};
  const stop = guests.watch(() => {
    wake();
  });
  try {
    for (;;) {
      // Armed before the condition is looked at: a change in between is not missed.
      const changed = new Promise<void>((resolve) => {
        wake = resolve;
      });
      if (await condition()) return;
      await changed;
    }
  } finally {
    stop();
  }
}
