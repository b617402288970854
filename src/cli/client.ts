// The command line's client for what a plane says of itself and is told to do. Must hold: no secret and no token is in an
// error; it trusts the plane's authority and nobody else.

import { openExchange } from './arm/exchange.ts';
import { planeSignIn } from './arm/tokens.ts';
import { parseBody, wordsOf } from './arm/words.ts';
import { filesOf } from './data-directory.ts';
import { readTextFile } from './json-file.ts';
import type { PlaneFile } from './plane-file.ts';
import { Problem } from './problem.ts';

export interface PlaneClient {
  /** The body of a 2xx answer. Any other is a Problem with ARM's code and message. */
  get(path: string): Promise<unknown>;
  post(path: string, body: unknown): Promise<unknown>;
}

/** The Muster.Plane provider's version: it has one. */
const API_VERSION = '2026-11-01';

/** Signs in to the plane of a data directory. */
export async function connect(data: string, plane: PlaneFile): Promise<PlaneClient> {
  const exchange = openExchange({ endpoint: plane.endpoint, ca: authorityOf(data), kind: 'plane' });
  const { text: token } = await planeSignIn(exchange, data, Date.now)();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const ask = async (method: string, path: string, body?: string): Promise<unknown> => {
    const target = `${path}${path.includes('?') ? '&' : '?'}api-version=${API_VERSION}`;
    const content = body === undefined ? {} : { body };
    const { status, text } = await exchange.send({ method, target, headers, ...content });
    const answer = parseBody(text);
    if (status >= 200 && status < 300) return answer;
    throw new Problem(`The plane answered ${method} ${target} with ${status}${wordsOf(answer)}`);
  };
  return {
    get: async (path) => await ask('GET', path),
    post: async (path, body) => await ask('POST', path, JSON.stringify(body)),
  };
}

/** The certificate of the plane's authority. */
export function authorityOf(data: string): string {
  const ca = readTextFile(filesOf(data).ca);
  if (ca === undefined) throw new Problem(`${filesOf(data).ca} is missing.`);
  return ca;
}
