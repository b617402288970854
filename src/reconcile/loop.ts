// Loop: looks at one thing at a time, by key, when told that it changed, when a time has come, and now and then anyway.
// What must hold: one look at a key at a time; a wake during a look leads to another look; a look that throws is tried
// again, later each time; a loop that was stopped looks at nothing more.

import type { Clock } from '../app/ports/clock.ts';
import { MINUTE, SECOND, type Time } from '../domain/time.ts';

/** Looks at what is there now and does what is needed. Answers when to look again, where that is known. */
export type Look = (key: string) => Promise<Time | undefined>;

export interface LoopOptions {
  readonly clock: Clock;
  readonly look: Look;
  /** How many keys are looked at side by side. */
  readonly concurrency: number;
  /** All keys there are, for the look that needs no wake. */
  readonly keys?: () => Promise<Iterable<string>>;
  /** How often that is, in milliseconds. */
  readonly period?: number;
  /** Resolves when whoever else waits for the event loop has had a turn. Without it, looks that wait for nothing hold everybody up. */
  readonly breathe?: () => Promise<void>;
  readonly onError: (key: string, error: unknown) => void;
}

export interface Loop {
  wake(key: string): void;
  /** Whether anything is queued or being looked at (times to come do not count). */
  busy(): boolean;
  /** Resolves when it is not busy. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** Looks begun before others get their turn. */
const LOOKS_A_TURN = 64;
const COMPACT_AFTER = 1024;
const FIRST_RETRY = SECOND / 4;
const LAST_RETRY = MINUTE;

export function startLoop(options: LoopOptions): Loop {
  const loop = new KeyedLoop(options);
  const stopPeriod = startPeriod(options, (key) => {
    loop.wake(key);
  });
  return {
    wake: (key) => {
      loop.wake(key);
    },
    busy: () => loop.busy(),
    idle: () => loop.idle(),
    stop: () => {
      stopPeriod();
      return loop.stop();
    },
  };
}

class KeyedLoop {
  readonly #options: LoopOptions;
  readonly #queue = new Queue();
  /** Keys under way; true: woken meanwhile. */
  readonly #looking = new Map<string, boolean>();
  readonly #timers = new Map<string, () => void>();
  readonly #failures = new Map<string, number>();
  #waiting: (() => void)[] = [];
  #stopped = false;
  #left = LOOKS_A_TURN;
  #breathing = false;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  wake(key: string): void {
    if (this.#stopped) return;
    if (this.#looking.has(key)) this.#looking.set(key, true);
    else this.#queue.add(key);
    this.#pump();
  }

  busy(): boolean {
    return this.#queue.size > 0 || this.#looking.size > 0;
  }

  idle(): Promise<void> {
    if (!this.busy()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  stop(): Promise<void> {
    this.#stopped = true;
    this.#queue.clear();
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    return this.idle();
  }

  #pump(): void {
    while (this.#looking.size < this.#options.concurrency && this.#hasTurn()) {
      const key = this.#queue.take();
      if (key === undefined) return;
      this.#looking.set(key, false);
      void this.#lookAt(key);
    }
  }

  /** False when enough was begun for now: then the rest follows after a breath. */
  #hasTurn(): boolean {
    const { breathe } = this.#options;
    if (breathe === undefined || this.#queue.size === 0 || this.#left > 0) {
      this.#left -= 1;
      return true;
    }
    if (!this.#breathing) {
      this.#breathing = true;
      void breathe().then(() => {
        this.#breathing = false;
        this.#left = LOOKS_A_TURN;
        return this.#pump();
      });
    }
    return false;
  }

  async #lookAt(key: string): Promise<void> {
    const { look, clock, onError } = this.#options;
    try {
      const again = await look(key);
      this.#failures.delete(key);
      this.#lookLater(key, again);
    } catch (error) {
      const count = (this.#failures.get(key) ?? 0) + 1;
      this.#failures.set(key, count);
      onError(key, error);
      this.#lookLater(key, clock.now() + Math.min(LAST_RETRY, FIRST_RETRY * 2 ** (count - 1)));
    }
    const woken = this.#looking.get(key) === true;
    this.#looking.delete(key);
    if (woken && !this.#stopped) this.#queue.add(key);
    this.#pump();
    if (!this.busy()) this.#release();
  }

  #lookLater(key: string, at: Time | undefined): void {
    this.#timers.get(key)?.();
    this.#timers.delete(key);
    if (at === undefined || this.#stopped) return;
    const { clock } = this.#options;
    const cancel = clock.after(Math.max(0, at - clock.now()), () => {
      this.#timers.delete(key);
      this.wake(key);
    });
    this.#timers.set(key, cancel);
  }

  #release(): void {
    const released = this.#waiting;
    this.#waiting = [];
    for (const release of released) release();
  }
}

/** Keys in the order of their first wake, each once. (A Set alone is slow to take from: its deleted heads are walked over each time.) */
class Queue {
  readonly #waiting = new Set<string>();
  #keys: string[] = [];
  #head = 0;

  get size(): number {
    return this.#waiting.size;
  }

  add(key: string): void {
    if (this.#waiting.has(key)) return;
    this.#waiting.add(key);
    this.#keys.push(key);
  }

  take(): string | undefined {
    const key = this.#keys[this.#head];
    if (key === undefined) return undefined;
    this.#head += 1;
    this.#waiting.delete(key);
    if (this.#head === this.#keys.length) this.#empty();
    else if (this.#head >= COMPACT_AFTER && this.#head * 2 > this.#keys.length) {
      this.#keys = this.#keys.slice(this.#head);
      this.#head = 0;
    }
    return key;
  }

  clear(): void {
    this.#waiting.clear();
    this.#empty();
  }

  #empty(): void {
    this.#keys = [];
    this.#head = 0;
  }
}

function startPeriod(options: LoopOptions, wake: (key: string) => void): () => void {
  const { clock, keys, period, onError } = options;
  if (keys === undefined || period === undefined) return () => undefined;
  let stopped = false;
  let cancel = clock.after(period, wakeAll);
  function wakeAll(): void {
    void wakeEach(keys as () => Promise<Iterable<string>>);
  }
  async function wakeEach(list: () => Promise<Iterable<string>>): Promise<void> {
    try {
      for (const key of await list()) wake(key);
    } catch (error) {
      onError('*', error);
    }
    if (!stopped) cancel = clock.after(period as number, wakeAll);
  }
  return () => {
    stopped = true;
    cancel();
  };
}
