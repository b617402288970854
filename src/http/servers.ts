// Node's HTTP server and its HTTPS server as one, handed connections that others accepted.
// Must hold: both hand requests to the same handler under the same limits, and `finish` cuts off no answer.
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Milliseconds, and bytes. */
export interface ServerLimits {
  /** A TLS handshake. */
  readonly handshake: number;
  /** A request's headers, from its first byte; also how long an idle connection is kept. */
  readonly headers: number;
  /** A whole request with its body. */
  readonly request: number;
  /** How often overdue requests are looked for. */
  readonly check: number;
  readonly headerBytes: number;
}

export interface Servers {
  /** A paused connection whose first bytes were put back. */
  take(socket: Socket, kind: 'plain' | 'secure'): void;
  handWith(handler: Handler): void;
  replaceCertificate(certificate: string, key: string): void;
  /** From now on every connection ends with the answer that is being given on it; idle ones end at once. */
  finish(): void;
  /** After the last connection has ended. */
  close(): void;
}

export function makeServers(certificate: string, key: string, limits: ServerLimits): Servers {
  const common = {
    headersTimeout: limits.headers,
    requestTimeout: limits.request,
    keepAliveTimeout: limits.headers,
    connectionsCheckingInterval: limits.check,
    maxHeaderSize: limits.headerBytes,
  };
  const plain = http.createServer(common);
  const secure = https.createServer({
    ...common,
    cert: certificate,
    key,
    handshakeTimeout: limits.handshake,
  });
  const both = [plain, secure];
  const inFlight = new Set<ServerResponse>();
  let finishing = false;

  const closeIdle = (): void => {
    for (const server of both) server.closeIdleConnections();
  };
  for (const server of both) {
    server.on('request', (_, response) => {
      inFlight.add(response);
      if (finishing) response.setHeader('connection', 'close');
      response.once('close', () => {
        inFlight.delete(response);
        if (finishing) closeIdle();
      });
    });
    // Node watches its time limits, and knows which connections are idle, only after this event, which a
    // server that is handed its connections would never see.
    server.emit('listening');
  }
  secure.on('secureConnection', (socket) => {
    if (finishing) socket.destroy();
  });

  return {
    take(socket, kind) {
      if (kind === 'secure') {
        // A TLS peer that ends its side has gone; TLS reads what was put back by itself.
        socket.allowHalfOpen = false;
        secure.emit('connection', socket);
      } else {
        plain.emit('connection', socket);
        socket.resume();
      }
    },
    handWith(handler) {
      for (const server of both) server.on('request', handler);
    },
    replaceCertificate(newCertificate, newKey) {
      secure.setSecureContext({ cert: newCertificate, key: newKey });
    },
    finish() {
      finishing = true;
      for (const response of inFlight) if (!response.headersSent) response.setHeader('connection', 'close');
      closeIdle();
    },
    close() {
      for (const server of both) server.close();
    },
  };
}
