// The listener with real sockets: both protocols on one port, hostile and silent peers, and an orderly end.
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { createServer, connect as tcpConnect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { manualClock } from '../../test/testing/manual-clock.ts';
import { makeAuthority, makeServerCertificate } from '../identity/certificate.ts';
import { planeNames } from '../identity/names.ts';
import { type Listener, type ListenerOptions, listen } from './listener.ts';
import type { Handler } from './servers.ts';

const wallTime = Date.parse(new Date(performance.timeOrigin).toISOString());
const ca = await makeAuthority(wallTime);
const pair = await makeServerCertificate(ca, planeNames([]), wallTime);

const open: Listener[] = [];
afterEach(async () => {
  for (const listener of open.splice(0)) await listener.close(AbortSignal.abort());
});

async function start(options: Partial<ListenerOptions> = {}): Promise<Listener> {
  const defaults = { host: 'localhost', port: 0, certificate: pair.certificate, key: pair.key };
  const listener = await listen({ ...defaults, clock: manualClock(), ...options });
  open.push(listener);
  return listener;
}

async function serve(handler: Handler, options: Partial<ListenerOptions> = {}): Promise<Listener> {
  const listener = await start(options);
  listener.serve(handler);
  return listener;
}

/** Says which protocol the request came by, and how long its body was. */
const report: Handler = (request, response) => {
  let length = 0;
  request.on('data', (bytes: Buffer) => {
    length += bytes.length;
  });
  request.on('end', () => {
    response.end(`${'encrypted' in request.socket ? 'https' : 'http'} ${request.method} ${length}`);
  });
};

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: http.IncomingHttpHeaders;
}

async function readAnswer(request: http.ClientRequest): Promise<Answer> {
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode ?? 0,
    body: Buffer.concat(chunks).toString(),
    headers: response.headers,
  };
}

async function get(url: string, agent?: https.Agent | http.Agent): Promise<Answer> {
  const options = agent === undefined ? { agent: false } : { agent };
  return await readAnswer(
    url.startsWith('https') ? https.get(url, { ...options, ca: ca.certificate }) : http.get(url, options),
  );
}

async function connected(port: number): Promise<Socket> {
  const socket = tcpConnect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Everything the peer sends until it closes. */
async function drained(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (bytes: Buffer) => {
    text += bytes.toString();
  });
  await once(socket, 'close');
  return text;
}

describe('one port', () => {
  test('answers HTTP and HTTPS, on every loopback address', async () => {
    const { port, addresses } = await serve(report);
    expect(addresses.length).toBeGreaterThan(0);
    for (const host of ['localhost', ...addresses.map((a) => (a.includes(':') ? `[${a}]` : a))]) {
      expect((await get(`http://${host}:${port}/`)).body).toBe('http GET 0');
      expect((await get(`https://${host}:${port}/`)).body).toBe('https GET 0');
    }
    expect(await (await fetch(`http://localhost:${port}/`)).text()).toBe('http GET 0');
  });

  test('is not trusted without the authority', async () => {
    const { port } = await serve(report);
    const request = https.get(`https://localhost:${port}/`, { agent: false });
    const [error] = (await once(request, 'error')) as [Error];
    expect(error.message).toMatch(/unable to verify|self.signed/i);
  });

  test.each(['http', 'https'])('carries large bodies over %s unharmed and in order', async (protocol) => {
    const sent = Buffer.alloc(3_000_000);
    for (let i = 0; i < sent.length; i += 4) sent.writeUInt32BE(i, i);
    const { port } = await serve((request, response) => request.pipe(response));
    const module = protocol === 'https' ? https : http;
    const url = `${protocol}://localhost:${port}/`;
    const request = module.request(url, { method: 'POST', agent: false, ca: ca.certificate });
    request.end(sent);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).equals(sent)).toBe(true);
  });

  test.each(['http', 'https'])('keeps a %s connection alive between requests', async (protocol) => {
    const ports = new Set<number | undefined>();
    const { port } = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    });
    const module = protocol === 'https' ? https : http;
    const agent = new module.Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 3; i += 1) await get(`${protocol}://localhost:${port}/`, agent);
    expect(ports.size).toBe(1);
    agent.destroy();
  });

  test('answers a request that comes byte by byte, and several that come at once', async () => {
    const { port } = await serve(report);
    const slow = await connected(port);
    const answer = drained(slow);
    for (const byte of 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n') {
      await new Promise<void>((resolve) => {
        slow.write(byte, () => resolve());
      });
    }
    expect(await answer).toContain('http GET 0');
    const many = await connected(port);
    const answers = drained(many);
    many.end('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(20));
    expect((await answers).match(/http GET 0/g)).toHaveLength(20);
  });

  test('resumes a TLS session', async () => {
    const { port } = await serve(report);
    const sessions: Buffer[] = [];
    const connectAgain = async (session?: Buffer): Promise<boolean> => {
      const more = session === undefined ? {} : { session };
      const socket = tlsConnect({ host: 'localhost', port, ca: ca.certificate, ...more });
      socket.on('session', (given: Buffer) => sessions.push(given));
      const closed = once(socket, 'close');
      await once(socket, 'secureConnect');
      const resumed = socket.isSessionReused();
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
      socket.resume();
      await closed;
      return resumed;
    };
    expect(await connectAgain()).toBe(false);
    expect(await connectAgain(sessions.at(-1))).toBe(true);
  });

  test('shows new connections the certificate that replaced the first', async () => {
    const listener = await serve(report);
    const other = await makeAuthority(wallTime);
    const next = await makeServerCertificate(other, planeNames([]), wallTime);
    listener.replaceCertificate(next.certificate, next.key);
    const request = https.get(`https://localhost:${listener.port}/`, { agent: false, ca: other.certificate });
    expect((await readAnswer(request)).body).toBe('https GET 0');
  });
});

