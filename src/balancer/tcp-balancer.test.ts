// The TCP balancer with real sockets on loopback and a clock that moves when told. What never happens: a guest out of rotation
// is given a new connection, or a connection that is open is cut because its guest left.
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Backend, dialIn, echo, until, whoAnswers } from '../../test/testing/backend.ts';
import { type ManualClock, manualClock } from '../../test/testing/manual-clock.ts';
import type { Balancer } from '../app/ports/balancer.ts';
import type { Listener } from '../domain/balancing.ts';
import type { GuestAddress } from '../domain/guest.ts';
import type { BackendProbe } from '../domain/backend-probe.ts';
import { MINUTE, SECOND } from '../domain/time.ts';
import { openTcpBalancer } from './tcp-balancer.ts';

const UID = '1b000000-0000-4000-8000-000000000001';
const PROBE: BackendProbe = {
  name: 'p',
  protocol: 'http',
  port: 1,
  path: '/health',
  interval: 5 * SECOND,
  up: 1,
  down: 2,
};

function open(): { balancer: Balancer; clock: ManualClock } {
  const clock = manualClock();
  const balancer = openTcpBalancer({ clock });
  onTestFinished(() => balancer.close());
  return { balancer, clock };
}

function rule(backends: readonly string[], given: Partial<Listener> = {}): Listener {
  const key = 'loadBalancingRules/http';
  return {
    key,
    rule: key,
    place: 'balancer front',
    port: 8080,
    backendPort: 80,
    distribution: 'Default',
    idleTimeout: 4 * MINUTE,
    backends,
    ...given,
  };
}

function addressOf(balancer: Balancer, key = 'loadBalancingRules/http'): GuestAddress {
  const found = balancer.health(UID).find((listener) => listener.key === key);
  if (found === undefined) throw new Error(`${key} does not listen`);
  return found.address;
}

/** A balancer before these, each in rotation. */
async function before(names: readonly string[], given: Partial<Listener> = {}) {
  const { balancer, clock } = open();
  const backends: Record<string, Backend> = {};
  for (const name of names) {
    const backend = await echo(name);
    backends[name] = backend;
    balancer.rotate(name, backend.address);
  }
  await balancer.apply(UID, [rule(names, given)]);
  return { balancer, clock, backends, address: addressOf(balancer) };
}

describe('a connection', () => {
  test('is one with its backend: bytes go both ways, and the end of one side leaves the other open', async () => {
    const { address, balancer } = await before(['a']);
    const client = dialIn(address);
    const text = 'x'.repeat(300_000);
    client.socket.end(text);
    expect(await client.closed).toBe('end');
    expect(client.text()).toBe(`a\n${text}`);
    await until(() => balancer.drainingSince('a') === undefined);
  });

  test('breaks when its backend breaks', async () => {
    const { address, backends } = await before(['a']);
    const client = dialIn(address);
    await until(() => client.text() === 'a\n');
    for (const socket of backends['a']?.sockets ?? []) socket.resetAndDestroy();
    expect(await client.closed).toBe('ECONNRESET');
  });

  test('breaks its backend when the client breaks', async () => {
    const { address, backends } = await before(['a']);
    const client = dialIn(address);
    await until(() => client.text() === 'a\n');
    client.socket.resetAndDestroy();
    await until(() => backends['a']?.sockets.size === 0);
  });

  test('ends after the idle timeout, counted from its last byte', async () => {
    const { address, clock } = await before(['a']);
    const client = dialIn(address);
    await until(() => client.text() === 'a\n');
    clock.advance(3 * MINUTE);
    client.socket.write('more');
    await until(() => client.text() === 'a\nmore');
    clock.advance(4 * MINUTE - 1);
    client.socket.write('!');
    await until(() => client.text() === 'a\nmore!');
    clock.advance(4 * MINUTE);
    client.socket.end();
    await client.closed;
    expect(client.text()).toBe('a\nmore!');
  });

  test('is reset when nothing is there to take it', async () => {
    const { balancer, address } = await before(['a']);
    balancer.rotate('a', undefined);
    expect(await whoAnswers(address)).toBe('ECONNRESET');
  });

  test('goes to another backend when one does not accept', async () => {
    const { address, backends } = await before(['a', 'b', 'c']);
    for (const name of ['a', 'c']) backends[name]?.server.close();
    for (let count = 0; count < 10; count += 1) expect(await whoAnswers(address)).toBe('b');
  });
});

