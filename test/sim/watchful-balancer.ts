// A balancer for the simulation that moves no bytes: every guest in rotation has connections now and then, which end by
// themselves some time after it has left. It watches what is done to guests, and names what may never happen.

import type { Balancer } from '../../src/app/ports/balancer.ts';
import type { Clock } from '../../src/app/ports/clock.ts';
import type { Change } from '../../src/app/ports/store.ts';
import { placeAddress } from '../../src/domain/frontend-place.ts';
import { handleOf } from '../../src/domain/guest.ts';
import type { Guests } from '../../src/app/ports/guests.ts';
import type { Random } from '../../src/domain/random.ts';
import { DRAIN_LIMIT } from '../../src/domain/rotation.ts';
import type { Time } from '../../src/domain/time.ts';

/** Half of the connections outlive the drain limit. */
const LONGEST = 2 * DRAIN_LIMIT;

export class WatchfulBalancer implements Balancer {
  readonly connects = true;
  readonly wrongs: string[] = [];
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #rotation = new Set<string>();
  /** When the guest left, of those whose connections go on. */
  readonly #leaving = new Map<string, Time>();
  /** The guests that were lost and not made anew: nothing is connected to them. */
  readonly #lost = new Set<string>();
  readonly #hurried = new Set<string>();
  readonly #given = new Map<string, number>();
  readonly #listeners = new Set<(handle: string) => void>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  rotate(handle: string, address: unknown): void {
    if (address !== undefined) {
      this.#leaving.delete(handle);
      this.#rotation.add(handle);
      return;
    }
    if (!this.#rotation.delete(handle) || this.#lost.has(handle)) return;
    const given = this.#given.get(handle);
    if (given === undefined && this.#random() < 0.3) return;
    const left = this.#clock.now();
    this.#leaving.set(handle, left);
    this.#clock.after(given ?? Math.floor(this.#random() * LONGEST), () => {
      if (this.#leaving.get(handle) !== left) return;
      this.#leaving.delete(handle);
      for (const listener of this.#listeners) listener(handle);
    });
  }

  /** From now on the connections of this guest go on so long after it has left, and not as chance has it. */
  connect(handle: string, duration: number): void {
    this.#given.set(handle, duration);
  }

  /** The host loses this guest: what was connected to it is so no more. */
  lost(handle: string): void {
    this.#rotation.delete(handle);
    this.#leaving.delete(handle);
    this.#lost.add(handle);
  }

  /** Told of each commit: a verb that asks for no grace, such as a forced delete, need not wait. */
  committed(change: Change): void {
    if (change.kind !== 'put' || change.table !== 'instance') return;
    const handle = handleOf(change.row);
    if (change.row.task?.graceful === false) this.#hurried.add(handle);
    else this.#hurried.delete(handle);
  }

  /** Who is in rotation. */
  serving(): readonly string[] {
    return [...this.#rotation];
  }

  async hostOf(place: string): Promise<string> {
    return placeAddress(place);
  }

  drainingSince(handle: string): Time | undefined {
    return this.#leaving.get(handle);
  }

  isAwaited(): boolean {
    return false;
  }

  async apply(): Promise<void> {
    return undefined;
  }

  health(): readonly never[] {
    return [];
  }

  watch(listener: (handle: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    return undefined;
  }

  /** The plane died, and every connection through it with it. */
  die(): void {
    this.#rotation.clear();
    this.#leaving.clear();
    this.#listeners.clear();
  }

  /** The guests, watched: what ends one's connections is held against the rotation. */
  watched(guests: Guests): Guests {
    return new Proxy(guests, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          if (isCutting(key)) this.#check(key, args);
          if (key === 'create') this.#lost.delete(String(args[0]));
          return Reflect.apply(value, target, args);
        };
      },
    });
  }

  #check(verb: string, [handle, options]: readonly unknown[]): void {
    const name = String(handle);
    const graceful =
      !this.#hurried.has(name) && ((options as { graceful?: boolean } | undefined)?.graceful ?? true);
    if (this.#rotation.has(name) && !this.#lost.has(name))
      this.wrongs.push(`${verb} of ${name}, which is in rotation`);
    const left = this.#leaving.get(name);
    if (graceful && left !== undefined && this.#clock.now() < left + DRAIN_LIMIT) {
      this.wrongs.push(`${verb} of ${name}, ${this.#clock.now() - left} ms after it left, with connections`);
    }
  }
}

function isCutting(key: string | symbol): key is 'stop' | 'restart' | 'reimage' | 'delete' {
  return key === 'stop' || key === 'restart' || key === 'reimage' || key === 'delete';
}
