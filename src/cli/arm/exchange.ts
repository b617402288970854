// Exchange: one HTTPS request and its answer, on connections that are kept for the next one. It trusts the given authority
// alone where there is one, and turns what goes wrong below HTTP into a sentence. No secret is in an error.

import https from 'node:https';
import { EXIT, Problem } from '../problem.ts';

export interface Sent {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Received {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface Exchange {
  readonly endpoint: string;
  send(sent: Sent): Promise<Received>;
  /** Lets go of the connections that are kept. */
  close(): void;
}

export interface Server {
  /** `https://localhost:7443`, without a path. */
  readonly endpoint: string;
  /** PEM; undefined means what the machine trusts. */
  readonly ca?: string;
  readonly kind: 'plane' | 'Azure';
}

/** Milliseconds that an answer may take. */
const PATIENCE = 60_000;

/**
 * A request that changes something has a connection of its own: of one that is kept, and that the server may be closing at that
 * moment, nobody could tell whether the request had arrived.
 */
export function openExchange(server: Server): Exchange {
  const kept = new https.Agent({ keepAlive: true, maxSockets: 8 });
  return {
    endpoint: server.endpoint,
    send: async (sent) => {
      const once = async (agent: https.Agent | false): Promise<Received> =>
        await exchange(server, sent, agent);
      if (sent.method !== 'GET') return await once(false);
      try {
        return await once(kept);
      } catch (error) {
        if (!(error instanceof StaleConnection)) throw error;
        return await once(false);
      }
    },
    close: () => {
      kept.destroy();
    },
  };
}

/** A kept connection turned out to be closed: the request was never looked at, or may be sent again. */
class StaleConnection extends Error {}

async function exchange(server: Server, sent: Sent, agent: https.Agent | false): Promise<Received> {
  const { promise, resolve, reject } = Promise.withResolvers<Received>();
  const { method, headers, body } = sent;
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  const request = https.request(
    `${server.endpoint}${sent.target}`,
    {
      method,
      ...(server.ca === undefined ? {} : { ca: server.ca }),
      agent,
      headers: { ...headers, ...length },
      signal: AbortSignal.timeout(PATIENCE),
    },
    (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: plain(response.headers), text });
      });
    },
  );
  request.on('error', reject);
  request.end(body);
  try {
    return await promise;
  } catch (error) {
    const problem = error as NodeJS.ErrnoException;
    if (request.reusedSocket && problem.code === 'ECONNRESET') throw new StaleConnection();
    throw unreachable(server, problem);
  }
}

function plain(headers: NodeJS.Dict<string | string[]>): Readonly<Record<string, string>> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return Object.fromEntries(entries) as Readonly<Record<string, string>>;
}

/** There is nobody, or whoever was there has gone in the middle. */
const NO_ANSWER = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNRESET', 'EPIPE', 'EHOSTUNREACH', 'ENETUNREACH']);

function unreachable({ endpoint, kind }: Server, error: NodeJS.ErrnoException): Problem {
  const code = error.code ?? error.name;
  const what = kind === 'plane' ? 'The plane' : 'Azure Resource Manager';
  if (code === 'ECONNREFUSED') {
    const so = kind === 'plane' ? ': the plane is not running.' : '.';
    return new Problem(`Nothing answers at ${endpoint}${so}`, EXIT.noPlane);
  }
  if (error.name === 'AbortError' || error.name === 'TimeoutError') {
    return new Problem(`${what} at ${endpoint} has not answered within ${PATIENCE / 1000} s.`);
  }
  if (/CERT|SIGNATURE|SELF_SIGNED/.test(code)) {
    const who = kind === 'plane' ? "this data directory's plane" : 'trusted';
    return new Problem(`What answers at ${endpoint} is not ${who} (${code}).`);
  }
  const exitCode = NO_ANSWER.has(code) ? EXIT.noPlane : EXIT.failed;
  return new Problem(`${what} at ${endpoint} cannot be reached (${code}).`, exitCode);
}
