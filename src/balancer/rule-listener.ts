// Rule listener: one listening socket and what becomes of its connections. Each new one goes to the first backend in the
// flow's order that is in rotation, is up by the rule's probe and accepts; where there is none, it is reset.

import type { AddressInfo, Server, Socket } from 'node:net';

import type { ListenerHealth } from '../app/ports/balancer.ts';
import type { Clock } from '../app/ports/clock.ts';
import { backendAddress, type Listener } from '../domain/balancing.ts';
import { flowKey, preference } from '../domain/distribution.ts';
import type { GuestHandle } from '../domain/guest.ts';
import { sameJson } from '../domain/json.ts';
import { SECOND } from '../domain/time.ts';
import type { Backends } from './backends.ts';
import { dial } from './dial.ts';
import { closed } from './place.ts';
import { Probing } from './probing.ts';
import { relay } from './relay.ts';

/** How long a backend may take to accept. */
const PATIENCE = 5 * SECOND;

export interface Hub {
  readonly clock: Clock;
  readonly backends: Backends;
  /** Every open socket, so that the balancer can close. */
  readonly sockets: Set<Socket>;
}

interface Handles {
  readonly backends: ReadonlySet<GuestHandle>;
  readonly judged: ReadonlySet<GuestHandle>;
}

function handlesOf({ backends, judged = [] }: Listener): Handles {
  return { backends: new Set(backends), judged: new Set(judged) };
}

export class RuleListener {
  readonly #hub: Hub;
  readonly #server: Server;
  readonly #probings = new Map<GuestHandle, Probing>();
  #plan: Listener;
  /** Of the plan, as sets: it changes often while a fleet of hundreds does. */
  #handles: Handles;

  /** The server listens already. */
  constructor(hub: Hub, server: Server, plan: Listener) {
    this.#hub = hub;
    this.#server = server;
    this.#plan = plan;
    this.#handles = handlesOf(plan);
    server.on('connection', (client) => void this.#take(client));
    for (const handle of plan.backends) this.refresh(handle);
  }

  get plan(): Listener {
    return this.#plan;
  }

  /** The same place with other backends, probe or distribution. Connections that are open go on. */
  update(plan: Listener): void {
    const asksOtherwise = !sameJson({ ...this.#plan.probe }, { ...plan.probe });
    const [before, after] = [this.#handles, handlesOf(plan)];
    this.#plan = plan;
    this.#handles = after;
    for (const handle of new Set([...before.backends, ...after.backends])) {
      const stays = before.backends.has(handle) && after.backends.has(handle);
      if (asksOtherwise || !stays || before.judged.has(handle) !== after.judged.has(handle))
        this.refresh(handle);
    }
  }

  /** Whether this guest is one of its backends. */
  serves(handle: GuestHandle): boolean {
    return this.#handles.backends.has(handle);
  }

  /** Looks at whether this backend is in rotation, and where; begins or ends probing it. */
  refresh(handle: GuestHandle): void {
    this.#probings.get(handle)?.stop();
    this.#probings.delete(handle);
    const { probe } = this.#plan;
    const { backends, judged } = this.#handles;
    const address = this.#hub.backends.address(handle);
    if (probe === undefined || address === undefined || !backends.has(handle) || judged.has(handle)) return;
    this.#probings.set(handle, new Probing(probe, backendAddress(address, probe.port), this.#hub.clock));
  }

  /** Whether this backend is probed and has not been found well, or not any more. */
  awaits(handle: GuestHandle): boolean {
    return this.#probings.get(handle)?.up === false;
  }

  health(): ListenerHealth {
    const { address: host, port } = this.#server.address() as AddressInfo;
    return {
      key: this.#plan.key,
      address: { host, port },
      backends: this.#plan.backends.map((handle) => {
        const probing = this.#probings.get(handle);
        return {
          handle,
          ...(probing === undefined ? {} : { probe: probing.up ? 'Up' : 'Down' }),
          connections: this.#hub.backends.connections(handle),
        };
      }),
    };
  }

  /** Takes no new connection from now on. Resolves when the last one has ended. */
  close(): Promise<void> {
    for (const probing of this.#probings.values()) probing.stop();
    this.#probings.clear();
    return closed(this.#server);
  }

  async #take(client: Socket): Promise<void> {
    this.#keep(client);
    const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = client;
    const plan = this.#plan;
    const key = flowKey(plan.distribution, {
      sourceHost: remoteAddress,
      sourcePort: remotePort,
      host: localAddress,
      port: localPort,
    });
    for (const handle of preference(key, plan.backends)) {
      if (await this.#serve(client, handle, plan)) return;
    }
    client.resetAndDestroy();
  }

  /** False when this backend does not take it. */
  async #serve(client: Socket, handle: GuestHandle, plan: Listener): Promise<boolean> {
    const { backends, clock } = this.#hub;
    const address = backends.address(handle);
    const isAsked = plan.probe !== undefined && !this.#handles.judged.has(handle);
    const isUp = !isAsked || this.#probings.get(handle)?.up === true;
    if (address === undefined || !isUp) return false;
    // From here on the guest is not stopped before this connection has ended, or its drain limit is over.
    const release = backends.connect(handle);
    try {
      const backend = await dial(backendAddress(address, plan.backendPort), clock, PATIENCE);
      if (backend === undefined) return false;
      this.#keep(backend);
      if (client.destroyed) backend.destroy();
      else await relay(client, backend, { clock, idleTimeout: plan.idleTimeout });
      return true;
    } finally {
      release();
    }
  }

  #keep(socket: Socket): void {
    const { sockets } = this.#hub;
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  }
}
