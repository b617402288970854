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

/** The headings of the overview, in its order. */
export const GROUPS = {
  plane: 'The plane',
  seeing: 'Seeing',
  acting: 'Acting',
  proving: 'Proving',
} as const;

export interface Entry {
  readonly group: keyof typeof GROUPS;
  /** A command is loaded when it is asked for, so that each starts in the time that it needs itself. */
  readonly load: () => Promise<Command>;
}
