// Probes of process guests: a real connection to the guest's own address. What must hold: it ends, whatever the guest does;
// nothing of what the guest sends is kept beyond its beginning.

import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';

import type { GuestAddress } from '../../domain/guest.ts';
import { PROBE_BODY, type ProbeAnswer, type ProbeRequest } from '../../domain/probe.ts';

/** Below that no guest can listen. */
const FIRST_PORT = 1024;
const SHARED = '127.0.0.1';

/**
 * Where a guest is asked that was declared to be asked at `port`: there, when it has an address of its own. One that shares
 * its address has a single port, and a port below 1024 is out of a guest's reach: then at the port that is the guest's.
 */
export function probeAddress(address: GuestAddress, port: number): GuestAddress {
  return address.host === SHARED || port < FIRST_PORT ? address : { host: address.host, port };
}

/** `patience` aborts a probe that takes too long. Never rejects. */
export function sendProbe(
  address: GuestAddress,
  request: ProbeRequest,
  patience: AbortSignal,
): Promise<ProbeAnswer> {
  return request.protocol === 'tcp'
    ? handshake(address, patience)
    : ask(address, request.protocol, request.path, patience);
}

function handshake({ host, port }: GuestAddress, signal: AbortSignal): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, signal });
    const end = (outcome: 'connected' | 'failed'): void => {
      socket.destroy();
      resolve({ outcome });
    };
    socket.once('connect', () => end('connected'));
    socket.on('error', () => end('failed'));
  });
}

/** A redirection is an answer like any other, and any certificate is good: the guest's own address is proof enough. */
async function ask(
  { host, port }: GuestAddress,
  protocol: 'http' | 'https',
  path: string,
  signal: AbortSignal,
): Promise<ProbeAnswer> {
  const send = protocol === 'https' ? httpsRequest : httpRequest;
  try {
    const sent = send({ host, port, path, signal, agent: false, rejectUnauthorized: false });
    // It may still end badly when its answer is being read: then reading it ends so.
    sent.on('error', () => undefined);
    try {
      sent.end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      return { outcome: 'answered', status: response.statusCode ?? 0, body: await beginning(response) };
    } finally {
      sent.destroy();
    }
  } catch {
    // No answer in time, or a path that HTTP cannot carry.
    return { outcome: 'failed' };
  }
}

async function beginning(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= PROBE_BODY) break;
  }
  return Buffer.concat(chunks).subarray(0, PROBE_BODY).toString('utf8');
}