describe('distribution', () => {
  test('by five-tuple reaches every backend', async () => {
    const { address } = await before(['a', 'b', 'c']);
    const seen = new Set<string>();
    while (seen.size < 3) seen.add(await whoAnswers(address));
    expect([...seen].toSorted()).toEqual(['a', 'b', 'c']);
  });

  test('by source keeps a client with its backend, and clients apart', async () => {
    const { address } = await before(['a', 'b', 'c'], { distribution: 'SourceIP' });
    const hosts = Array.from({ length: 20 }, (_, index) => `127.0.0.${index + 2}`);
    const first = await Promise.all(hosts.map((host) => whoAnswers(address, host)));
    const again = await Promise.all(hosts.map((host) => whoAnswers(address, host)));
    expect(again).toEqual(first);
    expect(new Set(first).size).toBe(3);
  });
});

describe('a guest that leaves the rotation', () => {
  test('is given nothing new, keeps what it has, and is drained when that ends', async () => {
    const { balancer, clock, address } = await before(['a', 'b']);
    const drained: string[] = [];
    balancer.watch((handle) => drained.push(handle));
    const clients = Array.from({ length: 12 }, () => dialIn(address));
    await until(() => clients.every(({ text }) => text().endsWith('\n')));
    const withA = clients.filter(({ text }) => text() === 'a\n');
    expect(withA.length).toBeGreaterThan(0);

    balancer.rotate('a', undefined);
    expect(balancer.drainingSince('a')).toBe(clock.now());
    clock.advance(SECOND);
    expect(balancer.drainingSince('a')).toBe(clock.now() - SECOND);
    for (let count = 0; count < 10; count += 1) expect(await whoAnswers(address)).toBe('b');
    for (const { socket } of withA) socket.write('still here');
    await until(() => withA.every(({ text }) => text() === 'a\nstill here'));
    expect(drained).toEqual([]);

    for (const { socket } of withA) socket.end();
    await until(() => balancer.drainingSince('a') === undefined);
    expect(drained).toEqual(['a']);
  });

  test('takes new connections again when it is back, at its new address', async () => {
    const { balancer, address } = await before(['a']);
    balancer.rotate('a', undefined);
    expect(await whoAnswers(address)).toBe('ECONNRESET');
    const moved = await echo('moved');
    balancer.rotate('a', moved.address);
    expect(await whoAnswers(address)).toBe('moved');
  });
});

