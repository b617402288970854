// The composition of a plane: which store, guests, clock and identity it has, and in which order they open and close.
// What must hold: nothing is served before everything that was acknowledged earlier is being looked after; on the way down
// nothing new is accepted first, and the store closes last.

import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

import type { Plane } from './app/plane.ts';
import type { Balancer } from './app/ports/balancer.ts';
import type { Clock } from './app/ports/clock.ts';
import type { Guests } from './app/ports/guests.ts';
import { RETENTION } from './domain/activity.ts';
import { NO_BALANCER } from './balancer/no-balancer.ts';
import { openTcpBalancer } from './balancer/tcp-balancer.ts';
import { MINUTE, type Time } from './domain/time.ts';
import { openProcessGuests } from './guest/process/guests.ts';
import { BUILT_IN_IMAGES } from './guest/process/images.ts';
import { openSimulatedGuests } from './guest/simulated/guests.ts';
import { faultyScript } from './guest/simulated/script.ts';
import type { Quotas } from './domain/quota.ts';
import { type DirectoryCatalog, openDirectoryCatalog } from './catalog/directory-catalog.ts';
import { createArmClient } from './http/arm-client.ts';
import type { Context } from './http/context.ts';
import { createHandler } from './http/dispatch.ts';
import { listen, type Listener } from './http/listener.ts';
import { nodeHandler } from './http/node-adapter.ts';
import { openAuthority } from './identity/authority.ts';
import { type Credentials, openCredentials } from './identity/credentials.ts';
import { type Identity, makeIdentity } from './identity/identity.ts';
import { type PlaneNames, planeNames } from './identity/names.ts';
import { type Loops, startLoops } from './reconcile/loops.ts';
import type { World } from './reconcile/world.ts';
import { openDoorsOf, verifyCaller } from './managed-identities.ts';
import type { Doors } from './metadata/doors.ts';
import { checkDirectory, imageDirectories } from './plane-directory.ts';
import { planeStatus } from './plane-status.ts';
import { openIllnessFile } from './illness-file.ts';
import { rememberedGuests } from './remembered-guests.ts';
import { openSqliteStore, type SqliteStore } from './store/sqlite.ts';
import { openClock } from './system/clock.ts';
import { readHandlers } from './system/extension-handlers.ts';
import { readQuotas } from './system/quota-file.ts';
import { randomIds } from './system/ids.ts';
import { type Log, openLog } from './system/log.ts';
import { openTemplates } from './templates.ts';
import { nextTurn } from './system/turn.ts';
import { seededRandom, systemRandom } from './system/random.ts';

export interface PlaneOptions {
  /** Made when it is not there. */
  readonly data: string;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly guests: 'process' | 'simulated';
  /** A further directory of images, beside the built-in ones and those in the data directory. */
  readonly images?: string;
  readonly timeScale: number;
  readonly seed?: string;
  /** How much goes wrong with simulated guests, from 0, nothing, to 1. */
  readonly faults: number;
  /** Of all families together, in every region; in place of what quotas.json says. */
  readonly cores?: number;
  readonly version: string;
}

export interface RunningPlane {
  readonly endpoint: string;
  readonly plane: Plane;
  readonly guests: Guests;
  readonly balancer: Balancer;
  /** Stops serving and lets go of the guests, which go on running unless they are to be powered off. */
  stop(how: Stopped): Promise<void>;
  /** Resolves when it has stopped, whoever asked for it. */
  readonly stopped: Promise<Stopped>;
}

export interface Stopped {
  readonly poweredOff: boolean;
}

/** How many instances are looked at side by side: real guests cost processes, simulated ones next to nothing. */
const CONCURRENCY = { process: 8, simulated: 512 } as const;

