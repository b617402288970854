// Recovery: a guest that is lost altogether, its disks with it, is made anew although nobody asked. That is a reimage in
// all but the reason: a verb in hand, so that the instance is shown Updating, refuses other verbs, runs what a fresh OS disk
// asks for, and ends within a time limit, one way or the other.

import { aboutInstance, type Beginning } from './begun-operation.ts';
import { type Instance, nameOf } from './instance.ts';
import type { ScaleSet } from './scale-set.ts';
import type { Time } from './time.ts';
import { newTask, withTask } from './verb.ts';

export interface Recovery {
  readonly instance: Instance;
  readonly beginning: Beginning;
  /** For the activity log, in one sentence. */
  readonly description: string;
}

/** `id`: of the operation. */
export function recovery(set: ScaleSet, instance: Instance, id: string, now: Time): Recovery {
  return {
    // A guest that is made takes no turn: it is on a fresh disk already.
    instance: withTask(instance, instance.wanted, newTask('reimage', id, now)),
    beginning: aboutInstance(set, instance, { id, action: 'write' }),
    description: `The guest of ${nameOf(set.name, instance)} is made anew: its host had lost it.`,
  };
}
