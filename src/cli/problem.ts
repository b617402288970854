// What ends a command with a sentence for the user instead of a stack, and the exit codes scripts rely on.

export const EXIT = {
  done: 0,
  failed: 1,
  /** The command line was wrong. */
  misused: 2,
  /** No plane runs on the data directory, or nothing answers at the endpoint of the context. */
  noPlane: 3,
  /** A context, scale set, instance or record that is not there; no instance that an expression holds for. */
  notFound: 4,
  /** Nobody is signed in, the credentials have expired, or they may not do this. */
  denied: 5,
  /** Throttled for longer than Muster waits. */
  throttled: 6,
  /** The guard said no, or the operator did. Nothing was sent. */
  refused: 7,
  /** It was begun and is not verified: it stopped, or what it ran ended with another code than 0. */
  unverified: 8,
  /** An evidence record is damaged. */
  damaged: 9,
  /** Ctrl-C: the record says how far it came. */
  interrupted: 130,
} as const;

export class Problem extends Error {
  override readonly name = 'Problem';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}
