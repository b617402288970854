// Doors: for each guest that has one, a server on the guest's own address that answers it and nobody else. Guests outlive the
// plane and keep their addresses, so the next plane opens the same doors. What must hold: a door that cannot be opened (a
// program has taken its port) is tried again and hurts nothing else; which guest asks follows from the door alone.

import http, { type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import type { Clock } from '../app/ports/clock.ts';
import type { Guests, MetadataDoor } from '../app/ports/guests.ts';
import type { GuestHandle } from '../domain/guest.ts';
import { SECOND } from '../domain/time.ts';
import { answerGuest, type MetadataContext } from './answer.ts';
import type { MetadataAnswer, MetadataRequest } from './exchange.ts';

export interface DoorsOptions extends MetadataContext {
  readonly guests: Guests;
  /** The real clock. */
  readonly clock: Clock;
  /** `problem` holds no secret. */
  readonly log: (problem: string, handle: GuestHandle, error: unknown) => void;
}

export interface Doors {
  /** Resolves when no door is being opened or closed. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** What a guest may send, in bytes. */
const LARGEST_BODY = 65_536;
const RETRY = 5 * SECOND;
const LIMITS = { headersTimeout: 10 * SECOND, requestTimeout: 20 * SECOND, maxHeaderSize: 16_384 };

/** Resolves when the doors of the guests that are there are open. */
export async function openDoors(options: DoorsOptions): Promise<Doors> {
  const doors = new OpenDoors(options);
  if (options.guests.metadataDoor !== undefined) {
    doors.watch();
    for (const { handle } of await options.guests.list()) doors.look(handle);
    await doors.settled();
  }
  return doors;
}

interface Open {
  readonly door: MetadataDoor;
  readonly server: Server;
}

class OpenDoors implements Doors {
  readonly #options: DoorsOptions;
  readonly #open = new Map<GuestHandle, Open>();
  /** Looks at one guest come one after the other. */
  readonly #looks = new Map<GuestHandle, Promise<void>>();
  /** Of doors that could not be opened: when they are tried again. */
  readonly #retries = new Map<GuestHandle, () => void>();
  #stopWatching = (): void => undefined;
  #closed = false;

  constructor(options: DoorsOptions) {
    this.#options = options;
  }

  watch(): void {
    this.#stopWatching = this.#options.guests.watch((handle) => this.look(handle));
  }

  look(handle: GuestHandle): void {
    const before = this.#looks.get(handle) ?? Promise.resolve();
    const look = before
      .then(() => this.#match(handle))
      .catch((error: unknown) => {
        this.#options.log('the metadata service of a guest could not be looked after', handle, error);
      })
      .finally(() => {
        if (this.#looks.get(handle) === look) this.#looks.delete(handle);
      });
    this.#looks.set(handle, look);
  }

  async settled(): Promise<void> {
    while (this.#looks.size > 0) await Promise.all(this.#looks.values());
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopWatching();
    await this.settled();
    for (const cancel of this.#retries.values()) cancel();
    await Promise.all([...this.#open.keys()].map((handle) => this.#shut(handle)));
  }

  /** Opens or closes what does not match the guest as it is now. */
  async #match(handle: GuestHandle): Promise<void> {
    const wanted = this.#closed ? undefined : await this.#options.guests.metadataDoor?.(handle);
    const { door } = this.#open.get(handle) ?? {};
    if (isSame(door, wanted)) return;
    if (door !== undefined) await this.#shut(handle);
    if (wanted === undefined) {
      this.#retries.get(handle)?.();
      this.#retries.delete(handle);
    } else {
      await this.#unlock(handle, wanted);
    }
  }

  async #unlock(handle: GuestHandle, door: MetadataDoor): Promise<void> {
    const server = http.createServer(LIMITS, (incoming, outgoing) => {
      void this.#answer({ handle, door }, incoming, outgoing);
    });
    try {
      await listening(server, door);
    } catch (error) {
      // Told once: the guest changes often, and its port may stay taken.
      if (!this.#retries.has(handle)) {
        this.#options.log(`${door.host}:${door.port} is taken, so a guest has no metadata`, handle, error);
      }
      this.#retries.get(handle)?.();
      this.#retries.set(
        handle,
        this.#options.clock.after(RETRY, () => this.look(handle)),
      );
      return;
    }
    this.#retries.get(handle)?.();
    this.#retries.delete(handle);
    this.#open.set(handle, { door, server });
  }

  async #shut(handle: GuestHandle): Promise<void> {
    const { server } = this.#open.get(handle) ?? {};
    this.#open.delete(handle);
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
  }

  async #answer(
    asker: { readonly handle: GuestHandle; readonly door: MetadataDoor },
    incoming: IncomingMessage,
    outgoing: ServerResponse,
  ): Promise<void> {
    try {
      const body = await readBody(incoming);
      if (body === undefined) return write(outgoing, TOO_LARGE);
      write(outgoing, await answerGuest(this.#options, asker, requestOf(incoming, body)));
    } catch (error) {
      if (outgoing.destroyed || incoming.errored !== null) return;
      this.#options.log('a request for metadata failed', asker.handle, error);
      write(outgoing, BROKEN);
    }
  }
}

const TOO_LARGE: MetadataAnswer = {
  status: 413,
  type: 'application/json; charset=utf-8',
  body: '{"error":"The request is too large."}',
};
const BROKEN: MetadataAnswer = {
  status: 500,
  type: 'application/json; charset=utf-8',
  body: '{"error":"Internal error. Try again later."}',
};

function isSame(a: MetadataDoor | undefined, b: MetadataDoor | undefined): boolean {
  return a?.host === b?.host && a?.port === b?.port && a?.secret === b?.secret;
}

function listening(server: Server, { host, port }: MetadataDoor): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Undefined when there is more than a guest may send. */
async function readBody(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function requestOf({ method = 'GET', url = '/', headers }: IncomingMessage, body: string): MetadataRequest {
  const [path = '/', query = ''] = url.split('?', 2);
  return { method, path, query: new URLSearchParams(query), headers, body };
}

function write(outgoing: ServerResponse, { status, type, body }: MetadataAnswer): void {
  outgoing.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    server: 'IMDS/Muster',
  });
  outgoing.end(body);
}
