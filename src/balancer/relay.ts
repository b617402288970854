// Relay: two sockets as one connection. Bytes go both ways as they come, the end of one side is passed on while the other may
// go on, and what breaks one breaks the other.

import type { Socket } from 'node:net';

import type { Clock } from '../app/ports/clock.ts';

export interface RelayOptions {
  readonly clock: Clock;
  /** Milliseconds without a byte in either direction, after which both are closed. */
  readonly idleTimeout: number;
}

/** Resolves when both sockets are closed. Both must have no listener for errors that minds. */
export async function relay(client: Socket, backend: Socket, options: RelayOptions): Promise<void> {
  const stopWatching = watchIdle(client, backend, options);
  const ends = Promise.all([join(client, backend), join(backend, client)]);
  client.pipe(backend);
  backend.pipe(client);
  await ends;
  stopWatching();
}

/** Resolves when `from` is closed. */
function join(from: Socket, to: Socket): Promise<void> {
  return new Promise((resolve) => {
    let broken = false;
    from.on('error', () => {
      broken = true;
    });
    from.once('close', () => {
      if (broken) to.resetAndDestroy();
      else if (!from.readableEnded) to.destroy();
      resolve();
    });
  });
}

function watchIdle(client: Socket, backend: Socket, { clock, idleTimeout }: RelayOptions): () => void {
  let last = clock.now();
  const note = (): void => {
    last = clock.now();
  };
  client.on('data', note);
  backend.on('data', note);
  let cancel: () => void;
  const look = (): void => {
    const left = last + idleTimeout - clock.now();
    if (left > 0) {
      cancel = clock.after(left, look);
      return;
    }
    client.destroy();
    backend.destroy();
  };
  cancel = clock.after(idleTimeout, look);
  return () => {
    cancel();
  };
}
