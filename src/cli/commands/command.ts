// What every command is.

import type { Environment, Terminal } from '../terminal.ts';

export interface Command {
  /** One line of the overview. */
  readonly summary: string;
  /** What `muster <command> --help` prints below the summary. */
  readonly usage: string;
  /** Does it, and answers the exit code. */
  run(args: readonly string[], env: Environment, terminal: Terminal): Promise<number>;
}
