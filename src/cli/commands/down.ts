// `muster down`: asks the plane to power its guests off and to stop, and waits until its process is gone.

import { connect, type PlaneClient } from '../client.ts';
import { dataDirectory } from '../data-directory.ts';
import { readOptions } from '../options.ts';
import { duration } from '../output.ts';
import { findPlane, isRunning } from '../plane-file.ts';
import { EXIT, Problem } from '../problem.ts';
import type { Terminal } from '../terminal.ts';
import type { Command } from './command.ts';
import { runningInstances } from './status.ts';

/** Milliseconds between two looks at the process, and until it is said that it does not stop. */
const LOOK = 50;
const PATIENCE = 120_000;

export const down: Command = {
  summary: 'power all guests off and stop the plane',
  usage: `Usage: muster down [--data DIR]

Disks and state are kept: the next "muster up" starts the guests that were running.
Exits with 3 when no plane runs.
`,
  async run(args, env, terminal) {
    const values = readOptions('down', args, { data: { type: 'string' } });
    const data = dataDirectory(values.data, env);
    const plane = findPlane(data);
    if (plane === undefined) {
      throw new Problem(
        `No plane is running on ${data}. Guests that one has left running go on; ` +
          '"muster up" finds them, and "muster down" can power them off then.',
        EXIT.noPlane,
      );
    }
    const client = await connect(data, plane);
    const running = await countRunning(client);
    await client.post('/providers/Muster.Plane/shutdown', { powerOff: true });
    await waitForExit(plane.pid, terminal);
    terminal.out(`Powered off ${running} and stopped the plane.\n`);
    return EXIT.done;
  },
};

async function countRunning(client: PlaneClient): Promise<string> {
  return runningInstances(await client.get('/providers/Muster.Plane/status'));
}

async function waitForExit(pid: number, terminal: Terminal): Promise<void> {
  const start = terminal.now();
  while (isRunning(pid)) {
    if (terminal.now() - start >= PATIENCE) {
      throw new Problem(`The plane (process ${pid}) is still running after ${duration(PATIENCE)}.`);
    }
    await terminal.pause(LOOK);
  }
}