describe('binding', () => {
  test('a port that is taken is refused, also when it is taken on one loopback address only', async () => {
    const { port } = await serve(report);
    await expect(start({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const taken = (other.address() as { port: number }).port;
    await expect(start({ port: taken })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    other.close();
  });

  test('one address is listened on when one is named', async () => {
    const { addresses, port } = await serve(report, { host: '127.0.0.1' });
    expect(addresses).toEqual(['127.0.0.1']);
    expect((await get(`http://127.0.0.1:${port}/`)).status).toBe(200);
  });

  test('an address that is not this machine’s is refused', async () => {
    await expect(start({ host: '203.0.113.1' })).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  });
});

describe('before it serves', () => {
  test('connections wait, and are answered once it does', async () => {
    const listener = await start();
    const early = get(`http://localhost:${listener.port}/`);
    const secure = get(`https://localhost:${listener.port}/`);
    const witness = await connected(listener.port);
    listener.serve(report);
    expect((await early).body).toBe('http GET 0');
    expect((await secure).body).toBe('https GET 0');
    witness.destroy();
  });

  test('it can be closed with connections waiting', async () => {
    const listener = await start();
    const waiting = await connected(listener.port);
    const gone = drained(waiting);
    await listener.close();
    expect(await gone).toBe('');
  });
});

describe('a peer that', () => {
  test.each([
    ['sends rubbish', Buffer.from([0, 1, 2, 255, 254, 10, 13])],
    ['opens a handshake with rubbish', Buffer.from([0x16, 3, 1, 0xff, 0xff, 7, 7, 7])],
    ['sends one byte of a handshake and leaves', Buffer.from([0x16])],
    ['speaks HTTP badly', Buffer.from('GET / HTTP/9.9\r\n\r\n')],
    [
      'smuggles',
      Buffer.from('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n'),
    ],
    ['speaks HTTP/2 in the clear', Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
    ['leaves without a word', Buffer.alloc(0)],
  ])('%s is closed, and others are served', async (_, bytes) => {
    let requests = 0;
    const { port } = await serve((_request, response) => {
      requests += 1;
      response.end('served');
    });
    const socket = await connected(port);
    const gone = drained(socket);
    socket.end(bytes);
    expect(await gone).not.toContain('served');
    expect(requests).toBe(0);
    expect((await get(`https://localhost:${port}/`)).body).toBe('served');
  });

  test('resets its connection at any point harms nobody', async () => {
    const { port } = await serve(report);
    for (const bytes of [
      '',
      '\u0016',
      'GET / HT',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab',
    ]) {
      const socket = await connected(port);
      if (bytes !== '') socket.write(bytes, 'latin1');
      socket.resetAndDestroy();
      await once(socket, 'close');
    }
    expect((await get(`http://localhost:${port}/`)).body).toBe('http GET 0');
  });

  test('says nothing is closed when its time is up, and not before', async () => {
    const clock = manualClock();
    const { port } = await serve(report, { clock });
    const silent = await connected(port);
    const gone = drained(silent);
    // A request on another connection is answered only after the silent one was accepted.
    expect((await get(`http://127.0.0.1:${port}/`)).status).toBe(200);
    expect(clock.pending()).toBe(1);
    clock.advance(9_999);
    expect((await get(`http://127.0.0.1:${port}/`)).status).toBe(200);
    expect(silent.readyState).toBe('open');
    clock.advance(1);
    expect(await gone).toBe('');
    expect(clock.pending()).toBe(0);
  });

  test('never ends its headers, its body or its handshake is cut off', async () => {
    const limits = { headers: 1, request: 1, check: 1, handshake: 1 };
    const { port } = await serve(report, { limits });
    const starts = [
      'GET / HTTP/1.1\r\nHost: x\r\n',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab',
    ];
    for (const text of starts) {
      const socket = await connected(port);
      const gone = drained(socket);
      socket.write(text);
      expect(await gone).toMatch(/^HTTP\/1.1 408 /);
    }
    const socket = await connected(port);
    const gone = drained(socket);
    socket.write(Buffer.from([0x16, 3, 1]));
    await gone;
  });

  test('sends headers beyond the limit is told so, and a long token passes', async () => {
    const { port } = await serve(report);
    const send = async (length: number): Promise<Answer> =>
      await readAnswer(
        http.get(`http://localhost:${port}/`, {
          agent: false,
          headers: { authorization: 'x'.repeat(length) },
        }),
      );
    expect((await send(20_000)).status).toBe(200);
    expect((await send(40_000)).status).toBe(431);
  });
});

describe('closing', () => {
  /** A server whose requests stay open until they are told to end. */
  async function holding(): Promise<{ listener: Listener; arrived: () => Promise<() => void> }> {
    const waiting: ((finish: () => void) => void)[] = [];
    const listener = await serve((_, response) => waiting.shift()?.(() => response.end('done')));
    const arrived = async (): Promise<() => void> =>
      await new Promise((resolve) => {
        waiting.push(resolve);
      });
    return { listener, arrived };
  }

  test.each(['http', 'https'])(
    'lets a %s request in flight finish, and ends its connection',
    async (protocol) => {
      const { listener, arrived } = await holding();
      const module = protocol === 'https' ? https : http;
      const agent = new module.Agent({ keepAlive: true });
      const arrival = arrived();
      const answer = get(`${protocol}://localhost:${listener.port}/`, agent);
      const finish = await arrival;
      let closed = false;
      const closing = listener.close().finally(() => {
        closed = true;
      });
      await expect(get(`http://localhost:${listener.port}/`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      expect(closed).toBe(false);
      finish();
      expect(await answer).toMatchObject({ body: 'done', headers: { connection: 'close' } });
      await closing;
      agent.destroy();
    },
  );

  test('lets an answer that has begun finish', async () => {
    let finish: (() => void) | undefined;
    const listener = await serve((_, response) => {
      response.write('first ');
      finish = () => response.end('last');
    });
    const agent = new http.Agent({ keepAlive: true });
    const request = http.get(`http://localhost:${listener.port}/`, { agent });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    const closing = listener.close();
    finish?.();
    let body = '';
    for await (const chunk of response) body += String(chunk);
    expect(body).toBe('first last');
    await closing;
    agent.destroy();
  });

  test.each(['http', 'https'])('ends idle and silent %s connections at once', async (protocol) => {
    const listener = await serve(report);
    const module = protocol === 'https' ? https : http;
    const agent = new module.Agent({ keepAlive: true });
    await get(`${protocol}://localhost:${listener.port}/`, agent);
    const silent = await connected(listener.port);
    const gone = drained(silent);
    await listener.close();
    await gone;
    agent.destroy();
  });

  test('cuts off what does not finish when it is told to give up', async () => {
    const { listener, arrived } = await holding();
    const arrival = arrived();
    const answer = get(`https://localhost:${listener.port}/`);
    await arrival;
    const giveUp = new AbortController();
    const closing = listener.close(giveUp.signal);
    giveUp.abort();
    await expect(answer).rejects.toMatchObject({ code: 'ECONNRESET' });
    await closing;
  });
});
