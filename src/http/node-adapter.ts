// Node adapter: Node's request and response to values and back. What must hold: a body larger than the limit is never held
// in memory; bytes go out as they are, without a copy; a client that goes away hurts nobody else.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Failure } from '../domain/failure.ts';
import { failureAnswer } from './arm-error.ts';
import type { Request } from './request.ts';
import type { Response } from './response.ts';

/** ARM's limit. */
export const LARGEST_BODY = 4 * 1024 * 1024;

export function nodeHandler(
  handle: (request: Request) => Promise<Response>,
): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  return (incoming, outgoing) => {
    void exchange(handle, incoming, outgoing);
  };
}

async function exchange(
  handle: (request: Request) => Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  let body: Uint8Array | undefined;
  try {
    body = await readAll(incoming);
  } catch {
    // The client went away while it was sending: there is nobody to answer.
    outgoing.destroy();
    return;
  }
  const response = body === undefined ? tooLarge() : await handle(requestOf(incoming, body));
  if (body === undefined) outgoing.setHeader('connection', 'close');
  write(outgoing, response, incoming.method === 'HEAD');
}

function requestOf(incoming: IncomingMessage, body: Uint8Array): Request {
  const target = incoming.url ?? '/';
  const mark = target.indexOf('?');
  return {
    method: (incoming.method ?? 'GET').toUpperCase(),
    path: pathOf(mark < 0 ? target : target.slice(0, mark)),
    query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
    headers: singleHeaders(incoming),
    body,
  };
}

/** A client may send the whole URL (RFC 9112 section 3.2.2). */
function pathOf(target: string): string {
  return target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/]*/i, '') || '/';
}

/** Node joins repeated headers by itself, all but set-cookie, which no request has. */
function singleHeaders({ headers }: IncomingMessage): Request['headers'] {
  return headers as Request['headers'];
}

/** Undefined when there is more than the limit, as soon as that is seen; rejects when the client goes away. */
function readAll(incoming: IncomingMessage): Promise<Uint8Array | undefined> {
  const { 'content-length': length, 'transfer-encoding': encoding } = incoming.headers;
  if (length === undefined && encoding === undefined) return Promise.resolve(NOTHING);
  if (Number(length ?? 0) > LARGEST_BODY) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > LARGEST_BODY) {
        chunks.length = 0;
        resolve(undefined);
      } else {
        chunks.push(chunk);
      }
    });
    incoming.on('end', () => {
      resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
    });
    incoming.on('error', reject);
    incoming.on('close', () => {
      if (!incoming.complete) reject(new Error('the client went away'));
    });
  });
}

const NOTHING = new Uint8Array(0);

function tooLarge(): Response {
  const failure = new Failure(
    'requestTooLarge',
    `The request content size exceeds the maximum size of ${LARGEST_BODY} bytes.`,
  );
  const { status, headers, body } = failureAnswer(failure);
  return {
    status,
    headers: { ...headers, 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
  };
}

function write(outgoing: ServerResponse, { status, headers, body }: Response, head: boolean): void {
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
  // 204 and 304 have no length; everything else says it, a 202 without a body too.
  outgoing.writeHead(
    status,
    status === 204 || status === 304 ? headers : { ...headers, 'content-length': length },
  );
  if (head || length === 0) outgoing.end();
  else outgoing.end(body);
}
