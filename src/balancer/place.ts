// Places: where a frontend listens. Each frontend has an address of its own in 127.192.0.0 to 127.253.255.255 where the system
// lets a socket bind there (guests have theirs below that), else 127.0.0.1. Its port is the declared one where that can be
// bound; below 1024 the one 8000 above is tried next (80 becomes 8080); then any that is free.

import { createServer, type Server } from 'node:net';

import { placeAddress } from '../domain/frontend-place.ts';

/** Why a port cannot be had, which another may. */
const TAKEN = new Set(['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL']);

/** The address of a place (`domain/frontend-place`), or this machine's where the system has no such addresses. */
export async function frontendHost(place: string): Promise<string> {
  const host = placeAddress(place);
  const server = await listen(host, 0).catch(() => undefined);
  if (server === undefined) return '127.0.0.1';
  await closed(server);
  return host;
}

/** A server that listens there, and takes no connection before its listener for them is there. */
export async function listenNear(host: string, port: number): Promise<Server> {
  const candidates = [port, ...(port < 1024 ? [port + 8000] : [])];
  for (const candidate of candidates) {
    try {
      return await listen(host, candidate);
    } catch (error) {
      if (!TAKEN.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  return listen(host, 0);
}

function listen(host: string, port: number): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

/** Resolves when every connection of it has ended too. */
export function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
