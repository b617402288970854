// What commands have of the world besides files and the network: where text goes, and time.

import { setTimeout as pause } from 'node:timers/promises';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Terminal {
  /** Standard output: what was asked for, and nothing else, since scripts read it. */
  readonly out: (text: string) => void;
  /** Standard error: what a person should know besides. */
  readonly err: (text: string) => void;
  /** How wide standard output is where that is a terminal; undefined where it goes into a file or a pipe. */
  readonly columns: () => number | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** What a shell reports of a command that SIGPIPE ended. */
const NOBODY_READS = 141;

/** A reader that has gone, as in `muster list | head`, ends the command as it ends any other: without a word. */
function endWhenNobodyReads(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit(NOBODY_READS);
    });
  }
}

export function processTerminal(): Terminal {
  endWhenNobodyReads();
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    columns: () => (process.stdout.isTTY ? process.stdout.columns : undefined),
    now: () => Date.now(),
    pause: async (milliseconds) => {
      await pause(milliseconds);
    },
  };
}
