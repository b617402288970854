// The real clock over a faked machine: Date, performance and setTimeout move only when the test says so.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { openClock } from './clock.ts';

const START = Date.UTC(2026, 10, 24);
const DAY = 86_400_000;

beforeEach(() => {
  vi.useFakeTimers({ now: START, toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('now', () => {
  test('is the wall clock at scale 1', () => {
    const clock = openClock();
    expect(clock.now()).toBe(START);
    vi.advanceTimersByTime(1234);
    expect(clock.now()).toBe(START + 1234);
  });

  test('runs as many times as fast as it was told', () => {
    const clock = openClock({ scale: 60 });
    vi.advanceTimersByTime(1000);
    expect(clock.now()).toBe(START + 60_000);
  });

  test('answers whole milliseconds at a fractional scale', () => {
    const clock = openClock({ scale: 0.3 });
    vi.advanceTimersByTime(5);
    expect(clock.now()).toBe(START + 1);
  });

  test('begins at notBefore when the wall clock is behind it, and at the wall clock otherwise', () => {
    expect(openClock({ notBefore: START + DAY }).now()).toBe(START + DAY);
    expect(openClock({ notBefore: START - DAY }).now()).toBe(START);
  });

  test('goes on from notBefore', () => {
    const clock = openClock({ scale: 10, notBefore: START + DAY });
    vi.advanceTimersByTime(100);
    expect(clock.now()).toBe(START + DAY + 1000);
  });

  test('does not go back when the wall clock is set back', () => {
    const clock = openClock();
    vi.advanceTimersByTime(10);
    vi.setSystemTime(START - DAY);
    expect(clock.now()).toBe(START + 10);
    vi.advanceTimersByTime(10);
    expect(clock.now()).toBe(START + 20);
  });

  test('catches up after the machine slept', () => {
    const clock = openClock({ scale: 2 });
    vi.setSystemTime(START + DAY);
    expect(clock.now()).toBe(START + 2 * DAY);
  });

  test.for([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses the scale %d', (scale) => {
    expect(() => openClock({ scale })).toThrow(RangeError);
  });
});

describe('after', () => {
  test('calls back once that much of this clock has passed, and once only', () => {
    const clock = openClock({ scale: 10 });
    const calls: number[] = [];
    clock.after(1000, () => calls.push(clock.now()));
    vi.advanceTimersByTime(99);
    expect(calls).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(calls).toEqual([START + 1000]);
    vi.advanceTimersByTime(DAY);
    expect(calls).toHaveLength(1);
  });

  test('never calls back before its time, whatever rounding the scale brings', () => {
    const clock = openClock({ scale: 7 });
    const calls: number[] = [];
    for (const wait of [0, 1, 6, 8, 50]) clock.after(wait, () => calls.push(clock.now() - START - wait));
    vi.advanceTimersByTime(20);
    expect(calls).toHaveLength(5);
    expect(Math.min(...calls)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...calls)).toBeLessThan(2 * 7);
  });

  test('never calls back in the same turn', () => {
    const callback = vi.fn<() => void>();
    openClock().after(0, callback);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledOnce();
  });

  test('waits longer than setTimeout can', () => {
    const clock = openClock();
    const calls: number[] = [];
    clock.after(60 * DAY, () => calls.push(clock.now()));
    vi.advanceTimersByTime(60 * DAY - 1);
    expect(calls).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(calls).toEqual([START + 60 * DAY]);
  });

  test('does not call back after it was cancelled, also while it waits in several steps', () => {
    const clock = openClock();
    const callback = vi.fn<() => void>();
    const cancel = clock.after(60 * DAY, callback);
    vi.advanceTimersByTime(40 * DAY);
    cancel();
    vi.advanceTimersByTime(40 * DAY);
    expect(callback).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});
