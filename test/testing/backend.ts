// Backends for tests of the balancer: real servers on loopback, the addresses that they listen at, and clients that say what
// came of a connection. Waiting is done on what happens, one turn of the event loop at a time.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

import type { GuestAddress } from '../../src/domain/guest.ts';

export interface Backend {
  readonly address: GuestAddress;
  readonly server: Server;
  readonly sockets: ReadonlySet<Socket>;
}

/** Says its name to whoever connects, and then everything that it is told. */
export async function echo(name: string, host = '127.0.0.1', port = 0): Promise<Backend> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    socket.write(`${name}\n`);
    socket.pipe(socket);
  });
  server.listen({ host, port });
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await new Promise((resolve) => void server.close(resolve));
  });
  return { address: { host, port: (server.address() as AddressInfo).port }, server, sockets };
}

export interface Client {
  readonly socket: Socket;
  /** Everything it has read. */
  readonly text: () => string;
  /** Resolves with the reason when it is closed: `end` or the error's code. */
  readonly closed: Promise<string>;
}

export function dialIn({ host, port }: GuestAddress, localAddress?: string): Client {
  const socket = connect({
    host,
    port,
    allowHalfOpen: true,
    ...(localAddress === undefined ? {} : { localAddress }),
  });
  onTestFinished(() => void socket.destroy());
  let text = '';
  let reason = 'end';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.on('error', (error: NodeJS.ErrnoException) => (reason = error.code ?? error.message));
  const closed = new Promise<string>((resolve) => {
    socket.once('close', () => {
      resolve(reason);
    });
  });
  return { socket, text: () => text, closed };
}

/** The name that the backend behind a fresh connection says; the reason when there is none. */
export async function whoAnswers(address: GuestAddress, localAddress?: string): Promise<string> {
  const client = dialIn(address, localAddress);
  let reason: string | undefined;
  void client.closed.then((why) => (reason = why));
  await until(() => client.text().includes('\n') || reason !== undefined);
  client.socket.destroy();
  return reason ?? client.text().trim();
}

export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
