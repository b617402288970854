// Interruption: the first Ctrl-C is a request to stop at a point where the record is true; the second ends the process. Each is
// heard at once.

import { EXIT } from './problem.ts';

/** Which Ctrl-C it is. */
export type Times = 'first' | 'second';

export interface Interruption {
  readonly interrupted: () => boolean;
  /** Resolves when it is interrupted, and never else. */
  readonly interruption: Promise<undefined>;
  /** Ctrl-C does again what it did before. */
  readonly release: () => void;
}

/** @param heard called with each before anything else comes of it; after the second the process ends */
export function onInterrupt(
  heard: (times: Times) => void,
  exit: (code: number) => void = (code) => process.exit(code),
): Interruption {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  let interrupted = false;
  const listener = (): void => {
    if (interrupted) {
      heard('second');
      exit(EXIT.interrupted);
      return;
    }
    interrupted = true;
    heard('first');
    resolve(undefined);
  };
  process.on('SIGINT', listener);
  return {
    interrupted: () => interrupted,
    interruption: promise,
    release: () => void process.off('SIGINT', listener),
  };
}
