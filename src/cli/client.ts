// The command line's own ARM client: signs in with the service principal, trusts the plane's authority and
// nobody else, and turns what goes wrong into a sentence. Must hold: no secret and no token is in an error.

import https from 'node:https';
import { filesOf } from './data-directory.ts';
import { readIdentity } from './identity-file.ts';
import { isFields, readTextFile } from './json-file.ts';
import type { PlaneFile } from './plane-file.ts';
import { EXIT, Problem } from './problem.ts';

export interface ArmClient {
  /** The body of a 2xx answer. Any other is a Problem with ARM's code and message. */
  get(path: string): Promise<unknown>;
  post(path: string, body: unknown): Promise<unknown>;
}

/** The Muster.Plane provider's version: it has one. */
const API_VERSION = '2026-11-01';

const PATIENCE = 60_000;

interface Server {
  readonly endpoint: string;
  readonly ca: string;
}

/** Signs in to the plane of a data directory. */
export async function connect(data: string, plane: PlaneFile): Promise<ArmClient> {
  const ca = readTextFile(filesOf(data).ca);
  if (ca === undefined) throw new Problem(`${filesOf(data).ca} is missing.`);
  const server = { endpoint: plane.endpoint, ca };
  const { tenantId, clientId, clientSecret } = readIdentity(data);
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: `${plane.endpoint}/.default`,
  });
  const granted = await send(server, 'POST', `/${tenantId}/oauth2/v2.0/token`, {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  });
  const token = isFields(granted) ? granted.access_token : undefined;
  if (typeof token !== 'string') throw new Problem('The plane gave no access token.');
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return {
    get: async (path) => await send(server, 'GET', withVersion(path), { headers }),
    post: async (path, body) =>
      await send(server, 'POST', withVersion(path), { headers, body: JSON.stringify(body) }),
  };
}

function withVersion(path: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}api-version=${API_VERSION}`;
}

interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function send(server: Server, method: string, path: string, { headers, body }: Sent): Promise<unknown> {
  const { status, text } = await exchange(server, method, path, { headers, body: body ?? '' });
  const answer = parse(text);
  if (status >= 200 && status < 300) return answer;
  throw new Problem(`The plane answered ${method} ${path} with ${status}${wordsOf(answer)}`);
}

async function exchange(
  { endpoint, ca }: Server,
  method: string,
  path: string,
  { headers, body }: Required<Sent>,
): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const length = method === 'GET' ? {} : { 'content-length': Buffer.byteLength(body) };
  const options = {
    method,
    ca,
    agent: false,
    headers: { ...headers, ...length },
    signal: AbortSignal.timeout(PATIENCE),
  };
  const request = https.request(`${endpoint}${path}`, options, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', reject);
    response.on('end', () => {
      resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') });
    });
  });
  request.on('error', reject);
  request.end(method === 'GET' ? undefined : body);
  try {
    return await promise;
  } catch (error) {
    throw unreachable(endpoint, error as NodeJS.ErrnoException);
  }
}

function unreachable(endpoint: string, error: NodeJS.ErrnoException): Problem {
  const code = error.code ?? error.name;
  if (code === 'ECONNREFUSED') {
    return new Problem(`Nothing answers at ${endpoint}: the plane is not running.`, EXIT.noPlane);
  }
  if (error.name === 'AbortError' || error.name === 'TimeoutError') {
    return new Problem(`The plane at ${endpoint} has not answered within ${PATIENCE / 1000} s.`);
  }
  if (/CERT|SIGNATURE|SELF_SIGNED/.test(code)) {
    return new Problem(`What answers at ${endpoint} is not this data directory's plane (${code}).`);
  }
  return new Problem(`The plane at ${endpoint} cannot be reached (${code}).`);
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** ARM's `{error:{code,message}}` or OAuth's `{error,error_description}`. */
function wordsOf(answer: unknown): string {
  if (!isFields(answer)) return '.';
  const { error, error_description: description } = answer;
  if (typeof error === 'string') return `: ${typeof description === 'string' ? description : error}`;
  if (!isFields(error)) return '.';
  return `: ${String(error.code)}: ${String(error.message)}`;
}
