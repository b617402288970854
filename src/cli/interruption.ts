// Interruption: the first Ctrl-C is a request to stop at a point where the record is true; the second ends the process.

export interface Interruption {
  readonly interrupted: () => boolean;
  /** Resolves when it is interrupted, and never else. */
  readonly interruption: Promise<undefined>;
  /** Ctrl-C does again what it did before. */
  readonly release: () => void;
}

export function onInterrupt(): Interruption {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  let interrupted = false;
  const listener = (): void => {
    interrupted = true;
    resolve(undefined);
  };
  process.once('SIGINT', listener);
  return {
    interrupted: () => interrupted,
    interruption: promise,
    release: () => void process.off('SIGINT', listener),
  };
}
