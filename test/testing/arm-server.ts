// An HTTPS server in the place of ARM, for the client's tests: it hands out tokens, and answers each request as the test says, with the
// plane's own certificates.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { openAuthority } from '../../src/identity/authority.ts';
import { planeNames } from '../../src/identity/names.ts';
import { openExchange } from '../../src/cli/arm/exchange.ts';
import { ArmClient } from '../../src/cli/arm/client.ts';
import { rememberTokens } from '../../src/cli/arm/tokens.ts';
import type { Limits } from '../../src/cli/arm/throttle.ts';
import { temporaryDirectory } from './temporary.ts';

export interface Asked {
  readonly method: string;
  readonly target: string;
  readonly authorization: string;
  readonly ifMatch: string;
  readonly body: string;
  /** The number of the connection that it came on, from 1. */
  readonly connection: number;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is sent as it is. */
  readonly body?: unknown;
  /** The connection is cut in the place of an answer. */
  readonly hangUp?: true;
}

export interface ArmServer {
  readonly endpoint: string;
  readonly ca: string;
  readonly asked: Asked[];
  close(): Promise<void>;
}

const authority = await openAuthority(join(temporaryDirectory(), 'tls'), planeNames([]), Date.now());

export async function serveArm(reply: (asked: Asked, index: number) => Reply): Promise<ArmServer> {
  const asked: Asked[] = [];
  const connections = new Map<unknown, number>();
  const { certificate, key } = authority.server;
  const server: Server = createServer({ cert: certificate, key }, (request, response) => {
    const connection = connections.get(request.socket) ?? connections.size + 1;
    connections.set(request.socket, connection);
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { method = '', url: target = '', headers } = request;
      const one = {
        method,
        target,
        authorization: headers.authorization ?? '',
        ifMatch: headers['if-match'] ?? '',
        body,
        connection,
      };
      const answer = reply(one, asked.push(one) - 1);
      if (answer.hangUp === true) {
        request.socket.destroy();
        return;
      }
      const text = typeof answer.body === 'string' ? answer.body : (JSON.stringify(answer.body) ?? '');
      response.writeHead(answer.status, answer.headers).end(text);
    });
  }).listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    endpoint: `https://localhost:${port}`,
    ca: readFileSync(authority.caFile, 'utf8'),
    asked,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface TimedArm {
  readonly arm: ArmClient;
  /** How long it has paused, in milliseconds, each time. */
  readonly pauses: number[];
  /** How many times it has signed in. */
  readonly signIns: () => number;
  /** Time passes by pausing, and when the test says so. */
  readonly pass: (milliseconds: number) => void;
}

/** A client whose tokens are `token-1`, `token-2`, …, each good for an hour. */
export function timedArm({ endpoint, ca }: Pick<ArmServer, 'endpoint' | 'ca'>, limits?: Limits): TimedArm {
  let now = Date.parse('2026-11-24T08:00:00Z');
  let signIns = 0;
  const pauses: number[] = [];
  const tokens = rememberTokens(
    async () => await Promise.resolve({ text: `token-${(signIns += 1)}`, expires: now + 3_600_000 }),
    () => now,
  );
  const arm = new ArmClient({
    exchange: openExchange({ endpoint, ca, kind: 'Azure' }),
    tokens,
    now: () => now,
    pause: async (milliseconds) => {
      pauses.push(milliseconds);
      now += milliseconds;
      await Promise.resolve();
    },
    ...(limits === undefined ? {} : { limits }),
  });
  return { arm, pauses, signIns: () => signIns, pass: (milliseconds) => (now += milliseconds) };
}
