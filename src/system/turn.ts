// A turn of the event loop: whoever does a lot in a row lets the sockets and timers that are ready come first.

import { setImmediate } from 'node:timers/promises';

export async function nextTurn(): Promise<void> {
  await setImmediate();
}
