// A plane for wire tests: the real handler, use cases, loops, store and sign-in, on a clock that moves when told, with
// simulated guests and seeded ids. Only the socket is missing.

import type { Plane } from '../../src/app/plane.ts';
import { NO_BALANCER } from '../../src/balancer/no-balancer.ts';
import type { Guests } from '../../src/app/ports/guests.ts';
import type { Store } from '../../src/app/ports/store.ts';
import { RevisionConflict } from '../../src/app/ports/store.ts';
import { openSimulatedGuests } from '../../src/guest/simulated/guests.ts';
import { createArmClient } from '../../src/http/arm-client.ts';
import type { Context } from '../../src/http/context.ts';
import { createHandler } from '../../src/http/dispatch.ts';
import type { Request } from '../../src/http/request.ts';
import type { Response } from '../../src/http/response.ts';
import { makeIdentity } from '../../src/identity/identity.ts';
import { planeNames } from '../../src/identity/names.ts';
import { startLoops } from '../../src/reconcile/loops.ts';
import { nextTurn } from '../../src/system/turn.ts';
import { openTemplates } from '../../src/templates.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { seededRandom } from '../../src/system/random.ts';
import { memoryImages } from '../testing/images.ts';
import { makeTestIdentity } from '../testing/identity.ts';
import { type ManualClock, manualClock } from '../testing/manual-clock.ts';
import { seededIds } from '../testing/seeded.ts';

export const ENDPOINT = 'https://localhost:7443';

export interface WireWorld {
  readonly clock: ManualClock;
  readonly store: Store;
  readonly plane: Plane;
  /** What really runs. */
  readonly guests: Pick<Guests, 'list' | 'get'>;
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What the handler and the loops logged as errors. */
  readonly errors: readonly unknown[];
  readonly shutdowns: () => number;
  /** Answers, and then lets the loops do what needs no time: what is asked next sees it done. */
  handle(request: Request): Promise<Response>;
  /** A token that is good now. */
  token(): Promise<string>;
  /** Moves time on until nothing is under way. */
  settle(): Promise<void>;
  advance(milliseconds: number): Promise<void>;
  close(): Promise<void>;
}

/** Every guest takes the same time, so that an expectation does not hang on what is drawn. */
const SCRIPT = {
  boot: [4000, 4000],
  ready: [1000, 1000],
  shutdown: [2000, 2000],
  cut: [100, 100],
  command: [500, 500],
} as const;

/** Making keys takes long, so every world has the same ones. */
const { credentials } = await makeTestIdentity(7);

/** @param changes parts of the handler's context to be put in the place of the usual ones */
export async function openWorld(changes: Partial<Context> = {}): Promise<WireWorld> {
  const clock = manualClock(Date.parse('2026-11-24T06:00:00Z'));
  const ids = seededIds('wire');
  const names = planeNames([]);
  const identity = await makeIdentity({ credentials, names, endpoint: ENDPOINT, clock, ids });
  const store = openSqliteStore({ path: ':memory:' });
  const guests = openSimulatedGuests({ clock, seed: 'wire', script: SCRIPT });
  const { subscriptionId, tenantId } = credentials;
  const images = memoryImages({ base: ['1.0.0'], web: ['1.0.0', '1.1.0'] });
  // A region where little may be had, and that no case is about that is not about quotas.
  const quotas = { regions: { mexicocentral: { cores: 10, families: { standardDSv5Family: 5 } } } };
  const templates = openTemplates({ subscriptionId, tenantId, displayName: 'Muster' });
  const random = seededRandom('wire');
  const plane: Plane = { store, clock, ids, random, images, templates, subscriptionId, quotas };
  const errors: unknown[] = [];
  let shutdowns = 0;
  const context: Context = {
    plane,
    guests,
    balancer: NO_BALANCER,
    identity: { tenantId, displayName: 'Muster' },
    endpoint: (host) => identity.baseUrl(host),
    verify: async (token) => await identity.verify(token),
    anonymous: async (request) => await identity.answer(request),
    signingKey: Buffer.alloc(32, 7),
    realNow: () => clock.now(),
    log: (_level, message, fields) => errors.push({ message, ...fields }),
    status: async () => ({ guests: guests.isolation }),
    shutdown: async () => {
      shutdowns += 1;
    },
    ...changes,
  };
  const handle = createHandler(context);
  const loops = await startLoops(
    { ...plane, guests, balancer: NO_BALANCER, arm: createArmClient(context) },
    {
      concurrency: 8,
      breathe: nextTurn,
      // A conflict is how a loop learns that somebody else was first: it looks again. The plane logs none either.
      onError: (loop, key, error) => {
        if (!(error instanceof RevisionConflict)) errors.push({ loop, key, error });
      },
    },
  );
  /** What is told later in the same turn is heard first; then the loops do what needs no time. */
  const calm = async (): Promise<void> => {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    await loops.idle();
  };
  const token = async (): Promise<string> => signIn(handle);
  return {
    clock,
    store,
    plane,
    guests,
    subscriptionId,
    tenantId,
    clientId: credentials.clientId,
    clientSecret: credentials.clientSecret,
    errors,
    shutdowns: () => shutdowns,
    handle: async (request) => {
      const response = await handle(request);
      await calm();
      return response;
    },
    token,
    settle: async () => {
      await calm();
      while (await isBusy(store)) {
        if (!clock.runNext()) throw new Error('nothing is due, and something is under way');
        await calm();
      }
    },
    advance: async (milliseconds) => {
      const end = clock.now() + milliseconds;
      for (let due = clock.next(); due !== undefined && due <= end; due = clock.next()) {
        clock.runNext();
        await calm();
      }
      clock.advance(end - clock.now());
    },
    close: async () => {
      await loops.stop();
      await guests.close();
      await store.close();
    },
  };
}

async function isBusy(store: Store): Promise<boolean> {
  if ((await store.openOperations()).length > 0 || (await store.openRunCommands()).length > 0) return true;
  for (const set of await store.scaleSets()) {
    if (set.settled < set.generation) return true;
    if ((await store.instances(set.uid)).some((instance) => instance.task !== undefined)) return true;
  }
  return false;
}

async function signIn(handle: (request: Request) => Promise<Response>): Promise<string> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: credentials.clientId,
    client_secret: credentials.clientSecret,
    scope: `${ENDPOINT}/.default`,
  });
  const response = await handle({
    method: 'POST',
    path: `/${credentials.tenantId}/oauth2/v2.0/token`,
    query: new URLSearchParams(),
    headers: { host: 'localhost:7443' },
    body: Buffer.from(form.toString()),
  });
  return (JSON.parse(String(response.body)) as { access_token: string }).access_token;
}
