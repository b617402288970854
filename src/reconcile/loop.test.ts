// The loop. What never happens: two looks at one key at once; a wake that no look follows; a look after a stop; a look that
// fails again and again without a pause.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../../test/testing/manual-clock.ts';
import type { Time } from '../domain/time.ts';
import { type Loop, type Look, type LoopOptions, startLoop } from './loop.ts';

const START = 1_000_000;

interface Bench {
  readonly clock: ManualClock;
  readonly loop: Loop;
  /** The keys that were looked at, in order, with the time. */
  readonly looks: { readonly key: string; readonly at: Time }[];
  readonly errors: { readonly key: string; readonly error: unknown }[];
}

function bench(look: Look, given: Partial<LoopOptions> = {}): Bench {
  const clock = manualClock(START);
  const looks: Bench['looks'] = [];
  const errors: Bench['errors'] = [];
  const loop = startLoop({
    clock,
    concurrency: 4,
    look: (key) => {
      looks.push({ key, at: clock.now() });
      return look(key);
    },
    onError: (key, error) => {
      errors.push({ key, error });
    },
    ...given,
  });
  return { clock, loop, looks, errors };
}

const nothing: Look = async () => undefined;

/** A look that goes on until it is told to end; `begun` resolves when the next one begins. */
interface Held {
  readonly look: Look;
  readonly end: (answer?: Time) => void;
  readonly fail: (error: Error) => void;
  readonly begun: () => Promise<string>;
}

function held(): Held {
  let current = Promise.withResolvers<Time | undefined>();
  let next = Promise.withResolvers<string>();
  return {
    look: (key) => {
      current = Promise.withResolvers();
      const begun = next;
      next = Promise.withResolvers();
      begun.resolve(key);
      return current.promise;
    },
    end: (answer) => {
      current.resolve(answer);
    },
    fail: (error) => {
      current.reject(error);
    },
    begun: () => next.promise,
  };
}

function keysOf({ looks }: Bench): readonly string[] {
  return looks.map(({ key }) => key);
}

describe('a wake', () => {
  test('leads to one look at its key, and then the loop is idle', async () => {
    const b = bench(nothing);
    expect(b.loop.busy()).toBe(false);
    b.loop.wake('a');
    expect(b.loop.busy()).toBe(true);
    await b.loop.idle();
    expect(b.loop.busy()).toBe(false);
    expect(keysOf(b)).toEqual(['a']);
  });

  test('of several keys leads to a look at each, in the order of the wakes', async () => {
    const b = bench(nothing, { concurrency: 1 });
    for (const key of ['c', 'a', 'b']) b.loop.wake(key);
    await b.loop.idle();
    expect(keysOf(b)).toEqual(['c', 'a', 'b']);
  });

  test('of a key that waits already counts once', async () => {
    const { look, end } = held();
    const b = bench(look, { concurrency: 1 });
    b.loop.wake('first');
    for (let count = 0; count < 5; count += 1) b.loop.wake('b');
    end();
    await Promise.resolve();
    const idle = b.loop.idle();
    while (b.loop.busy()) {
      end();
      await Promise.resolve();
    }
    await idle;
    expect(keysOf(b)).toEqual(['first', 'b']);
  });

  test('during a look leads to exactly one more look, after it', async () => {
    const { look, end, begun } = held();
    const b = bench(look);
    b.loop.wake('a');
    b.loop.wake('a');
    b.loop.wake('a');
    expect(keysOf(b)).toEqual(['a']);
    const second = begun();
    end();
    await second;
    expect(keysOf(b)).toEqual(['a', 'a']);
    end();
    await b.loop.idle();
    expect(keysOf(b)).toEqual(['a', 'a']);
  });

  test('by a look itself is not lost', async () => {
    let left = 3;
    const b: Bench = bench(async (key) => {
      left -= 1;
      if (left > 0) b.loop.wake(key);
      return undefined;
    });
    b.loop.wake('a');
    await b.loop.idle();
    expect(keysOf(b)).toEqual(['a', 'a', 'a']);
  });
});

