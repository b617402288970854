// The manual clock: what the rest of the tests take for granted about it.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { manualClock } from './manual-clock.ts';

test('runs timers at their own times, in the order of time and then of making', () => {
  const clock = manualClock(1000);
  const ran: string[] = [];
  const note = (name: string) => () => ran.push(`${name}@${clock.now()}`);
  clock.after(20, note('late'));
  clock.after(10, note('first'));
  clock.after(10, note('second'));
  clock.advance(15);
  expect(ran).toEqual(['first@1010', 'second@1010']);
  expect(clock.now()).toBe(1015);
  clock.advance(5);
  expect(ran.at(-1)).toBe('late@1020');
});

test('runs timers made by timers within the same advance', () => {
  const clock = manualClock(0);
  const ran: number[] = [];
  const again = (): void => {
    ran.push(clock.now());
    clock.after(3, again);
  };
  clock.after(3, again);
  clock.advance(10);
  expect(ran).toEqual([3, 6, 9]);
  expect(clock.next()).toBe(12);
});

test('runNext moves to the next timer, and says when there is none', () => {
  const clock = manualClock(0);
  clock.after(50, () => {});
  expect(clock.runNext()).toBe(true);
  expect(clock.now()).toBe(50);
  expect(clock.runNext()).toBe(false);
  expect(clock.next()).toBeUndefined();
});

test('a cancelled timer does not run, and cancelling twice or late is harmless', () => {
  const clock = manualClock(0);
  const ran: string[] = [];
  const cancel = clock.after(1, () => ran.push('cancelled'));
  const late = clock.after(1, () => ran.push('kept'));
  cancel();
  cancel();
  clock.advance(1);
  late();
  expect(ran).toEqual(['kept']);
  expect(clock.pending()).toBe(0);
});

test('any set of timers runs ordered, each at its own time', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100)), (waits) => {
      const clock = manualClock(0);
      const ran: { wait: number; made: number; at: number }[] = [];
      waits.forEach((wait, made) => clock.after(wait, () => ran.push({ wait, made, at: clock.now() })));
      while (clock.runNext());
      expect(ran.every(({ wait, at }) => wait === at)).toBe(true);
      expect(ran).toEqual(ran.toSorted((a, b) => a.wait - b.wait || a.made - b.made));
      expect(ran).toHaveLength(waits.length);
    }),
  );
});
