// What ends a command with a sentence for the user instead of a stack, and the exit codes scripts rely on.

export const EXIT = {
  done: 0,
  failed: 1,
  /** The command line was wrong. */
  misused: 2,
  /** No plane runs on the data directory. */
  noPlane: 3,
} as const;

export class Problem extends Error {
  override readonly name = 'Problem';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}