describe('side by side', () => {
  test('as many keys are looked at as are allowed, and the next when one is done', async () => {
    const ends = new Map<string, () => void>();
    const b = bench((key) => new Promise((resolve) => ends.set(key, () => resolve(undefined))), {
      concurrency: 2,
    });
    for (const key of ['a', 'b', 'c', 'd']) b.loop.wake(key);
    expect(keysOf(b)).toEqual(['a', 'b']);
    ends.get('b')?.();
    while (b.looks.length < 3) await Promise.resolve();
    expect(keysOf(b)).toEqual(['a', 'b', 'c']);
    for (const key of ['a', 'c']) ends.get(key)?.();
    while (b.looks.length < 4) await Promise.resolve();
    ends.get('d')?.();
    await b.loop.idle();
  });

  test('whatever wakes come, no key is looked at twice at once, and each wake is followed by a look', async () => {
    const wakes = fc.array(fc.tuple(fc.nat(4).map(String), fc.nat(3)), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(
        wakes,
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.nat(3)),
        async (given, concurrency, lengths) => {
          const now = new Set<string>();
          let most = 0;
          let count = 0;
          let begun = 0;
          const lastLook = new Map<string, number>();
          const lastWake = new Map<string, number>();
          const b = bench(
            async (key) => {
              expect(now.has(key)).toBe(false);
              now.add(key);
              most = Math.max(most, now.size);
              begun += 1;
              lastLook.set(key, (count += 1));
              for (let turn = lengths[begun % (lengths.length || 1)] ?? 1; turn > 0; turn -= 1)
                await Promise.resolve();
              now.delete(key);
              return undefined;
            },
            { concurrency },
          );
          for (const [key, pause] of given) {
            lastWake.set(key, (count += 1));
            b.loop.wake(key);
            for (let turn = 0; turn < pause; turn += 1) await Promise.resolve();
          }
          await b.loop.idle();
          expect(most).toBeLessThanOrEqual(concurrency);
          for (const [key, wake] of lastWake) expect(lastLook.get(key)).toBeGreaterThan(wake);
          expect(b.errors).toEqual([]);
        },
      ),
    );
  });

  test('thousands of keys each get their look, in order', async () => {
    const b = bench(nothing, { concurrency: 3 });
    const keys = Array.from({ length: 5000 }, (_, index) => `k${index}`);
    for (const key of keys) b.loop.wake(key);
    await b.loop.idle();
    expect(keysOf(b)).toEqual(keys);
  });
});

describe('a time', () => {
  test('that a look answers leads to a look at that time, and not before', async () => {
    const answers = [START + 500, undefined];
    const b = bench(async () => answers.shift());
    b.loop.wake('a');
    await b.loop.idle();
    b.clock.advance(499);
    expect(b.loop.busy()).toBe(false);
    b.clock.advance(1);
    await b.loop.idle();
    expect(b.looks).toEqual([
      { key: 'a', at: START },
      { key: 'a', at: START + 500 },
    ]);
    expect(b.clock.pending()).toBe(0);
  });

  test('that is past already leads to a look without delay', async () => {
    const answers = [START - 1, undefined];
    const b = bench(async () => answers.shift());
    b.loop.wake('a');
    await b.loop.idle();
    expect(b.clock.next()).toBe(START);
    b.clock.advance(0);
    await b.loop.idle();
    expect(b.looks).toHaveLength(2);
  });

  test('is replaced by what the next look answers: each key has one time at the most', async () => {
    const answers = [START + 500, START + 100, undefined];
    const b = bench(async () => answers.shift());
    b.loop.wake('a');
    await b.loop.idle();
    b.loop.wake('a');
    await b.loop.idle();
    expect([b.clock.pending(), b.clock.next()]).toEqual([1, START + 100]);
    b.loop.wake('a');
    await b.loop.idle();
    expect(b.clock.pending()).toBe(0);
  });

  test('of one key does not make the loop busy, and is no other key’s', async () => {
    const b = bench(async (key) => (key === 'a' && b.looks.length < 3 ? START + 10 : undefined));
    b.loop.wake('a');
    b.loop.wake('b');
    await b.loop.idle();
    expect(b.clock.pending()).toBe(1);
    b.clock.advance(10);
    await b.loop.idle();
    expect(keysOf(b)).toEqual(['a', 'b', 'a']);
  });
});

