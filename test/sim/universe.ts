// Universe: a simulated world (disk, guests, time) and the plane that lives in it, incarnation after incarnation. Requests go
// through the plane's real handler. Time moves only here.

import type { Guests } from '../../src/app/ports/guests.ts';
import type { Ids } from '../../src/app/ports/clock.ts';
import type { Quotas } from '../../src/domain/quota.ts';
import type { Random } from '../../src/domain/random.ts';
import { MINUTE } from '../../src/domain/time.ts';
import type { Request } from '../../src/http/request.ts';
import type { Response } from '../../src/http/response.ts';
import { createArmClient } from '../../src/http/arm-client.ts';
import type { Context } from '../../src/http/context.ts';
import { createHandler } from '../../src/http/dispatch.ts';
import { type Loops, startLoops } from '../../src/reconcile/loops.ts';
import { openSqliteStore, type SqliteStore } from '../../src/store/sqlite.ts';
import { nextTurn } from '../../src/system/turn.ts';
import { openTemplates } from '../../src/templates.ts';
import { type MemoryImages, memoryImages } from '../testing/images.ts';
import { type ManualClock, manualClock } from '../testing/manual-clock.ts';
import type { Deed } from './deeds.ts';
import { MachineWitness } from './machine-witness.ts';
import { type Modes, UNIFORM } from './modes.ts';
import { WatchfulBalancer } from './watchful-balancer.ts';
import { inItsWords } from './words.ts';
import { type CrashPlan, incarnate, type Incarnation } from './mortal.ts';

export const SUBSCRIPTION = '11111111-1111-4111-8111-111111111111';

export interface UniverseOptions {
  readonly guests: (clock: ManualClock) => Guests;
  readonly ids: Ids;
  readonly random: Random;
  readonly crash: CrashPlan;
  readonly quotas?: Quotas;
  /** Which sets are Flexible; none, where nothing is said. */
  readonly modes?: Modes;
}

const TEMPLATES = openTemplates({
  subscriptionId: SUBSCRIPTION,
  tenantId: SUBSCRIPTION,
  displayName: 'simulated',
});

/** Longer than any verb may take. */
const LONG_DOWN = 60 * MINUTE;
/** No operation may take longer: twice the longest time limits there are, a verb's and its extensions'. */
const PATIENCE = 2 * (40 + 90) * MINUTE;

export class Universe {
  readonly clock: ManualClock = manualClock();
  readonly store: SqliteStore = openSqliteStore({ path: ':memory:' });
  readonly guests: Guests;
  readonly images: MemoryImages = memoryImages({ base: ['1.0.0', '2.0.0'] });
  readonly errors: unknown[] = [];
  readonly balancer: WatchfulBalancer;
  /** What it finds is among the errors. */
  readonly machines = new MachineWitness(this.store, (found) => this.errors.push(found));
  deaths = 0;
  /** When the plane that runs now was started. */
  started = 0;
  /** The guests that the host has lost, with whatever they had gone through. */
  readonly lost = new Set<string>();
  /** What the host is losing at the moment. */
  losing: string | undefined;
  readonly #options: UniverseOptions;
  readonly #host: Guests;
  #now: Incarnation | undefined;
  #loops: Loops | undefined;
  #handle: ((request: Request) => Promise<Response>) | undefined;