describe('a probe', () => {
  interface WebBackend {
    readonly address: GuestAddress;
    readonly answer: (status: number) => void;
    /** How many questions were answered, as the asker has heard. */
    readonly asked: () => number;
  }

  async function webBackend(): Promise<WebBackend> {
    let status = 200;
    let asked = 0;
    const server = createHttpServer((request, response) => {
      // Whoever asked closes when it has the answer.
      request.socket.once('close', () => (asked += 1));
      response.writeHead(request.url === '/health' ? status : 404).end();
    });
    server.listen({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    return { address: { host: '127.0.0.1', port }, answer: (next) => (status = next), asked: () => asked };
  }

  const stateOf = (balancer: Balancer): string | undefined => balancer.health(UID)[0]?.backends[0]?.probe;

  test('lets connections through when it is answered, and not before', async () => {
    const { balancer, clock } = open();
    const web = await webBackend();
    web.answer(503);
    balancer.rotate('a', web.address);
    await balancer.apply(UID, [rule(['a'], { probe: PROBE })]);
    expect([stateOf(balancer), balancer.isAwaited('a')]).toEqual(['Down', true]);
    await until(() => web.asked() === 1 && clock.next() === clock.now() + SECOND);
    expect(await whoAnswers(addressOf(balancer))).toBe('ECONNRESET');
    web.answer(200);
    clock.advance(SECOND);
    await until(() => stateOf(balancer) === 'Up');
    expect(balancer.isAwaited('a')).toBe(false);
    const client = dialIn(addressOf(balancer));
    client.socket.end('GET /other HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await client.closed;
    expect(client.text()).toMatch(/^HTTP\/1.1 404/);
  });

  test('takes a backend down after as many bad answers as declared, and brings it back', async () => {
    const { balancer, clock } = open();
    const web = await webBackend();
    balancer.rotate('a', web.address);
    await balancer.apply(UID, [rule(['a'], { probe: PROBE })]);
    const round = async (): Promise<void> => {
      const count = web.asked();
      clock.advance(PROBE.interval);
      await until(() => web.asked() > count);
    };
    await until(() => stateOf(balancer) === 'Up' && web.asked() === 1);
    web.answer(500);
    await round();
    expect(stateOf(balancer)).toBe('Up');
    await round();
    expect(stateOf(balancer)).toBe('Down');
    web.answer(200);
    await round();
    expect(stateOf(balancer)).toBe('Up');
  });

  test('by TCP is answered by whoever accepts', async () => {
    const { balancer } = await before(['a'], { probe: { ...PROBE, protocol: 'tcp' } });
    await until(() => stateOf(balancer) === 'Up');
    expect(await whoAnswers(addressOf(balancer))).toBe('a');
  });

  test('is not asked of a backend whose health is what it says: that one is up while it is in rotation', async () => {
    const { balancer, clock } = open();
    const web = await webBackend();
    balancer.rotate('a', web.address);
    await balancer.apply(UID, [rule(['a'], { probe: PROBE, judged: ['a'] })]);
    expect(balancer.health(UID)[0]?.backends).toEqual([{ handle: 'a', connections: 0 }]);
    expect(balancer.isAwaited('a')).toBe(false);
    const { host, port } = addressOf(balancer);
    expect((await fetch(`http://${host}:${port}/health`)).status).toBe(200);
    // What is waited for is the end of that connection, and no probe.
    expect(clock.pending()).toBe(1);
    // Without that it is asked.
    await balancer.apply(UID, [rule(['a'], { probe: PROBE })]);
    await until(() => stateOf(balancer) === 'Up');
    await balancer.apply(UID, [rule(['a'], { probe: PROBE, judged: ['a'] })]);
    expect(stateOf(balancer)).toBeUndefined();
  });

  test('ends with the rotation', async () => {
    const { balancer, clock } = open();
    const web = await webBackend();
    balancer.rotate('a', web.address);
    await balancer.apply(UID, [rule(['a'], { probe: PROBE })]);
    await until(() => stateOf(balancer) === 'Up');
    balancer.rotate('a', undefined);
    expect([stateOf(balancer), balancer.isAwaited('a')]).toEqual([undefined, false]);
    expect(clock.pending()).toBe(0);
  });
});

describe('what is to listen', () => {
  test('does, at an address of its own and at the declared port where that is free', async () => {
    const { balancer } = open();
    await balancer.apply(UID, [rule([])]);
    const { host, port } = addressOf(balancer);
    expect([port, host === '127.0.0.1' || host.startsWith('127.')]).toEqual([8080, true]);
    const other = open().balancer;
    await other.apply(UID, [rule([])]);
    expect(addressOf(other).port).not.toBe(8080);
  });

  test('stays where it is while its backends change', async () => {
    const { balancer, address } = await before(['a', 'b']);
    await balancer.apply(UID, [rule(['b'])]);
    expect(addressOf(balancer)).toEqual(address);
    for (let count = 0; count < 8; count += 1) expect(await whoAnswers(address)).toBe('b');
  });

  test('does not any more when it is not asked for, while its connections go on', async () => {
    const { balancer, address } = await before(['a']);
    const client = dialIn(address);
    await until(() => client.text() === 'a\n');
    await balancer.apply(UID, []);
    expect(balancer.health(UID)).toEqual([]);
    expect(await whoAnswers(address)).toBe('ECONNREFUSED');
    client.socket.write('still');
    await until(() => client.text() === 'a\nstill');
  });

  test('moves with its declared port', async () => {
    const { balancer } = await before(['a']);
    await balancer.apply(UID, [rule(['a'], { port: 9090 })]);
    expect(addressOf(balancer).port).toBe(9090);
    expect(await whoAnswers(addressOf(balancer))).toBe('a');
  });

  test('gives each instance of a NAT pool its own port', async () => {
    const { balancer } = open();
    const nat = (handle: string, port: number): Listener =>
      rule([handle], { key: `inboundNatPools/ssh/${handle}`, port });
    for (const name of ['a', 'b']) balancer.rotate(name, (await echo(name)).address);
    await balancer.apply(UID, [nat('a', 50_000), nat('b', 50_001)]);
    expect(await whoAnswers(addressOf(balancer, 'inboundNatPools/ssh/a'))).toBe('a');
    expect(await whoAnswers(addressOf(balancer, 'inboundNatPools/ssh/b'))).toBe('b');
  });

  test('ends with the balancer, connections and probes too', async () => {
    const { balancer, clock, address } = await before(['a'], { probe: { ...PROBE, protocol: 'tcp' } });
    await until(() => balancer.health(UID)[0]?.backends[0]?.probe === 'Up');
    const client = dialIn(address);
    await until(() => client.text() === 'a\n');
    await balancer.close();
    client.socket.end();
    await client.closed;
    expect(await whoAnswers(address)).toBe('ECONNREFUSED');
    expect(clock.pending()).toBe(0);
    await balancer.apply(UID, [rule(['a'])]);
    expect(balancer.health(UID)).toEqual([]);
  });
});
