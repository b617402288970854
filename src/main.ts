// The entry: the `muster` command.

import { run } from './cli/main.ts';
import { processTerminal } from './cli/terminal.ts';

process.exitCode = await run(process.argv.slice(2), process.env, processTerminal(), {
  // Loaded when it is wanted: the commands that only ask a plane something start in half the time without it.
  up: async (options, terminal) => (await import('./up.ts')).up(options, terminal),
});
