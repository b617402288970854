// Probing: one backend asked again and again, from the moment it comes into rotation until it is stopped. Until it is up for the
// first time it is asked every second: a guest is ready a little before what runs in it is.

import type { Clock } from '../app/ports/clock.ts';
import type { GuestAddress } from '../domain/guest.ts';
import { afterAnswer, type BackendProbe, type ProbeState, UNPROBED } from '../domain/backend-probe.ts';
import { SECOND } from '../domain/time.ts';
import { ask } from './ask.ts';

export class Probing {
  readonly #probe: BackendProbe;
  readonly #address: GuestAddress;
  readonly #clock: Clock;
  #state: ProbeState = UNPROBED;
  #cancel: () => void = () => undefined;
  #stopped = false;
  #wasUp = false;

  constructor(probe: BackendProbe, address: GuestAddress, clock: Clock) {
    this.#probe = probe;
    this.#address = address;
    this.#clock = clock;
    void this.#ask();
  }

  get up(): boolean {
    return this.#state.up;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  async #ask(): Promise<void> {
    const well = await ask(this.#probe, this.#address, this.#clock);
    if (this.#stopped) return;
    this.#state = afterAnswer(this.#state, this.#probe, well);
    this.#wasUp ||= this.#state.up;
    const { interval } = this.#probe;
    const pause = this.#wasUp ? interval : Math.min(interval, SECOND);
    this.#cancel = this.#clock.after(pause, () => void this.#ask());
  }
}
