// Mortality: what one incarnation of the plane sees of the world. When it dies, it dies in the middle of whatever it did:
// nothing it awaits ever comes back, no timer of it fires, nothing it asks for is done. The world lives on.
// What must hold: the disk has a commit whole or not at all, whichever moment is chosen.

import type { Clock } from '../../src/app/ports/clock.ts';
import type { Guests } from '../../src/app/ports/guests.ts';
import type { Store } from '../../src/app/ports/store.ts';

export interface World {
  readonly store: Store;
  readonly guests: Guests;
  readonly clock: Clock;
}

/** Asked before each commit: whether the plane dies just before it, or when it is on disk but not acknowledged. */
export type CrashPlan = () => 'before' | 'after' | undefined;

export interface Incarnation extends World {
  /** Resolves when it has died. */
  readonly death: Promise<void>;
  readonly dead: () => boolean;
  die(): void;
}

export function incarnate(world: World, plan: CrashPlan): Incarnation {
  const { promise: death, resolve } = Promise.withResolvers<void>();
  const never = new Promise<never>(() => undefined);
  const undo: (() => void)[] = [];
  let dead = false;
  const die = (): void => {
    dead = true;
    for (const stop of undo) stop();
    resolve();
  };

  /** Every method: asked of the dead, it never answers; an answer that comes after death never arrives. */
  function mortal<T extends object>(target: T, own: Partial<T>): T {
    return new Proxy(target, {
      get(_, key) {
        const mine = own[key as keyof T];
        if (mine !== undefined) return mine;
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          if (dead) return never;
          const answer: unknown = Reflect.apply(value, target, args);
          return answer instanceof Promise ? survive(answer) : answer;
        };
      },
    });
  }
  function survive<T>(answer: Promise<T>): Promise<T> {
    return answer.then(
      (result) => (dead ? never : result),
      (error: unknown) => (dead ? never : Promise.reject(error as Error)),
    );
  }

  const store = mortal(world.store, {
    async commit(changes) {
      if (dead) return never;
      const crash = plan();
      if (crash === 'before') {
        die();
        return never;
      }
      await world.store
        .commit(changes)
        .catch((error: unknown) => (dead ? never : Promise.reject(error as Error)));
      if (crash === 'after') die();
      if (dead) return never;
    },
    onCommit(listener) {
      const stop = world.store.onCommit((changes) => {
        if (!dead) listener(changes);
      });
      undo.push(stop);
      return stop;
    },
  });
  const guests = mortal(world.guests, {
    watch(listener) {
      const stop = world.guests.watch((handle) => {
        if (!dead) listener(handle);
      });
      undo.push(stop);
      return stop;
    },
  });
  const clock: Clock = {
    now: () => world.clock.now(),
    after(milliseconds, callback) {
      const cancel = world.clock.after(milliseconds, () => {
        if (!dead) callback();
      });
      undo.push(cancel);
      return cancel;
    },
  };
  return { store, guests, clock, death, dead: () => dead, die };
}
