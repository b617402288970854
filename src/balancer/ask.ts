// Asking a backend: one question of a probe. Tcp is well when it accepts; http and https when they answer 200 in time. What
// certificate it shows does not matter, as in Azure.

import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

import type { Clock } from '../app/ports/clock.ts';
import type { GuestAddress } from '../domain/guest.ts';
import type { BackendProbe } from '../domain/backend-probe.ts';
import { dial } from './dial.ts';

export async function ask(probe: BackendProbe, address: GuestAddress, clock: Clock): Promise<boolean> {
  if (probe.protocol === 'tcp') {
    const socket = await dial(address, clock, probe.interval);
    socket?.on('error', () => undefined).destroy();
    return socket !== undefined;
  }
  return answers200(probe, address, clock);
}

function answers200(probe: BackendProbe, { host, port }: GuestAddress, clock: Clock): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const options = { host, port, path: probe.path, agent: false, headers: { connection: 'close' } };
  const asked =
    probe.protocol === 'http'
      ? httpRequest(options)
      : httpsRequest({ ...options, rejectUnauthorized: false });
  const cancel = clock.after(probe.interval, () => {
    asked.destroy();
  });
  const done = (well: boolean): void => {
    cancel();
    asked.destroy();
    resolve(well);
  };
  asked
    .once('response', ({ statusCode }) => {
      done(statusCode === 200);
    })
    .on('error', () => {
      done(false);
    })
    .once('close', () => {
      done(false);
    })
    .end();
  return promise;
}