describe('a look that throws', () => {
  test('is told of, and tried again later each time, up to a minute', async () => {
    const b = bench(async () => {
      throw new Error('no');
    });
    b.loop.wake('a');
    await b.loop.idle();
    const pauses: number[] = [];
    for (let count = 0; count < 11; count += 1) {
      const before = b.clock.now();
      expect(b.clock.runNext()).toBe(true);
      pauses.push(b.clock.now() - before);
      await b.loop.idle();
    }
    expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    expect(b.errors).toHaveLength(12);
    expect(b.errors[0]).toMatchObject({ key: 'a', error: { message: 'no' } });
  });

  test('begins with the shortest pause again once it has succeeded', async () => {
    const fails = [true, true, false, true];
    const b = bench(async () => {
      if (fails.shift() === true) throw new Error('no');
      return undefined;
    });
    b.loop.wake('a');
    await b.loop.idle();
    b.clock.runNext();
    await b.loop.idle();
    b.clock.runNext();
    await b.loop.idle();
    expect(b.clock.pending()).toBe(0);
    b.loop.wake('a');
    await b.loop.idle();
    expect(b.clock.next()).toBe(b.clock.now() + 250);
  });

  test('at once, before it answers a promise, is no different', async () => {
    const b = bench(() => {
      throw new Error('at once');
    });
    b.loop.wake('a');
    await b.loop.idle();
    expect(b.errors).toHaveLength(1);
    expect(b.clock.pending()).toBe(1);
  });

  test('holds up no other key, and a wake in its pause leads to a look at once', async () => {
    const b = bench(async (key) => {
      if (key === 'bad') throw new Error('no');
      return undefined;
    });
    b.loop.wake('bad');
    b.loop.wake('good');
    await b.loop.idle();
    expect(keysOf(b)).toEqual(['bad', 'good']);
    b.loop.wake('bad');
    await b.loop.idle();
    expect(b.looks).toHaveLength(3);
    expect(b.clock.pending()).toBe(1);
  });

  test('although it was woken meanwhile is looked at again at once: something changed', async () => {
    const { look, fail, end, begun } = held();
    const b = bench(look);
    b.loop.wake('a');
    b.loop.wake('a');
    const second = begun();
    fail(new Error('no'));
    await second;
    end();
    await b.loop.idle();
    expect(b.looks).toHaveLength(2);
    expect(b.clock.pending()).toBe(0);
  });
});

describe('a stop', () => {
  test('waits for the looks under way, begins no other, and forgets the times to come', async () => {
    const { look, end } = held();
    const b = bench(look, { concurrency: 1 });
    b.loop.wake('a');
    b.loop.wake('a');
    b.loop.wake('b');
    const order: string[] = [];
    const stop = async (): Promise<void> => {
      await b.loop.stop();
      order.push('stopped');
    };
    const stopping = stop();
    await Promise.resolve();
    order.push('ended');
    end(START + 10);
    await stopping;
    expect(order).toEqual(['ended', 'stopped']);
    b.loop.wake('c');
    b.clock.advance(100_000);
    await b.loop.idle();
    expect(keysOf(b)).toEqual(['a']);
    expect(b.clock.pending()).toBe(0);
  });

  test('forgets what was to be tried again', async () => {
    const b = bench(async () => {
      throw new Error('no');
    });
    b.loop.wake('a');
    await b.loop.idle();
    await b.loop.stop();
    expect(b.clock.pending()).toBe(0);
  });

  test('of a loop with nothing to do, and a second one, are done at once', async () => {
    const b = bench(nothing);
    await b.loop.stop();
    await b.loop.stop();
    expect(b.looks).toEqual([]);
  });
});

describe('the period', () => {
  const keys = async (): Promise<readonly string[]> => ['a', 'b'];
  /** Lets what is under way without the loop, the listing of the keys, come to its end. */
  const listed = async (b: Bench, looks: number): Promise<void> => {
    while (b.looks.length < looks) await Promise.resolve();
    await b.loop.idle();
    while (b.clock.pending() === 0) await Promise.resolve();
  };

  test('looks at every key there is, again and again, without being woken', async () => {
    const b = bench(nothing, { keys, period: 1000 });
    b.clock.advance(999);
    expect(b.looks).toEqual([]);
    b.clock.advance(1);
    await listed(b, 2);
    b.clock.advance(1000);
    await listed(b, 4);
    expect(b.looks.map(({ key, at }) => `${key}@${at - START}`)).toEqual([
      'a@1000',
      'b@1000',
      'a@2000',
      'b@2000',
    ]);
  });

  test('goes on when the keys could not be listed', async () => {
    let first = true;
    const b = bench(nothing, {
      period: 1000,
      keys: async () => {
        if (!first) return ['a'];
        first = false;
        throw new Error('no list');
      },
    });
    b.clock.advance(1000);
    while (b.clock.pending() === 0) await Promise.resolve();
    expect(b.errors).toMatchObject([{ key: '*', error: { message: 'no list' } }]);
    b.clock.advance(1000);
    await listed(b, 1);
    expect(keysOf(b)).toEqual(['a']);
  });

  test('ends with the loop, also while the keys are being listed', async () => {
    const list = Promise.withResolvers<readonly string[]>();
    const b = bench(nothing, { keys: () => list.promise, period: 1000 });
    b.clock.advance(1000);
    await b.loop.stop();
    list.resolve(['a']);
    await list.promise;
    await b.loop.idle();
    await Promise.resolve();
    expect(b.looks).toEqual([]);
    expect(b.clock.pending()).toBe(0);
  });

  test('is no business of a loop without keys', () => {
    expect(bench(nothing, { period: 1000 }).clock.pending()).toBe(0);
    expect(bench(nothing, { keys }).clock.pending()).toBe(0);
  });
});
