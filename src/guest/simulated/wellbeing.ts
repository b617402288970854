// Wellbeing: whether the application in a simulated guest serves. It falls ill by the script or by a command, and comes
// back with a boot that recovers, or by a command.
// What must hold: at most one illness is on the agenda; a change is noted, then told.

import type { GuestHandle } from '../../domain/guest.ts';
import type { ProbeAnswer, ProbeRequest } from '../../domain/probe.ts';
import type { Time } from '../../domain/time.ts';
import type { Appointment } from './agenda.ts';
import type { GuestHost } from './guest.ts';
import { within } from './script.ts';

export class Wellbeing {
  readonly #host: GuestHost;
  readonly #handle: GuestHandle;
  #isIll = false;
  #next: Appointment | undefined;
  #metrics: Readonly<Record<string, number>> | undefined;

  constructor(host: GuestHost, handle: GuestHandle) {
    this.#host = host;
    this.#handle = handle;
  }

  /** As it was when a plane that is gone last heard of it. */
  remember(isIll: boolean): void {
    this.#isIll = isIll;
  }

  /** The guest is up. */
  wake(at: Time, boot: number): void {
    const { script, agenda } = this.#host;
    if (this.#isIll && !this.#isDrawn(script.recovers, `recovers ${boot}`)) return;
    this.#become(false);
    if (!this.#isDrawn(script.fallsIll, `falls ill ${boot}`)) return;
    const after = within(script.fallsIllAfter, this.#host.draw(this.#handle, `falls ill after ${boot}`));
    this.#next = agenda.at(at + after, () => this.turn('ill'));
  }

  /** The guest is off. */
  rest(): void {
    this.#host.agenda.cancel(this.#next);
    this.#next = undefined;
  }

  /** The guest is gone: nothing is to be kept of it. */
  end(): void {
    this.#become(false);
  }

  turn(state: 'well' | 'ill'): void {
    this.#become(state === 'ill');
    this.#host.changed(this.#handle);
  }

  /** Its health answers say so too. */
  tell(name: string, value: number): void {
    this.#metrics = { ...this.#metrics, [name]: value };
    this.#host.changed(this.#handle);
  }

  #become(isIll: boolean): void {
    if (isIll === this.#isIll) return;
    this.#isIll = isIll;
    this.#host.illness(this.#handle, isIll);
  }

  /** One that is ill answers what counts as unhealthy by every kind of source. */
  answer({ protocol }: ProbeRequest): ProbeAnswer {
    const steady = true;
    if (protocol === 'tcp') return { outcome: this.#isIll ? 'failed' : 'connected', steady };
    const body = JSON.stringify({
      ApplicationHealthState: this.#isIll ? 'Unhealthy' : 'Healthy',
      ...(this.#metrics === undefined ? {} : { customMetrics: this.#metrics }),
    });
    return { outcome: 'answered', status: this.#isIll ? 503 : 200, body, steady };
  }

  #isDrawn(chance: number, drawn: string): boolean {
    return chance > 0 && this.#host.draw(this.#handle, drawn) < chance;
  }
}
