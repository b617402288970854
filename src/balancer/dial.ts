// Dial: a connection to a backend, or undefined when there is none to be had in time.

import { connect, type Socket } from 'node:net';

import type { Clock } from '../app/ports/clock.ts';
import type { GuestAddress } from '../domain/guest.ts';

/** @param patience milliseconds of the clock */
export function dial(
  { host, port }: GuestAddress,
  clock: Clock,
  patience: number,
): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, allowHalfOpen: true, noDelay: true });
    const cancel = clock.after(patience, () => {
      socket.destroy();
    });
    const failed = (): void => {
      cancel();
      socket.destroy();
      resolve(undefined);
    };
    socket.once('error', failed).once('close', failed);
    socket.once('connect', () => {
      cancel();
      socket.off('error', failed).off('close', failed);
      resolve(socket);
    });
  });
}
