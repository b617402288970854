// The node adapter, over a real connection to this machine: bodies, limits, lengths, and clients that go away.
import { createServer, request as nodeRequest, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LARGEST_BODY, nodeHandler } from './node-adapter.ts';
import type { Request } from './request.ts';
import type { Response } from './response.ts';

let server: Server;
let port: number;
const seen: Request[] = [];
let respond: (request: Request) => Promise<Response>;

beforeAll(async () => {
  server = createServer(
    nodeHandler(async (request) => {
      seen.push(request);
      return respond(request);
    }),
  );
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  port = (server.address() as AddressInfo).port;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
});

interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

async function send(
  method: string,
  path: string,
  body?: Buffer,
  headers: Record<string, string> = {},
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const outgoing = nodeRequest(
      { port, host: '127.0.0.1', method, path, headers, agent: false },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => {
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: Buffer.concat(chunks).toString(),
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const answering = (response: Partial<Response>): void => {
  respond = async () => ({ status: 200, headers: {}, body: '', ...response });
};

describe('a request', () => {
  test('becomes a value: path as it came, query, headers, body', async () => {
    answering({});
    await send('POST', '/a%20b/%2A?x=1&y=a%20b', Buffer.from('{}'), { 'X-Thing': 'One' });
    const request = seen.at(-1);
    expect(request).toMatchObject({ method: 'POST', path: '/a%20b/%2A' });
    expect([...(request?.query ?? [])]).toEqual([
      ['x', '1'],
      ['y', 'a b'],
    ]);
    expect(request?.headers['x-thing']).toBe('One');
    expect(Buffer.from(request?.body ?? []).toString()).toBe('{}');
  });

  test('without a body has an empty one', async () => {
    answering({});
    await send('GET', '/');
    expect(seen.at(-1)?.body).toHaveLength(0);
  });

  test('may name the whole URL', async () => {
    answering({});
    await send('GET', 'http://localhost/a/b?c=1');
    expect(seen.at(-1)).toMatchObject({ path: '/a/b' });
    expect(seen.at(-1)?.query.get('c')).toBe('1');
  });

  test('in many pieces is put together', async () => {
    answering({});
    const body = Buffer.alloc(3 * 1024 * 1024, 'x');
    await send('PUT', '/', body, { 'transfer-encoding': 'chunked' });
    expect(seen.at(-1)?.body).toHaveLength(body.length);
  });

  test('as large as the limit is taken, and one byte more is refused unread', async () => {
    answering({});
    const count = seen.length;
    expect((await send('PUT', '/', Buffer.alloc(LARGEST_BODY))).status).toBe(200);
    expect(seen).toHaveLength(count + 1);
    const refused = await send('PUT', '/', Buffer.alloc(LARGEST_BODY + 1));
    expect(refused.status).toBe(413);
    expect(JSON.parse(refused.body)).toMatchObject({ error: { code: 'RequestContentTooLarge' } });
    expect(seen).toHaveLength(count + 1);
  });

  test('that says nothing of its length is refused as soon as it is too long', async () => {
    answering({});
    const count = seen.length;
    const refused = await send('PUT', '/', Buffer.alloc(LARGEST_BODY + 1), {
      'transfer-encoding': 'chunked',
    });
    expect(refused.status).toBe(413);
    expect(seen).toHaveLength(count);
  });

  test('whose client goes away in the middle is dropped, and the next one is served', async () => {
    answering({});
    const count = seen.length;
    const arrived = new Promise<void>((resolve) => {
      server.once('request', (incoming) => {
        incoming.once('close', resolve);
      });
    });
    const socket = connect(port, '127.0.0.1');
    socket.write('PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf', () => socket.destroy());
    await arrived;
    expect((await send('GET', '/')).status).toBe(200);
    expect(seen).toHaveLength(count + 1);
  });
});

describe('an answer', () => {
  test('says how long it is, whatever it is made of', async () => {
    answering({ body: 'grüße', headers: { 'content-type': 'text/plain; charset=utf-8', etag: '"2"' } });
    expect(await send('GET', '/')).toMatchObject({
      status: 200,
      body: 'grüße',
      headers: { 'content-length': '7', etag: '"2"' },
    });
    answering({ body: Buffer.from('bytes') });
    expect(await send('GET', '/')).toMatchObject({ body: 'bytes', headers: { 'content-length': '5' } });
  });

  test('without a body has the length 0; 204 has none', async () => {
    answering({ status: 202 });
    expect((await send('POST', '/')).headers['content-length']).toBe('0');
    answering({ status: 204 });
    const none = await send('DELETE', '/');
    expect(none.status).toBe(204);
    expect(none.headers).not.toHaveProperty('content-length');
  });

  test('to HEAD says the length and sends nothing', async () => {
    answering({ body: 'five!' });
    expect(await send('HEAD', '/')).toMatchObject({
      status: 200,
      body: '',
      headers: { 'content-length': '5' },
    });
  });
});
