// The serial console of a guest, as it lies on the host: `runtime/console.sh` writes it and keeps it short.

import { promises as fs } from 'node:fs';
import { join } from 'node:path';

import { PRIVATE_FILE, readTail, wholeCharacters } from './files.ts';

/** What the port's `consoleLog` answers at most. */
const MOST = 1024 * 1024;

const CONSOLE_LOG = 'console.log';

export async function readConsole(directory: string): Promise<string> {
  const parts = await Promise.all(
    [`${CONSOLE_LOG}.old`, CONSOLE_LOG].map((name) => readTail(join(directory, name), MOST + 1)),
  );
  const all = Buffer.concat(parts);
  return wholeCharacters(all.subarray(-MOST), all.length > MOST);
}

/** A word of the host's own: why a guest does not come up, where its operator looks first. */
export async function noteOnConsole(directory: string, line: string): Promise<void> {
  await fs
    .appendFile(join(directory, CONSOLE_LOG), `muster: ${line}\n`, { mode: PRIVATE_FILE })
    // The disk may be what is broken.
    .catch(() => undefined);
}
