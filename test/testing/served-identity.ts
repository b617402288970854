// A data directory that is being served, for the command line's tests: the real listener, certificates, tokens
// and plane.json, and behind them whatever Resource Manager answers the test hands in.
import { join } from 'node:path';
import { removePlaneFile, writePlaneFile } from '../../src/cli/plane-file.ts';
import type { ImageKeeper } from '../../src/cli/commands/image.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { listen } from '../../src/http/listener.ts';
import { openAuthority } from '../../src/identity/authority.ts';
import { type Credentials, openCredentials } from '../../src/identity/credentials.ts';
import { makeIdentity } from '../../src/identity/identity.ts';
import { planeNames } from '../../src/identity/names.ts';
import { openClock } from '../../src/system/clock.ts';
import { randomIds } from '../../src/system/ids.ts';
import { temporaryDirectory } from './temporary.ts';

export interface Served {
  readonly data: string;
  readonly endpoint: string;
  readonly credentials: Credentials;
  /** Method, URL and body of what came with a good token. */
  readonly requests: string[];
  stop(): Promise<void>;
}

/** What came besides the method and the path. */
export interface Came {
  readonly query: URLSearchParams;
  readonly body: string;
  readonly headers: Headers;
}

/** What Resource Manager answers to the method and path: a status, and a body that is sent as it is. */
export type Answers = (
  request: string,
  came: Came,
) => {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
};

const NOTHING: Answers = () => ({ status: 404, body: '' });

export async function serveIdentity(
  answers: Answers = NOTHING,
  data = temporaryDirectory(),
): Promise<Served> {
  const clock = openClock();
  const names = planeNames([]);
  const credentials = openCredentials(join(data, 'identity.json'), randomIds);
  const { server } = await openAuthority(join(data, 'tls'), names, clock.now());
  const listener = await listen({ host: 'localhost', port: 0, ...server, clock });
  const endpoint = `https://localhost:${listener.port}`;
  const identity = await makeIdentity({ credentials, names, endpoint, clock, ids: randomIds });
  const requests: string[] = [];

  const answer = async (method: string, target: string, headers: Headers, body: Buffer): Promise<Sent> => {
    const url = new URL(target, endpoint);
    const request = { method, path: url.pathname, query: url.searchParams, headers, body };
    const found = await identity.answer(request);
    if (found !== undefined) return found;
    const { caller } = await identity.verify(/^Bearer (.*)$/.exec(headers.authorization ?? '')?.[1] ?? '');
    if (caller === undefined) return { status: 401, body: '', headers: {} };
    requests.push(`${method} ${target} ${body.toString()}`.trim());
    const came = { query: url.searchParams, body: body.toString(), headers };
    return { headers: {}, ...answers(`${method} ${url.pathname}`, came) };
  };
  listener.serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      void answer(method, url, headers as Headers, Buffer.concat(chunks)).then(({ status, ...rest }) =>
        response.writeHead(status, rest.headers).end(rest.body),
      );
    });
  });
  const started = new Date(clock.now()).toISOString();
  writePlaneFile(data, { pid: process.pid, port: listener.port, endpoint, started });
  return {
    data,
    endpoint,
    credentials,
    requests,
    async stop() {
      removePlaneFile(data, process.pid);
      await listener.close();
    },
  };
}

export type Headers = Record<string, string | undefined>;

interface Sent {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** For commands that have nothing to do with images. */
export const NO_IMAGES: ImageKeeper = {
  add: async () => Promise.reject(new Error('no image is to be added')),
  list: async () => Promise.resolve([]),
  remove: async () => Promise.reject(new Error('no image is to be removed')),
};

/** A terminal that keeps what is written to it, and whose time passes only by pausing. */
export function recordingTerminal(): Terminal & { text: { out: string; err: string } } {
  const text = { out: '', err: '' };
  let now = Date.parse('2026-11-24T08:00:00Z');
  return {
    text,
    out: (more) => {
      text.out += more;
    },
    err: (more) => {
      text.err += more;
    },
    columns: () => undefined,
    now: () => now,
    pause: async (milliseconds) => {
      now += milliseconds;
      await Promise.resolve();
    },
  };
}
