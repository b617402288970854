// Hearing: how a simulated guest takes the news that it is to go. It acknowledges after a while, or never, as the script has
// it. What must hold: one event is drawn for once; what was acknowledged is told, and stays so.

import type { GuestHandle } from '../../domain/guest.ts';
import type { Time } from '../../domain/time.ts';
import type { Appointment } from './agenda.ts';
import type { GuestHost } from './guest.ts';
import { within } from './script.ts';

export class Hearing {
  readonly #host: GuestHost;
  readonly #handle: GuestHandle;
  #heard: string | undefined;
  #acknowledged: string | undefined;
  #next: Appointment | undefined;

  constructor(host: GuestHost, handle: GuestHandle) {
    this.#host = host;
    this.#handle = handle;
  }

  /** The event that it acknowledged last. */
  get acknowledged(): string | undefined {
    return this.#acknowledged;
  }

  tell(event: string, at: Time): void {
    if (event === this.#heard) return;
    this.#heard = event;
    const { script, agenda } = this.#host;
    if (this.#host.draw(this.#handle, 'acknowledges') >= script.acknowledges) return;
    const after = within(script.acknowledgesAfter, this.#host.draw(this.#handle, 'acknowledges after'));
    this.#next = agenda.at(at + after, () => {
      this.#acknowledged = event;
      this.#host.changed(this.#handle);
    });
  }

  /** The guest is off: nobody hears anything. */
  rest(): void {
    this.#host.agenda.cancel(this.#next);
    this.#heard = undefined;
  }
}
