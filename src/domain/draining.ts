// Draining: what is done about the connections to a guest before an effect that ends them.
// What must hold: they may go on until the drain limit; after it a guest that can be asked ends them itself, by shutting down;
// a verb that asks for no grace waits for nothing; and nothing waits past the verb's own time limit.

import { onThisDisk } from './extension-record.ts';
import type { GuestState } from './guest.ts';
import type { Instance } from './instance.ts';
import { type Effect, observe, type Step } from './next-step.ts';
import { DRAIN_LIMIT } from './rotation.ts';
import type { Time } from './time.ts';

export interface Drain {
  readonly instance: Instance;
  readonly guest: GuestState | undefined;
  readonly now: Time;
  /** When the guest left the rotation, while connections to it go on; undefined when there are none. */
  readonly since: Time | undefined;
}

/** The step, or what comes before it so that no connection is cut that may still end by itself. */
export function drainFirst(step: Step, drain: Drain): Step {
  const { instance, guest, now, since } = drain;
  const { task } = instance;
  if (step.kind !== 'act' || since === undefined) return step;
  if (task === undefined || !task.graceful || !cuts(step.effect)) return step;
  const until = Math.min(since + DRAIN_LIMIT, task.deadline);
  if (now < until) return waiting(drain, until);
  if (!cutsPower(step.effect)) return step;
  if (guest?.power === 'running')
    return { kind: 'act', effect: { do: 'stop', graceful: true, release: false } };
  return guest?.power === 'stopping' ? waiting(drain, task.deadline) : step;
}

/** What was seen is saved before anything is waited for. */
function waiting({ instance, guest }: Drain, until: Time): Step {
  const seen = observe(onThisDisk(instance, guest), guest);
  return seen === instance ? { kind: 'wait', until } : { kind: 'save', instance: seen };
}

function cuts(effect: Effect): boolean {
  switch (effect.do) {
    case 'create':
    case 'start':
    case 'exec':
      return false;
    case 'turn':
      return effect.turn.kind !== 'reconfigure';
    case 'stop':
    case 'delete':
      return true;
  }
}

/** Without asking the guest, as the driver does it. */
function cutsPower(effect: Effect): boolean {
  if (effect.do === 'turn') return effect.turn.kind === 'reimage' || effect.turn.kind === 'reimageAll';
  return effect.do === 'delete';
}
