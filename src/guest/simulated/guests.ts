// The simulated driver: guests without processes, on a host that lives in the plane's own time. What goes wrong with a
// verb goes wrong here; what goes wrong with a guest, in the guest.

import { GuestError, type Guests } from '../../app/ports/guests.ts';
import type { Execution, GuestCommand, GuestHandle, GuestSpec, GuestState } from '../../domain/guest.ts';
import type { ProbeAnswer, ProbeRequest } from '../../domain/probe.ts';
import type { Fault } from './faults.ts';
import type { SimulatedGuest } from './guest.ts';
import { SimulatedHost, type SimulationOptions } from './host.ts';

export function openSimulatedGuests(options: SimulationOptions): Guests {
  return new SimulatedGuests(new SimulatedHost(options));
}

/** One plane's hold on a host. After `close` another one may have it; the guests do not notice. */
export class SimulatedGuests implements Guests {
  readonly isolation = 'simulated';
  readonly #host: SimulatedHost;
  readonly #unwatch = new Set<() => void>();

  constructor(host: SimulatedHost) {
    this.#host = host;
    host.agenda.open();
  }

  async create(handle: GuestHandle, spec: GuestSpec): Promise<void> {
    this.#host.name(handle, spec.name);
    this.#act(handle, ({ noCapacity }) => {
      if (noCapacity && this.#host.get(handle) === undefined) {
        throw new GuestError('capacity', 'The host has no room for another guest.');
      }
      this.#host.create(handle, spec);
    });
  }

  async start(handle: GuestHandle): Promise<void> {
    this.#verb(handle, (guest, at) => guest.start(at));
  }

  async stop(
    handle: GuestHandle,
    options: { readonly graceful: boolean; readonly release: boolean },
  ): Promise<void> {
    this.#verb(handle, (guest, at) => guest.stop(options, at));
  }

  async restart(
    handle: GuestHandle,
    options: {
      readonly generation: number;
      readonly spec: GuestSpec;
      readonly newHost: boolean;
      readonly graceful: boolean;
    },
  ): Promise<void> {
    this.#verb(handle, (guest, at) => guest.restart(options, at));
  }

  async reimage(
    handle: GuestHandle,
    options: { readonly generation: number; readonly spec: GuestSpec; readonly dataDisks: 'keep' | 'fresh' },
  ): Promise<void> {
    this.#verb(handle, (guest, at) => guest.reimage(options, at));
  }

  async reconfigure(
    handle: GuestHandle,
    options: { readonly generation: number; readonly spec: GuestSpec },
  ): Promise<void> {
    this.#verb(handle, (guest) => guest.reconfigure(options));
  }

  async delete(handle: GuestHandle): Promise<void> {
    this.#act(handle, () => this.#host.get(handle)?.delete(this.#host.agenda.now()));
  }

  async deleteDisk(id: string): Promise<void> {
    this.#host.disks.delete(id);
  }

  async disks(): Promise<readonly string[]> {
    return this.#host.disks.kept;
  }

  async get(handle: GuestHandle): Promise<GuestState | undefined> {
    return this.#host.get(handle)?.state;
  }

  async list(): Promise<readonly GuestState[]> {
    return this.#host.all().map((guest) => guest.state);
  }

  async exec(handle: GuestHandle, key: string, command: GuestCommand): Promise<void> {
    this.#verb(handle, (guest, at) => {
      if (!guest.exec(key, command, at)) {
        throw new GuestError('transient', `The guest '${handle}' is not running.`);
      }
    });
  }

  async execution(handle: GuestHandle, key: string): Promise<Execution | undefined> {
    return this.#host.get(handle)?.execution(key);
  }

  async cancel(handle: GuestHandle, key: string): Promise<void> {
    this.#host.get(handle)?.cancel(key, this.#host.agenda.now());
  }

  async probe(handle: GuestHandle, request: ProbeRequest): Promise<ProbeAnswer> {
    return this.#host.get(handle)?.probe(request) ?? { outcome: 'failed' };
  }

  async tell(handle: GuestHandle, event: string): Promise<void> {
    this.#host.get(handle)?.tell(event, this.#host.agenda.now());
  }

  async consoleLog(handle: GuestHandle): Promise<string> {
    return this.#found(handle).consoleLog;
  }

  watch(listener: (handle: GuestHandle) => void): () => void {
    const unwatch = this.#host.watch(listener);
    const stop = (): void => {
      unwatch();
      this.#unwatch.delete(stop);
    };
    this.#unwatch.add(stop);
    return stop;
  }

  async powerOffAll(): Promise<void> {
    for (const guest of this.#host.all()) guest.loseHost(this.#host.agenda.now());
  }

  async close(): Promise<void> {
    for (const stop of this.#unwatch) stop();
    this.#host.agenda.shut();
  }

  #found(handle: GuestHandle): SimulatedGuest {
    const guest = this.#host.get(handle);
    if (guest === undefined) throw new GuestError('notFound', `There is no guest '${handle}'.`);
    return guest;
  }

  #verb(handle: GuestHandle, work: (guest: SimulatedGuest, at: number) => void): void {
    this.#act(handle, () => work(this.#found(handle), this.#host.agenda.now()));
  }

  #act(handle: GuestHandle, work: (fault: Fault) => void): void {
    const fault = this.#host.faults.next(handle);
    if (fault.transient === 'before') throw new GuestError('transient', 'The host did not answer.');
    work(fault);
    if (fault.transient === 'after') throw new GuestError('transient', 'The answer of the host was lost.');
  }
}
