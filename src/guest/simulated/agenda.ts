// Agenda: what is to happen to the guests, in the order of time and then of noting down. However much is noted, one
// timer waits, for the earliest; when nothing is noted, none does.
// What must hold: everything happens at exactly its own time, as far as the guests can tell, even when the clock calls late.

import type { Clock } from '../../app/ports/clock.ts';
import type { Time } from '../../domain/time.ts';

export interface Appointment {
  readonly due: Time;
  readonly order: number;
  /** Taken away when it was cancelled. */
  action: ((at: Time) => void) | undefined;
}

export class Agenda {
  readonly #clock: Clock;
  /** A binary heap: each is before the two at twice its place. */
  readonly #heap: Appointment[] = [];
  #order = 0;
  #timer: { readonly due: Time; readonly cancel: () => void } | undefined;
  #open = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): Time {
    return this.#clock.now();
  }

  at(due: Time, action: (at: Time) => void): Appointment {
    const appointment: Appointment = { due, order: this.#order, action };
    this.#order += 1;
    this.#heap.push(appointment);
    this.#rise(this.#heap.length - 1);
    this.#arm();
    return appointment;
  }

  cancel(appointment: Appointment | undefined): void {
    if (appointment) appointment.action = undefined;
  }

  /** Catches up with what came due while it was shut. */
  open(): void {
    this.#open = true;
    this.#run();
  }

  /** Until it is opened again nothing happens, and nothing keeps the clock. */
  shut(): void {
    this.#open = false;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #run(): void {
    const now = this.now();
    for (let first = this.#heap[0]; this.#open && first && first.due <= now; first = this.#heap[0]) {
      this.#pop();
      first.action?.(first.due);
    }
    this.#arm();
  }

  #arm(): void {
    const due = this.#heap[0]?.due;
    if (!this.#open || due === undefined || (this.#timer && this.#timer.due <= due)) return;
    this.#timer?.cancel();
    const cancel = this.#clock.after(due - this.now(), () => {
      this.#timer = undefined;
      this.#run();
    });
    this.#timer = { due, cancel };
  }

  #rise(from: number): void {
    const moved = this.#heap[from] as Appointment;
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const other = this.#heap[above] as Appointment;
      if (!before(moved, other)) break;
      this.#heap[place] = other;
      place = above;
    }
    this.#heap[place] = moved;
  }

  #pop(): void {
    const moved = this.#heap.pop();
    if (!moved || this.#heap.length === 0) return;
    let place = 0;
    for (;;) {
      const left = this.#heap[2 * place + 1];
      const right = this.#heap[2 * place + 2];
      const isRight = right !== undefined && left !== undefined && before(right, left);
      const below = isRight ? right : left;
      if (below === undefined || !before(below, moved)) break;
      this.#heap[place] = below;
      place = 2 * place + (isRight ? 2 : 1);
    }
    this.#heap[place] = moved;
  }
}

function before(a: Appointment, b: Appointment): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}
