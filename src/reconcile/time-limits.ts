// Time limits count only while a plane runs: what was acknowledged before it stopped is still tried, however long it was away.
// Its machine's sleep is no different from its own end. What must hold: nobody looks at what a sleep has made late before the
// limits are renewed.

import { type Change, put, RevisionConflict } from '../app/ports/store.ts';
import { BEAT, wasAway } from '../domain/absence.ts';
import type { Time } from '../domain/time.ts';
import { withFullTime } from '../domain/verb.ts';
import type { World } from './world.ts';

/** Rows in one commit at the most. */
const BATCH = 200;

/** To be called before the loops look at anything. */
export async function renewTimeLimits(world: World): Promise<void> {
  const now = world.clock.now();
  const changes: Change[] = [];
  for (const set of await world.store.scaleSets()) {
    for (const instance of await world.store.instances(set.uid)) {
      const { task } = instance;
      if (task !== undefined) changes.push(put('instance', { ...instance, task: withFullTime(task, now) }));
    }
  }
  for (const command of await world.store.openRunCommands())
    changes.push(put('runCommand', { ...command, asked: now }));
  for (let at = 0; at < changes.length; at += BATCH) await world.store.commit(changes.slice(at, at + BATCH));
}

export interface TimeLimits {
  /** To be asked before anything is looked at: undefined when the limits are good, else resolves when they are. */
  readonly late: () => Promise<void> | undefined;
  /** Since when somebody has been looking: the start, or the end of the latest sleep. */
  readonly since: () => Time;
  readonly stop: () => void;
}

export function keepTimeLimits(world: World): TimeLimits {
  const { clock } = world;
  let seen = clock.now();
  let since = seen;
  let isStale = false;
  let renewing: Promise<void> | undefined;
  const late = (): Promise<void> | undefined => {
    const now = clock.now();
    if (wasAway(seen, now)) {
      isStale = true;
      since = now;
    }
    seen = now;
    if (isStale) renewing ??= renew();
    return renewing;
  };
  const renew = async (): Promise<void> => {
    try {
      await renewUntilDone(world);
      isStale = false;
    } finally {
      renewing = undefined;
    }
  };
  const beat = (): void => {
    // Whoever looks next tries again, and reports what is wrong.
    late()?.catch(() => undefined);
    cancel = clock.after(BEAT, beat);
  };
  let cancel = clock.after(BEAT, beat);
  return {
    late,
    since: () => since,
    stop: () => {
      cancel();
    },
  };
}

/** Unlike at the start, requests come in meanwhile: where one was first, everything is read again. */
async function renewUntilDone(world: World): Promise<void> {
  for (;;) {
    try {
      return await renewTimeLimits(world);
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error;
    }
  }
}
