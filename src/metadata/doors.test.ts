// Doors with real sockets: each answers for its own guest, follows it, and a taken port hurts nobody else.
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { manualClock } from '../../test/testing/manual-clock.ts';
import { testMetadata } from '../../test/testing/metadata.ts';
import { guestRow, SET_UID } from '../../test/testing/rows.ts';
import type { Guests, MetadataDoor } from '../app/ports/guests.ts';
import { guestHandle } from '../domain/guest.ts';
import { openDoors } from './doors.ts';

const NAME = '/metadata/instance/compute/name?api-version=2021-02-01&format=text';
const [ZERO, ONE] = [guestHandle(SET_UID, 0), guestHandle(SET_UID, 1)];

/** Of the driver, what doors ask of it. */
class Driver {
  readonly doors = new Map<string, MetadataDoor>();
  readonly #listeners = new Set<(handle: string) => void>();

  change(handle: string, door: MetadataDoor | undefined): void {
    if (door === undefined) this.doors.delete(handle);
    else this.doors.set(handle, door);
    for (const listener of this.#listeners) listener(handle);
  }

  watch(listener: (handle: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async metadataDoor(handle: string): Promise<MetadataDoor | undefined> {
    return this.doors.get(handle);
  }

  async list() {
    return [...this.doors.keys()].map((handle) => guestRow({ handle }));
  }
}

async function occupied(): Promise<{ server: Server; port: number }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as { port: number }).port };
}

async function freeDoor(secret = 's'): Promise<MetadataDoor> {
  const { server, port } = await occupied();
  server.close();
  await once(server, 'close');
  return { host: '127.0.0.1', port, secret };
}

async function open(driver: Driver) {
  const { plane } = await testMetadata();
  const clock = manualClock();
  const problems: unknown[][] = [];
  const doors = await openDoors({
    plane,
    guests: driver as Partial<Guests> as Guests,
    clock,
    issue: async () => undefined,
    log: (...problem) => problems.push(problem),
  });
  onTestFinished(() => doors.close());
  return { doors, clock, problems };
}

async function nameAt({ host, port }: MetadataDoor): Promise<string> {
  const answer = await fetch(`http://${host}:${port}${NAME}`, { headers: { Metadata: 'true' } });
  return answer.text();
}

describe('a door', () => {
  test('answers for the guest that it belongs to', async () => {
    const driver = new Driver();
    const [first, second] = [await freeDoor(), await freeDoor()];
    driver.change(ZERO, first);
    driver.change(ONE, second);
    const { problems } = await open(driver);
    expect(await nameAt(first)).toBe('web_0');
    expect(await nameAt(second)).toBe('web_1');
    expect(problems).toEqual([]);
  });

  test('opens, moves and closes with its guest', async () => {
    const driver = new Driver();
    const { doors } = await open(driver);
    const [first, second] = [await freeDoor(), await freeDoor()];
    driver.change(ZERO, first);
    await doors.settled();
    expect(await nameAt(first)).toBe('web_0');
    driver.change(ZERO, second);
    await doors.settled();
    expect(await nameAt(second)).toBe('web_0');
    await expect(nameAt(first)).rejects.toThrow('fetch failed');
    driver.change(ZERO, undefined);
    await doors.settled();
    await expect(nameAt(second)).rejects.toThrow('fetch failed');
  });

  test('whose port is taken is told of once, hurts no other, and opens when it is free', async () => {
    const driver = new Driver();
    const { server, port } = await occupied();
    const taken = { host: '127.0.0.1', port, secret: 'a secret' };
    const other = await freeDoor();
    driver.change(ZERO, taken);
    driver.change(ONE, other);
    const { doors, clock, problems } = await open(driver);
    clock.advance(20_000);
    await doors.settled();
    expect(await nameAt(other)).toBe('web_1');
    expect(problems).toHaveLength(1);
    expect(JSON.stringify(problems)).not.toContain('a secret');
    server.close();
    await once(server, 'close');
    clock.advance(20_000);
    await doors.settled();
    expect(await nameAt(taken)).toBe('web_0');
  });

  test('takes no more than a guest has to say', async () => {
    const driver = new Driver();
    const door = await freeDoor();
    driver.change(ZERO, door);
    await open(driver);
    const url = `http://${door.host}:${door.port}/metadata/scheduledevents?api-version=2020-07-01`;
    const post = (body: string) => fetch(url, { method: 'POST', headers: { Metadata: 'true' }, body });
    expect((await post('x'.repeat(65_537))).status).toBe(413);
    expect((await post('x')).status).toBe(400);
  });

  test('is closed when the plane goes, whoever is still connected', async () => {
    const driver = new Driver();
    const door = await freeDoor();
    driver.change(ZERO, door);
    const { doors } = await open(driver);
    await nameAt(door);
    await doors.close();
    await expect(nameAt(door)).rejects.toThrow('fetch failed');
  });

  test('of a guest that no row owns says that it is gone', async () => {
    const driver = new Driver();
    const door = await freeDoor();
    driver.change('not-a-handle', door);
    const { problems } = await open(driver);
    expect(await nameAt(door)).toBe('{"error":"Gone. This machine is being deleted."}');
    expect(problems).toEqual([]);
  });
});

test('guests without programs cost nothing', async () => {
  const { plane } = await testMetadata();
  const guests = {
    watch: () => {
      throw new Error('it was watched');
    },
  } as Partial<Guests> as Guests;
  const options = { plane, guests, clock: manualClock(), issue: async () => undefined };
  const doors = await openDoors({ ...options, log: () => undefined });
  await doors.close();
});