export async function openPlane(options: PlaneOptions): Promise<RunningPlane> {
  mkdirSync(options.data, { recursive: true, mode: 0o700 });
  const real = openClock();
  const log = openLog({ now: () => real.now() });
  // What was opened is closed in the opposite order when anything here fails.
  await using opening = new AsyncDisposableStack();
  const handlers = readHandlers(options.data);
  const quotas = quotasOf(options);
  // First of all the store: it is what a second plane on the same directory is refused by.
  const path = join(options.data, 'plane.db');
  const store = opening.adopt(
    openSqliteStore({ path, report: (error) => log('error', 'a listener failed', { error }) }),
    (opened) => opened.close(),
  );
  await checkDirectory(options.data, options.guests, store);
  const front = opening.adopt(await openFront(options, real, log), closeFront);
  const clock = openClock({ scale: options.timeScale, notBefore: await store.latestTime() });
  const directories = imageDirectories(options);
  const images = opening.adopt(openImages(directories, real, log), (opened) => opened.close());
  const guests = opening.adopt(await openGuests(options, directories, store, clock), (opened) =>
    opened.close(),
  );
  const balancer = opening.adopt(openBalancer(options, clock), (opened) => opened.close());
  const random = options.seed === undefined ? systemRandom : seededRandom(options.seed);
  const { subscriptionId, tenantId, subscriptionName } = front.credentials;
  const templates = openTemplates({ subscriptionId, tenantId, displayName: subscriptionName });
  const facts = { images, templates, handlers, quotas };
  const plane: Plane = { store, clock, ids: randomIds, random, subscriptionId, ...facts };
  const identity = await identityOf(front, real);
  const { promise: stopped, resolve: hasStopped } = Promise.withResolvers<Stopped>();
  let stopping: Promise<void> | undefined;
  const served = { plane, guests, balancer, identity, front, real, log };
  const context = contextOf(options, { ...served, stop: (how) => stop(how) });
  const stopPruning = opening.adopt(prune(store, clock, log), (stopIt) => stopIt());
  const world = { ...plane, guests, balancer, arm: createArmClient(context) };
  const loops = opening.adopt(await openLoops(world, CONCURRENCY[options.guests], log), (opened) =>
    opened.stop(),
  );
  const doors = opening.adopt(await openDoorsOf(plane, guests, identity, real, log), (opened) =>
    opened.close(),
  );
  const stop = (how: Stopped): Promise<void> => {
    stopping ??= shutDown(
      { front, doors, loops, guests, balancer, images, store, real, stopPruning },
      how,
    ).finally(() => {
      hasStopped(how);
    });
    return stopping;
  };
  front.listener.serve(nodeHandler(createHandler(context)));
  opening.move();
  return { endpoint: front.endpoint, plane, guests, balancer, stop, stopped };
}

function quotasOf({ data, cores }: PlaneOptions): Quotas {
  return { ...readQuotas(data), ...(cores === undefined ? {} : { cores }) };
}

/** Where it listens, as whom, and what keeps its certificate in date. */
interface Front {
  readonly credentials: Credentials;
  readonly names: PlaneNames;
  readonly listener: Listener;
  readonly endpoint: string;
  readonly stopRenewing: () => void;
}

async function openFront(options: PlaneOptions, real: Clock, log: Log): Promise<Front> {
  const credentials = openCredentials(join(options.data, 'identity.json'), randomIds);
  const names = planeNames([hostname(), options.host]);
  const tls = join(options.data, 'tls');
  const { server, renewAt } = await openAuthority(tls, names, real.now());
  const { certificate, key } = server;
  const listener = await listen({ host: options.host, port: options.port, certificate, key, clock: real });
  const endpoint = `https://${urlHost(options.host)}:${listener.port}`;
  const stopRenewing = renew({ tls, names, listener, real, log }, renewAt);
  return { credentials, names, listener, endpoint, stopRenewing };
}

/** Nobody who is being answered is waited for. */
function closeFront({ listener, stopRenewing }: Front): Promise<void> {
  stopRenewing();
  return listener.close(AbortSignal.abort());
}

const DAY = 24 * 60 * MINUTE;

/** Forgets log entries and ended operations that are older than that, once a day. The answer stops it. */
function prune(store: SqliteStore, clock: Clock, log: Log): () => void {
  let cancel: () => void = () => undefined;
  const run = (): void => {
    store.prune(clock.now() - RETENTION).catch((error: unknown) => {
      log('error', 'old entries could not be removed', { error });
    });
    cancel = clock.after(DAY, run);
  };
  run();
  return () => {
    cancel();
  };
}

interface Renewal {
  readonly tls: string;
  readonly names: PlaneNames;
  readonly listener: Listener;
  readonly real: Clock;
  readonly log: Log;
}

/** Replaces the certificate before it runs out, as often as that comes. The answer stops it. */
function renew({ tls, names, listener, real, log }: Renewal, at: Time): () => void {
  let cancel = real.after(at - real.now(), () => void replace());
  const replace = async (): Promise<void> => {
    let next = real.now() + DAY;
    try {
      const { server, renewAt } = await openAuthority(tls, names, real.now());
      listener.replaceCertificate(server.certificate, server.key);
      next = renewAt;
    } catch (error) {
      log('error', 'the certificate could not be renewed; it is tried again tomorrow', { error });
    }
    cancel = real.after(next - real.now(), () => void replace());
  };
  return () => {
    cancel();
  };
}

