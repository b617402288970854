// Clock and ids, as the rules receive them (chance is `domain/random`). The real ones live in `system/`; tests hand in their own.

import type { Time } from '../../domain/time.ts';

export interface Clock {
  now(): Time;
  /** Calls back once, after at least that many milliseconds of this clock. The answer cancels it. */
  after(milliseconds: number, callback: () => void): () => void;
}

export interface Ids {
  /** A random UUID, lower case with dashes. */
  guid(): string;
}
