// A guest as pure values: what a driver promises of one (app/ports/guests), in as few lines as that takes. Verbs only
// begin their work; time and faults come as events.

import type { GuestState } from '../../src/domain/guest.ts';
import type { Turn } from '../../src/domain/instance.ts';
import type { Effect } from '../../src/domain/next-step.ts';
import type { Time } from '../../src/domain/time.ts';
import { guestRow } from './rows.ts';

export interface ModelGuest {
  readonly state: GuestState | undefined;
  /** Where a stop leads that is under way. */
  readonly towards: 'stopped' | 'deallocated' | 'gone';
}

export const NO_GUEST: ModelGuest = { state: undefined, towards: 'stopped' };

/** `boot`, `ready`, `halt`: what is under way goes on. The others are faults. */
export type GuestEvent = 'boot' | 'ready' | 'halt' | 'exit' | 'host' | 'vanish';

function up({ power }: GuestState): boolean {
  return power === 'running' || power === 'starting';
}

function booting(generation: number, now: Time): ModelGuest {
  const state = guestRow({ power: 'starting', ready: false, generation, bootedAt: now });
  return { state, towards: 'stopped' };
}

export function perform(guest: ModelGuest, effect: Effect, now: Time): ModelGuest {
  const { state } = guest;
  if (state === undefined) return effect.do === 'create' ? booting(0, now) : guest;
  switch (effect.do) {
    case 'create':
    case 'exec':
      return guest;
    case 'start':
      return up(state) ? guest : booting(state.generation, now);
    case 'stop': {
      const towards = effect.release ? 'deallocated' : 'stopped';
      if (up(state)) return { state: { ...state, power: 'stopping', ready: false }, towards };
      return effect.release ? { state: { ...state, power: 'deallocated' }, towards } : guest;
    }
    case 'turn':
      return turned(guest, state, effect.turn, now);
    case 'delete':
      return { state: { ...state, power: 'stopping', ready: false }, towards: 'gone' };
  }
}

function turned(guest: ModelGuest, state: GuestState, { kind, generation }: Turn, now: Time): ModelGuest {
  if (state.generation >= generation) return guest;
  return kind === 'reconfigure' || !up(state)
    ? { ...guest, state: { ...state, generation } }
    : booting(generation, now);
}

export function happen(guest: ModelGuest, event: GuestEvent): ModelGuest {
  const { state, towards } = guest;
  if (state === undefined) return guest;
  const down = (cause: 'asked' | 'exited' | 'host'): ModelGuest => ({
    ...guest,
    state: { ...state, power: 'stopped', ready: false, cause },
  });
  switch (event) {
    case 'boot':
      return state.power === 'starting' ? { ...guest, state: { ...state, power: 'running' } } : guest;
    case 'ready':
      return state.power === 'running' ? { ...guest, state: { ...state, ready: true } } : guest;
    case 'halt':
      if (state.power !== 'stopping') return guest;
      if (towards === 'gone') return NO_GUEST;
      return towards === 'stopped' ? down('asked') : { ...guest, state: { ...state, power: 'deallocated' } };
    case 'exit':
      return up(state) ? down('exited') : guest;
    case 'host':
      return up(state) ? down('host') : guest;
    case 'vanish':
      return NO_GUEST;
  }
}
