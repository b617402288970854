// A clock that moves only when it is told. Timers run in the order of their times, and of their making where those are
// equal; each runs at exactly its own time, so a run replays.

import type { Clock } from '../../src/app/ports/clock.ts';
import type { Time } from '../../src/domain/time.ts';

export interface ManualClock extends Clock {
  /** Moves time on by that much, running every timer that comes due on the way, those made meanwhile included. */
  advance(milliseconds: number): void;
  /** Moves time on in one leap, as a machine's sleep does; every timer that was due meanwhile runs afterwards, late. */
  sleep(milliseconds: number): void;
  /** Moves on to the next timer and runs it; false when there is none. */
  runNext(): boolean;
  /** When the next timer is due. */
  next(): Time | undefined;
  /** How many timers are waiting. */
  pending(): number;
}

interface Timer {
  readonly due: Time;
  readonly callback: () => void;
}

export function manualClock(start: Time = Date.UTC(2026, 0, 1)): ManualClock {
  /** Ordered by time, and by making among equals. */
  const timers: Timer[] = [];
  let time = start;

  const run = (timer: Timer): void => {
    timers.shift();
    time = Math.max(time, timer.due);
    timer.callback();
  };

  return {
    now: () => time,
    after(milliseconds, callback) {
      const timer = { due: time + Math.max(0, milliseconds), callback };
      timers.splice(timers.findLastIndex((other) => other.due <= timer.due) + 1, 0, timer);
      return () => {
        const at = timers.indexOf(timer);
        if (at >= 0) timers.splice(at, 1);
      };
    },
    advance(milliseconds) {
      const end = time + milliseconds;
      for (let timer = timers[0]; timer && timer.due <= end; timer = timers[0]) run(timer);
      time = Math.max(time, end);
    },
    sleep(milliseconds) {
      time += milliseconds;
      for (let timer = timers[0]; timer && timer.due <= time; timer = timers[0]) run(timer);
    },
    runNext() {
      const timer = timers[0];
      if (timer) run(timer);
      return timer !== undefined;
    },
    next: () => timers[0]?.due,
    pending: () => timers.length,
  };
}
