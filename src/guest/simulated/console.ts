// The serial console of a simulated guest: what happened to it, written out only when somebody reads it.

import type { Time } from '../../domain/time.ts';

const LINES = {
  boot: 'Booting.',
  running: 'System is up.',
  ready: 'Agent is ready.',
  shutdown: 'Shutting down.',
  cut: 'Power is cut.',
  crash: 'First process ended: halting.',
} as const;

export type ConsoleEvent = keyof typeof LINES;

/** Far below 1 MiB of text. */
const KEPT = 4096;

export class Console {
  readonly #events: { readonly at: Time; readonly what: ConsoleEvent }[] = [];

  note(at: Time, what: ConsoleEvent): void {
    this.#events.push({ at, what });
    if (this.#events.length === 2 * KEPT) this.#events.splice(0, KEPT);
  }

  /** Newest last. */
  get text(): string {
    return this.#events.map(({ at, what }) => `[${new Date(at).toISOString()}] ${LINES[what]}\n`).join('');
  }
}
