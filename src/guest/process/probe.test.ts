// Probes over real sockets: what becomes of every way in which a server can answer, or not.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createSocketServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openAuthority } from '../../identity/authority.ts';
import { planeNames } from '../../identity/names.ts';
import { PROBE_BODY, type ProbeAnswer } from '../../domain/probe.ts';
import { probeAddress, sendProbe } from './probe.ts';

async function listening(server: Server): Promise<{ host: string; port: number }> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

const patient = (): AbortSignal => new AbortController().signal;

async function http(answer: RequestListener, path = '/health'): Promise<ProbeAnswer> {
  const address = await listening(createServer(answer));
  return sendProbe(address, { protocol: 'http', port: address.port, path }, patient());
}

describe('where a guest is asked', () => {
  const own = { host: '127.90.3.4', port: 8080 };
  const shared = { host: '127.0.0.1', port: 40_123 };

  test('is the declared port of its own address', () => {
    expect(probeAddress(own, 9000)).toEqual({ host: '127.90.3.4', port: 9000 });
  });

  test('is its own port where no guest could listen at the declared one', () => {
    expect(probeAddress(own, 80)).toEqual(own);
    expect(probeAddress(own, 1023)).toEqual(own);
    expect(probeAddress(own, 1024).port).toBe(1024);
  });

  test('is its one port where it shares its address', () => {
    expect(probeAddress(shared, 9000)).toEqual(shared);
  });
});

describe('an HTTP probe', () => {
  test('asks for the path and brings back status and body', async () => {
    let asked: string | undefined;
    const answer = await http((request, response) => {
      asked = `${request.method} ${request.url}`;
      response.writeHead(207).end('{"x":1}');
    }, '/deep/health?full');
    expect(asked).toBe('GET /deep/health?full');
    expect(answer).toEqual({ outcome: 'answered', status: 207, body: '{"x":1}' });
  });

  test('does not follow a redirection', async () => {
    const answer = await http((_, response) => response.writeHead(302, { location: '/elsewhere' }).end());
    expect(answer.status).toBe(302);
  });

  test('keeps no more than the beginning of a body, however long it is', async () => {
    const answer = await http((_, response) => {
      const more = (): void => {
        while (response.write('x'.repeat(PROBE_BODY / 4)));
        response.once('drain', more);
      };
      more();
    });
    expect(answer.body).toHaveLength(PROBE_BODY);
  });

  test('fails when the server hangs up, before or within its answer', async () => {
    expect(await http((request) => request.socket.destroy())).toEqual({ outcome: 'failed' });
    const half = await http((request, response) => {
      response.writeHead(200, { 'content-length': 10 });
      response.write('half', () => request.socket.destroy());
    });
    expect(half).toEqual({ outcome: 'failed' });
  });

  test('fails when what answers is not HTTP', async () => {
    const address = await listening(createSocketServer((socket) => socket.end('no http\r\n\r\n')));
    const request = { protocol: 'http', port: address.port, path: '/' } as const;
    expect(await sendProbe(address, request, patient())).toEqual({ outcome: 'failed' });
  });

  test('fails for a path that HTTP cannot carry', async () => {
    expect(await http((_, response) => response.end(), '/a b\n')).toEqual({ outcome: 'failed' });
  });

  test('fails when patience ends, before or within the answer', async () => {
    for (const begin of [false, true]) {
      const patience = new AbortController();
      const server = createServer((_, response) => {
        if (begin) response.writeHead(200).write('{');
        patience.abort();
      });
      const address = await listening(server);
      const request = { protocol: 'http', port: address.port, path: '/' } as const;
      expect(await sendProbe(address, request, patience.signal)).toEqual({ outcome: 'failed' });
    }
  });
});

test('an HTTPS probe takes any certificate', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'muster-probe-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const { server: own } = await openAuthority(directory, planeNames([]), Date.now());
  const secure = createSecureServer({ key: own.key, cert: own.certificate }, (_, response) =>
    response.end('ok'),
  );
  const address = await listening(secure);
  const request = { protocol: 'https', port: address.port, path: '/' } as const;
  expect(await sendProbe(address, request, patient())).toEqual({
    outcome: 'answered',
    status: 200,
    body: 'ok',
  });
  const plain = await listening(createServer((_, response) => response.end('ok')));
  expect(await sendProbe(plain, { ...request, port: plain.port }, patient())).toEqual({ outcome: 'failed' });
});

describe('a TCP probe', () => {
  test('is content with the handshake', async () => {
    const address = await listening(createSocketServer());
    const request = { protocol: 'tcp', port: address.port, path: '/' } as const;
    expect(await sendProbe(address, request, patient())).toEqual({ outcome: 'connected' });
  });

  test('fails where nobody listens', async () => {
    const server = createSocketServer();
    const address = await listening(server);
    server.close();
    await once(server, 'close');
    const request = { protocol: 'tcp', port: address.port, path: '/' } as const;
    expect(await sendProbe(address, request, patient())).toEqual({ outcome: 'failed' });
  });
});
