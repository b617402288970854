// One port that speaks both HTTP and HTTPS. The first byte of a connection tells which (a TLS handshake
// opens with 0x16, HTTP with a letter), then Node's own server of that kind has the connection.
// Must hold: nothing a peer sends, and nothing it fails to send, stops the port from serving others; and
// `close` returns only when every request that was accepted has been answered or cut off.
import type { Socket } from 'node:net';
import type { Clock } from '../app/ports/clock.ts';
import { addressOf, bind, closeServer } from './bind.ts';
import { type Handler, makeServers, type ServerLimits } from './servers.ts';

export interface ListenerOptions {
  /** `localhost` listens on both loopback addresses where the machine has both. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
  /** The real clock. */
  readonly clock: Clock;
  readonly limits?: Partial<Limits>;
}

export interface Limits extends ServerLimits {
  /** Milliseconds from accepting a connection to its first byte. */
  readonly firstByte: number;
}

export interface Listener {
  readonly port: number;
  /** The addresses it listens on. */
  readonly addresses: readonly string[];
  /** Hands every request to the handler. Called once; connections made before it wait until it is. */
  serve(handler: Handler): void;
  /** New connections see the new certificate; those that are open stay as they are. */
  replaceCertificate(certificate: string, key: string): void;
  /** Stops accepting, lets requests in flight finish, and cuts them off when the signal is aborted. */
  close(giveUp?: AbortSignal): Promise<void>;
}

const LIMITS: Limits = {
  firstByte: 10_000,
  handshake: 10_000,
  headers: 20_000,
  request: 120_000,
  check: 5_000,
  // Azure's operation URLs are 3 kB long and tokens 2 kB, so that a few of them fill Node's own 16 kB.
  headerBytes: 32_768,
};

const TLS_HANDSHAKE = 0x16;

/** Rejects with Node's own error (EADDRINUSE, EACCES, EADDRNOTAVAIL) when the port cannot be had. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const limits = { ...LIMITS, ...options.limits };
  const fronts = await bind(options.host, options.port);
  const servers = makeServers(options.certificate, options.key, limits);
  const sockets = new Set<Socket>();
  const undecided = new Set<Socket>();
  let serving = false;
  let closing = false;

  const decide = (socket: Socket): void => {
    const settle = (): void => {
      cancel();
      undecided.delete(socket);
    };
    const cancel = options.clock.after(limits.firstByte, () => socket.destroy());
    undecided.add(socket);
    socket.once('close', settle);
    onFirstBytes(socket, (bytes) => {
      settle();
      servers.take(socket, bytes[0] === TLS_HANDSHAKE ? 'secure' : 'plain');
    });
  };
  const accept = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    if (closing) socket.destroy();
    else if (serving) decide(socket);
    // Otherwise it is held: nothing reads it until `serve`.
  };
  for (const front of fronts) front.on('connection', accept);

  return {
    port: addressOf(fronts[0]).port,
    addresses: fronts.map((front) => addressOf(front).address),
    serve(handler) {
      servers.handWith(handler);
      serving = true;
      for (const socket of sockets) decide(socket);
    },
    replaceCertificate: (certificate, key) => servers.replaceCertificate(certificate, key),
    async close(giveUp) {
      closing = true;
      const closed = fronts.map(closeServer);
      for (const socket of serving ? undecided : sockets) socket.destroy();
      servers.finish();
      const cut = (): void => {
        for (const socket of sockets) socket.destroy();
      };
      giveUp?.addEventListener('abort', cut);
      if (giveUp?.aborted === true) cut();
      await Promise.all(closed);
      giveUp?.removeEventListener('abort', cut);
      servers.close();
    },
  };
}

/** Calls back with a connection's first bytes, paused and with them put back; ends one that closes without any. */
function onFirstBytes(socket: Socket, callback: (bytes: Buffer) => void): void {
  const gone = (): void => {
    socket.destroy();
  };
  socket.once('end', gone);
  socket.once('data', (bytes: Buffer) => {
    socket.off('end', gone);
    socket.pause();
    socket.unshift(bytes);
    callback(bytes);
  });
}
