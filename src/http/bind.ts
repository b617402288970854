// Listening sockets. Must hold: `localhost` is one port on every loopback address the machine has, so that a
// client may resolve the name as it likes and never reaches another program.
import { type AddressInfo, createServer, type Server } from 'node:net';

/** What a machine without one of the two loopback addresses says. */
const NO_SUCH_ADDRESS = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/** A free port on one loopback address may be taken on the other: then another is tried. */
const FREE_PORT_ATTEMPTS = 20;

/** The listening sockets: two for `localhost` where the machine has both loopback addresses, else one. */
export async function bind(host: string, port: number): Promise<readonly Server[]> {
  if (host !== 'localhost') return [await bindOne(host, port)];
  for (let attempt = 1; ; attempt += 1) {
    const four = await bindIfPresent('127.0.0.1', port);
    try {
      const six = await bindIfPresent('::1', four === undefined ? port : addressOf(four).port);
      const bound = [four, six].filter((server) => server !== undefined);
      if (bound.length > 0) return bound;
      return [await bindOne(host, port)];
    } catch (error) {
      if (four !== undefined) await closeServer(four);
      if (port !== 0 || codeOf(error) !== 'EADDRINUSE' || attempt === FREE_PORT_ATTEMPTS) throw error;
    }
  }
}

async function bindIfPresent(address: string, port: number): Promise<Server | undefined> {
  try {
    return await bindOne(address, port);
  } catch (error) {
    if (NO_SUCH_ADDRESS.has(codeOf(error))) return undefined;
    throw error;
  }
}

async function bindOne(host: string, port: number): Promise<Server> {
  // Half-open, as Node's HTTP server has it: a client may end its side and still read the answer.
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  return await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

export async function closeServer(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}

export function addressOf(server: Server | undefined): AddressInfo {
  return server?.address() as AddressInfo;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
