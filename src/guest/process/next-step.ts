// Next step of one guest: from what its record wants and what is there of its processes to the one thing to be done
// now. Pure. Every step may be repeated, so whoever was interrupted begins again here.

import type { Time } from '../../domain/time.ts';
import type { GuestRecord } from './record.ts';

/** How long a guest may take to shut down by itself, in ms. */
export const GRACE = 10_000;

export interface Facts {
  /** `never`: the boot that the record names did not come to a first process. `ended`: the first process is dead, others may live. */
  readonly life: 'running' | 'ended' | 'gone' | 'never';
  /** The data disks may differ from the spec. */
  readonly disksDiffer: boolean;
  readonly now: Time;
}

export type Step =
  /** Ask the guest to shut down; at `until` it is ended. */
  | { readonly do: 'terminate'; readonly until: Time }
  /** End every process of it. */
  | { readonly do: 'kill' }
  /** Nothing is left of the boot: write that down. */
  | { readonly do: 'bury' }
  | { readonly do: 'forgetBoot' }
  | { readonly do: 'syncDisks' }
  /** Carry out a restart or reimage between two boots. */
  | { readonly do: 'turn' }
  | { readonly do: 'freeAddress' }
  /** Give it what it lacks, its OS disk and an address, and start its first process. */
  | { readonly do: 'boot' }
  /** Take away everything of it. */
  | { readonly do: 'remove' }
  /** Nothing, until something happens. */
  | { readonly do: 'rest' };

export function nextStep(record: GuestRecord, facts: Facts): Step {
  if (record.boot !== undefined) return stepOfBoot(record, facts);
  if (record.deleted === true) return { do: 'remove' };
  if (record.turn !== undefined) return { do: 'turn' };
  if (facts.disksDiffer) return { do: 'syncDisks' };
  switch (record.power) {
    case 'on':
      return { do: 'boot' };
    case 'released':
      return record.address === undefined ? { do: 'rest' } : { do: 'freeAddress' };
    case 'off':
      return { do: 'rest' };
  }
}

function stepOfBoot(record: GuestRecord, { life, now, disksDiffer }: Facts): Step {
  switch (life) {
    case 'never':
      return { do: 'forgetBoot' };
    case 'gone':
      return { do: 'bury' };
    case 'ended':
      return { do: 'kill' };
    case 'running':
      break;
  }
  if (record.deleted === true) return { do: 'kill' };
  const ending = record.boot?.ending;
  if (ending !== undefined) {
    const until = ending.since + GRACE;
    return ending.graceful && now < until ? { do: 'terminate', until } : { do: 'kill' };
  }
  return disksDiffer ? { do: 'syncDisks' } : { do: 'rest' };
}
