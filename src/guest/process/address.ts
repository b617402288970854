// Addresses of guests: one of its own in 127.0.0.0/8 with a fixed port where the system lets a socket bind there (Linux
// does), else a port of its own on 127.0.0.1. Ports below 1024 are out of a guest's reach, so it is 8080.

import { createHash } from 'node:crypto';
import { createServer } from 'node:net';

import type { GuestAddress, GuestHandle } from '../../domain/guest.ts';
import { GuestError } from '../../app/ports/guests.ts';

const GUEST_PORT = 8080;
/** Where a guest with an address of its own finds its instance metadata service. */
export const METADATA_PORT = 16925;

/** So many candidates are looked at before the addresses count as used up. */
const TRIES = 200;

export class Addresses {
  readonly #prefix: string | undefined;
  /** By `host:port`, also while it is only being tried. */
  readonly #taken = new Map<string, GuestHandle>();

  /** `prefix`: the first two numbers, `127.90`; undefined where there is only 127.0.0.1. */
  constructor(prefix: string | undefined) {
    this.#prefix = prefix;
  }

  /** Notes an address that a guest has already. */
  keep(handle: GuestHandle, address: GuestAddress): void {
    this.#taken.set(key(address), handle);
  }

  free(handle: GuestHandle): void {
    for (const [address, owner] of this.#taken) if (owner === handle) this.#taken.delete(address);
  }

  /**
   * An address that no guest has and nothing listens on. It stays the guest's until `free`. One that the guest has now is
   * given up, and not given again.
   */
  async move(handle: GuestHandle): Promise<GuestAddress> {
    const before = [...this.#taken].filter(([, owner]) => owner === handle);
    const address = await this.#find(handle);
    for (const [name] of before) this.#taken.delete(name);
    return address;
  }

  /** Where the guest's metadata service is to listen, at its address; to be kept while the guest is there. */
  async metadataPort(): Promise<number> {
    return this.#prefix === undefined ? freePort() : METADATA_PORT;
  }

  async #find(handle: GuestHandle): Promise<GuestAddress> {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const candidate =
        this.#prefix === undefined
          ? { host: '127.0.0.1', port: await freePort() }
          : { host: candidateHost(this.#prefix, handle, attempt), port: GUEST_PORT };
      const name = key(candidate);
      if (this.#taken.has(name)) continue;
      this.#taken.set(name, handle);
      if (this.#prefix === undefined || (await isFree(candidate.host))) return candidate;
      this.#taken.delete(name);
    }
    throw new GuestError('capacity', 'No free address is left on this host.');
  }
}

/** The two numbers that guests in this directory share, or undefined where 127.0.0.1 is the only loopback address. */
export async function addressPrefix(directory: string): Promise<string | undefined> {
  const second = 64 + (hash(directory) % 128);
  return (await canListen({ host: `127.${second}.0.1`, port: 0 })) ? `127.${second}` : undefined;
}

/** The same guest tries the same addresses in the same order; never the first or last of the range. */
export function candidateHost(prefix: string, handle: GuestHandle, attempt: number): string {
  const number = 1 + ((hash(handle) + attempt) % 65_534);
  return `${prefix}.${number >> 8}.${number & 255}`;
}

function hash(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0);
}

function key({ host, port }: GuestAddress): string {
  return `${host}:${port}`;
}

async function isFree(host: string): Promise<boolean> {
  return (await canListen({ host, port: GUEST_PORT })) && canListen({ host, port: METADATA_PORT });
}

function canListen(address: GuestAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ ...address, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0, exclusive: true }, () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no port was given'));
        else resolve(address.port);
      });
    });
  });
}