function openLoops(world: World, concurrency: number, log: Log): Promise<Loops> {
  return startLoops(world, {
    concurrency,
    breathe: nextTurn,
    onError: (loop, key, error) => {
      if (!isConflict(error)) log('error', 'a look failed', { loop, key, error });
    },
  });
}

interface Served {
  readonly plane: Plane;
  readonly guests: Guests;
  readonly identity: Identity;
  readonly balancer: Balancer;
  readonly front: Front;
  readonly real: Clock;
  readonly log: Log;
  readonly stop: RunningPlane['stop'];
}

function identityOf({ credentials, names, endpoint }: Front, real: Clock): Promise<Identity> {
  return makeIdentity({ credentials, names, endpoint, clock: real, ids: randomIds });
}

/** What answers requests, those of clients and those that deployments make in process. */
function contextOf(options: PlaneOptions, served: Served): Context {
  const { plane, guests, balancer, identity, front, real, log } = served;
  const { credentials, endpoint } = front;
  const facts = {
    version: options.version,
    pid: process.pid,
    endpoint,
    data: options.data,
    driver: options.guests,
    started: real.now(),
  };
  return {
    plane,
    guests,
    balancer,
    identity: { tenantId: credentials.tenantId, displayName: credentials.subscriptionName },
    endpoint: (host) => identity.baseUrl(host),
    verify: async (token) => verifyCaller(plane, credentials, await identity.verify(token)),
    anonymous: (request) => identity.answer(request),
    signingKey: consoleKey(credentials),
    realNow: () => real.now(),
    log,
    status: () => planeStatus(plane, guests, facts),
    shutdown: async (poweredOff) => {
      // The answer goes out first.
      real.after(0, () => void served.stop({ poweredOff }));
    },
  };
}

interface Parts {
  readonly front: Front;
  readonly doors: Doors;
  readonly loops: Loops;
  readonly guests: Guests;
  readonly images: DirectoryCatalog;
  readonly balancer: Balancer;
  readonly store: SqliteStore;
  readonly real: Clock;
  readonly stopPruning: () => void;
}

/** Requests in flight get that long, in milliseconds, to be answered. */
const LAST_REQUESTS = 5000;

async function shutDown(parts: Parts, { poweredOff }: Stopped): Promise<void> {
  const { front, doors, loops, guests, balancer, store, real } = parts;
  const giveUp = new AbortController();
  const cancel = real.after(LAST_REQUESTS, () => {
    giveUp.abort();
  });
  parts.stopPruning();
  front.stopRenewing();
  await front.listener.close(giveUp.signal);
  cancel();
  await doors.close();
  await loops.stop();
  await balancer.close();
  if (poweredOff) await guests.powerOffAll();
  await guests.close();
  parts.images.close();
  await store.close();
}

/** Its log is where somebody who adds a version sees that it is there. */
function openImages(directories: readonly string[], clock: Clock, log: Log): DirectoryCatalog {
  const images = openDirectoryCatalog({ directories: [BUILT_IN_IMAGES, ...directories], clock });
  images.onChange((image) => {
    log('info', 'an image has a new newest version', { image, version: images.latest(image) });
  });
  return images;
}

async function openGuests(
  options: PlaneOptions,
  images: readonly string[],
  store: SqliteStore,
  clock: Clock,
): Promise<Guests> {
  if (options.guests === 'process') {
    const directory = join(options.data, 'guests');
    return openProcessGuests({ directory, images, clock, ids: randomIds });
  }
  const seed = options.seed ?? randomIds.guid();
  const illness = openIllnessFile(join(options.data, 'illness'));
  return openSimulatedGuests({
    clock,
    seed,
    script: faultyScript(options.faults),
    guests: await rememberedGuests(store, illness.ill),
    illness: illness.note,
  });
}

/** Simulated guests have no sockets. */
function openBalancer({ guests }: PlaneOptions, clock: Clock): Balancer {
  return guests === 'process' ? openTcpBalancer({ clock }) : NO_BALANCER;
}

/** For the signatures of console log URLs: nobody else knows the key that it is made from. */
function consoleKey(credentials: Credentials): Uint8Array {
  return createHash('sha256').update(`console log URLs ${credentials.clientSecret}`).digest();
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

/** How a loop learns that somebody else was first. It looks again by itself. */
function isConflict(error: unknown): boolean {
  return error instanceof Error && error.name === 'RevisionConflict';
}
