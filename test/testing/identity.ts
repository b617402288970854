// An identity side for tests: its clock moves when told, its ids are seeded, its secrets are real.
import { join } from 'node:path';
import { type Credentials, openCredentials } from '../../src/identity/credentials.ts';
import type { IdentityRequest, IdentityResponse } from '../../src/identity/exchange.ts';
import { type Identity, makeIdentity } from '../../src/identity/identity.ts';
import { planeNames } from '../../src/identity/names.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';
import { seededIds } from './seeded.ts';
import { temporaryDirectory } from './temporary.ts';

export interface TestIdentity {
  readonly identity: Identity;
  readonly credentials: Credentials;
  readonly clock: ManualClock;
  /** Sends a request to localhost:7443 unless its headers say otherwise; the path may carry a query. */
  readonly ask: (method: string, url: string, asked?: Asked) => Promise<IdentityResponse | undefined>;
}

export interface Asked {
  readonly headers?: IdentityRequest['headers'];
  readonly form?: Readonly<Record<string, string>> | string;
}

export async function makeTestIdentity(seed = 1): Promise<TestIdentity> {
  const ids = seededIds(seed);
  const clock = manualClock(Date.parse('2026-11-24T06:00:00Z'));
  const credentials = openCredentials(join(temporaryDirectory(), 'identity.json'), ids);
  const endpoint = 'https://localhost:7443';
  const identity = await makeIdentity({ credentials, names: planeNames(['build-7']), endpoint, clock, ids });
  return {
    identity,
    credentials,
    clock,
    ask: async (method, url, { headers = {}, form = '' } = {}) => {
      const [path = '', query = ''] = url.split('?');
      return await identity.answer({
        method,
        path,
        query: new URLSearchParams(query),
        headers: { host: 'localhost:7443', ...headers },
        body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
      });
    },
  };
}
