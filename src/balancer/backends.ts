// Backends: of every guest, where it takes new connections now and how many it has. One table for all listeners, because a
// guest that is behind several is taken out of rotation, and drained, once.
// What must hold: a connection counts from the moment its backend was chosen until both its sockets are closed.

import type { Clock } from '../app/ports/clock.ts';
import type { GuestAddress, GuestHandle } from '../domain/guest.ts';
import type { Time } from '../domain/time.ts';

export class Backends {
  readonly #rotation = new Map<GuestHandle, GuestAddress>();
  /** When those that have connections left the rotation. */
  readonly #left = new Map<GuestHandle, Time>();
  readonly #connections = new Map<GuestHandle, number>();
  readonly #listeners = new Set<(handle: GuestHandle) => void>();
  readonly #clock: Clock;
  readonly #changed: (handle: GuestHandle) => void;

  /** `changed`: a guest came into rotation, left it or moved. */
  constructor(clock: Clock, changed: (handle: GuestHandle) => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  rotate(handle: GuestHandle, address: GuestAddress | undefined): void {
    const before = this.#rotation.get(handle);
    if (before?.host === address?.host && before?.port === address?.port) return;
    if (address === undefined) {
      this.#rotation.delete(handle);
      if (this.connections(handle) > 0) this.#left.set(handle, this.#clock.now());
    } else {
      this.#rotation.set(handle, address);
      this.#left.delete(handle);
    }
    this.#changed(handle);
  }

  /** Where it takes new connections; undefined when it is out of rotation. */
  address(handle: GuestHandle): GuestAddress | undefined {
    return this.#rotation.get(handle);
  }

  connections(handle: GuestHandle): number {
    return this.#connections.get(handle) ?? 0;
  }

  /** When it left the rotation, while connections to it go on. */
  drainingSince(handle: GuestHandle): Time | undefined {
    return this.#left.get(handle);
  }

  /** Counts a connection. The answer ends it; to be called once. */
  connect(handle: GuestHandle): () => void {
    this.#connections.set(handle, this.connections(handle) + 1);
    return () => {
      const total = this.connections(handle) - 1;
      if (total > 0) {
        this.#connections.set(handle, total);
        return;
      }
      this.#connections.delete(handle);
      this.#left.delete(handle);
      if (!this.#rotation.has(handle)) for (const listener of this.#listeners) listener(handle);
    };
  }

  /** Calls back when the last connection to a guest out of rotation has ended. The answer stops it. */
  watch(listener: (handle: GuestHandle) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