  constructor(options: UniverseOptions) {
    this.#options = options;
    this.balancer = new WatchfulBalancer(this.clock, options.random);
    this.#host = options.guests(this.clock);
    this.guests = this.balancer.watched(this.#host);
    this.store.onCommit((changes) => {
      for (const change of changes) this.balancer.committed(change);
    });
  }

  /** The host loses this guest, its disks with it: nobody asked for that, and nobody waits for its connections. */
  async lose(handle: string): Promise<void> {
    this.losing = handle;
    // The plane may see it before the host has said that it is done.
    this.balancer.lost(handle);
    this.lost.add(handle);
    while (!(await this.#isDeleted(handle)));
    this.losing = undefined;
  }

  /** The host may be out of order for once, as for everybody: that it has done it shows in an answer only. */
  async #isDeleted(handle: string): Promise<boolean> {
    return this.#host.delete(handle).then(
      () => true,
      () => false,
    );
  }

  /** A deed in the words of the mode of its set. */
  async inItsWords(deed: Deed): Promise<Deed> {
    return inItsWords(this.store, this.modes, deed);
  }

  get modes(): Modes {
    return this.#options.modes ?? UNIFORM;
  }

  /** Asks the plane, in the words of the mode of the set; undefined when it died before it answered. */
  async ask(
    asked: string,
    of: string,
    content?: unknown,
    correlationId?: string,
  ): Promise<Response | undefined> {
    const drawn = { method: asked, path: of, ...(content === undefined ? {} : { body: content as object }) };
    const { method, path, body } = await this.inItsWords(drawn);
    const handle = await this.#alive();
    const [bare = '', query = ''] = path.split('?');
    const parameters = new URLSearchParams(query);
    if (!parameters.has('api-version')) parameters.set('api-version', '2024-07-01');
    const answer = handle({
      method,
      path: bare,
      query: parameters,
      headers: {
        authorization: 'Bearer simulated',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(correlationId === undefined ? {} : { 'x-ms-correlation-request-id': correlationId }),
      },
      body: body === undefined ? new Uint8Array() : new TextEncoder().encode(JSON.stringify(body)),
    });
    return this.#unlessDead(answer);
  }

  /** Lets the plane do what it can do now. */
  async settle(): Promise<void> {
    await this.#alive();
    await this.#unlessDead(this.#loops?.idle() ?? Promise.resolve());
  }

  /** Moves time on, timer by timer, so that the plane acts at each of them. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.clock.now() + milliseconds;
    for (let next = this.clock.next(); next !== undefined && next <= end; next = this.clock.next()) {
      this.clock.advance(Math.max(0, next - this.clock.now()));
      await this.settle();
    }
    this.clock.advance(Math.max(0, end - this.clock.now()));
  }

  /** Until every operation has ended and the plane has nothing to do; throws when that takes for ever. */
  async rest(): Promise<void> {
    let end = this.clock.now() + PATIENCE;
    let lives = this.deaths;
    for (;;) {
      // A plane that died while it settled is replaced, and the next one settles.
      do await this.settle();
      while (this.#now?.dead() !== false);
      if (this.deaths !== lives) end = this.clock.now() + PATIENCE;
      lives = this.deaths;
      const open = await this.store.openOperations();
      if (open.length === 0 && !(await this.#unsettled())) return;
      const next = this.clock.next();
      if (next === undefined || next > end) {
        throw new Error(
          `operations that do not end: ${JSON.stringify(open.map(({ id, name, awaits }) => ({ id, name, awaits })))}`,
        );
      }
      this.clock.advance(Math.max(0, next - this.clock.now()));
    }
  }

  async close(): Promise<void> {
    this.#now?.die();
    await this.guests.close();
    await this.store.close();
  }

  /** A guest on its way, or an instance with a verb in hand that no operation waits for (surplus). */
  async #unsettled(): Promise<boolean> {
    for (const set of await this.store.scaleSets()) {
      if (set.deleting) return true;
      const instances = await this.store.instances(set.uid);
      if (instances.some((instance) => instance.task !== undefined)) return true;
    }
    return false;
  }

  async #alive(): Promise<(request: Request) => Promise<Response>> {
    while (this.#now === undefined || this.#now.dead() || this.#handle === undefined) {
      if (this.#now !== undefined) await this.#afterDeath();
      this.balancer.die();
      const now = incarnate(this, this.#options.crash);
      this.started = this.clock.now();
      this.#now = now;
      const { ids, random, quotas } = this.#options;
      const plane = {
        store: now.store,
        clock: now.clock,
        ids,
        random,
        images: this.images,
        templates: TEMPLATES,
        subscriptionId: SUBSCRIPTION,
        ...(quotas === undefined ? {} : { quotas }),
      };
      const context: Context = {
        plane,
        guests: now.guests,
        balancer: this.balancer,
        identity: { tenantId: SUBSCRIPTION, displayName: 'simulated' },
        endpoint: () => 'https://localhost:7443',
        verify: async () => ({ caller: { appId: 'simulation' } }),
        anonymous: async () => undefined,
        signingKey: new Uint8Array(32),
        realNow: () => this.clock.now(),
        log: (_level, message, fields) => {
          this.errors.push({ message, ...fields });
        },
        status: async () => ({}),
        shutdown: async () => undefined,
      };
      this.#handle = createHandler(context);
      const loops = startLoops(
        { ...plane, guests: now.guests, balancer: this.balancer, arm: createArmClient(context) },
        {
          concurrency: 8,
          breathe: nextTurn,
          // Never within a story: a wake-up that is lost must not be made up for.
          period: 1000 * PATIENCE,
          onError: (loop, key, error) => {
            if (!now.dead()) this.#report(loop, key, error);
          },
        },
      );
      this.#loops = await this.#unlessDead(loops);
    }
    return this.#handle;
  }

  /** Conflicts are how loops learn that somebody else was first; anything else is a defect. */
  #report(loop: string, key: string, error: unknown): void {
    if (error instanceof Error && error.name === 'RevisionConflict') return;
    this.errors.push({ loop, key, error });
  }

  /** What the dead plane had handed to the disk gets there; then it may be long until the next one starts. */
  async #afterDeath(): Promise<void> {
    this.deaths += 1;
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    if (this.deaths % 3 === 0) this.clock.advance(LONG_DOWN);
  }

  async #unlessDead<T>(answer: Promise<T>): Promise<T | undefined> {
    const death = this.#now?.death.then(() => undefined);
    return Promise.race(death === undefined ? [answer] : [answer, death]);
  }
}
