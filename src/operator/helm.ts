// Helm: what carrying out an action needs of the world.

import type { Arm } from './arm.ts';
import type { Sealed } from './evidence.ts';
import type { Inventory } from './inventory.ts';
import type { Entry } from './record-entry.ts';
import type { Hash } from './sighting.ts';

export interface Helm {
  readonly arm: Arm;
  /** What was there when the action was allowed to begin, or to go on. */
  readonly start: Inventory;
  readonly readInventory: () => Promise<Inventory>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly guid: () => string;
  readonly hash: Hash;
  /** How long the activity log may take to show a request, in ms: none on a plane, up to twenty minutes on Azure. */
  readonly logDelay: number;
  /** Between two looks at what has not come true yet: as often as the ARM's throttling lets it. */
  readonly looks: Looks;
  /** Durable when it returns. */
  readonly append: (entry: Entry) => Sealed;
  /** For a person who waits: one line, without its end. */
  readonly progress: (line: string) => void;
  readonly interrupted: () => boolean;
  /** Resolves when the operator interrupts, and never else. */
  readonly interruption: Promise<undefined>;
}

/** Milliseconds: after the first look, then twice as long each time, up to the longest. */
export interface Looks {
  readonly first: number;
  readonly longest: number;
}

/** @param earlier how many looks there were before this one */
export function untilNextLook({ first, longest }: Looks, earlier: number): number {
  return Math.min(first * 2 ** Math.min(earlier, 30), longest);
}

/** `06:00:03 batch 2: verified` */
export function tell({ progress, now }: Helm, line: string): void {
  progress(`${new Date(now()).toISOString().slice(11, 19)} ${line}`);
}
