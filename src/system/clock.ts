// The plane's clock. Virtual time begins at the later of the wall clock and `notBefore`, runs `scale` times as fast as
// real time and never goes back, whatever is done to the machine's own clock.

import type { Clock } from '../app/ports/clock.ts';
import type { Time } from '../domain/time.ts';

export interface ClockOptions {
  /** How many milliseconds of this clock pass in one real millisecond; above 0, default 1. */
  readonly scale?: number;
  /** The clock begins no earlier than this: the latest time that the store remembers. */
  readonly notBefore?: Time;
}

/** The longest wait that setTimeout keeps; anything above fires at once. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** The wall clock running ahead by more than this, in ms, means that the machine slept: that time has passed as well. */
const SLEPT = 1000;

export function openClock({ scale = 1, notBefore = 0 }: ClockOptions = {}): Clock {
  if (!(scale > 0 && Number.isFinite(scale)))
    throw new RangeError(`a time scale must be above 0, not ${scale}`);
  const elapsed = stopwatch();
  const origin = Math.max(Date.now(), notBefore);
  const now = (): Time => Math.floor(origin + elapsed() * scale);

  const after = (milliseconds: number, callback: () => void): (() => void) => {
    const due = now() + Math.max(0, milliseconds);
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      timer = setTimeout(fire, Math.min(LONGEST_TIMEOUT, Math.max(1, Math.ceil((due - now()) / scale))));
    };
    // A timer may fire early (its own limit, or rounding), so the clock itself has the last word.
    const fire = (): void => {
      if (now() >= due) callback();
      else arm();
    };
    arm();
    return () => clearTimeout(timer);
  };

  return { now, after };
}

/** Real milliseconds since it was made. Sleep of the machine counts; a wall clock that is set back does not. */
function stopwatch(): () => number {
  let elapsed = 0;
  let wall = Date.now();
  let steady = performance.now();
  return () => {
    const wallStep = Date.now() - wall;
    const steadyStep = performance.now() - steady;
    wall += wallStep;
    steady += steadyStep;
    elapsed += wallStep - steadyStep > SLEPT ? wallStep : steadyStep;
    return elapsed;
  };
}
