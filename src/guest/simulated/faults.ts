// Which verbs go wrong. Every call draws anew, so trying again helps; what is drawn depends on the guest and on how many
// of its verbs were called before, not on any other guest.

import type { GuestHandle } from '../../domain/guest.ts';
import type { SimulationScript } from './script.ts';

export interface Fault {
  /** `before`: nothing was done. `after`: it was done, and only the answer is lost. */
  readonly transient?: 'before' | 'after';
  /** If it is a create, there is no room. */
  readonly noCapacity: boolean;
}

const NONE: Fault = { noCapacity: false };

export class Faults {
  readonly #script: SimulationScript;
  readonly #draw: (handle: GuestHandle, name: string) => number;
  readonly #calls = new Map<GuestHandle, number>();

  constructor(script: SimulationScript, draw: (handle: GuestHandle, name: string) => number) {
    this.#script = script;
    this.#draw = draw;
  }

  /** Of the guest's next verb. */
  next(handle: GuestHandle): Fault {
    const { transient, noCapacity } = this.#script;
    if (transient === 0 && noCapacity === 0) return NONE;
    const call = (this.#calls.get(handle) ?? 0) + 1;
    this.#calls.set(handle, call);
    const drawn = this.#draw(handle, `transient ${call}`);
    return {
      ...(drawn < transient && { transient: drawn < transient / 2 ? 'before' : 'after' }),
      noCapacity: this.#draw(handle, `capacity ${call}`) < noCapacity,
    };
  }
}
