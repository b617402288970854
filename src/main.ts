// The entry: the `muster` command.

import { run } from './cli/main.ts';
import { endWithParent } from './cli/parent.ts';
import { processTerminal } from './cli/terminal.ts';

endWithParent();
process.exitCode = await run(process.argv.slice(2), process.env, processTerminal(), {
  // Loaded when it is wanted: the commands that only ask a plane something start in half the time without it.
  images: {
    add: async (data, image) => (await import('./image-directory.ts')).addImage(data, image),
    list: async (data) => (await import('./image-directory.ts')).listImages(data),
    remove: async (data, image) => (await import('./image-directory.ts')).removeImage(data, image),
  },
  up: async (options, terminal) => (await import('./up.ts')).up(options, terminal),
});
