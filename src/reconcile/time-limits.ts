// Time limits count only while a plane runs: what was acknowledged before it stopped is still tried, however long it was away.

import { type Change, put } from '../app/ports/store.ts';
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
