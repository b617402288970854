// Locks between processes of this machine: a file with the holder's process id.
// What must hold: nobody sees a lock without its holder; what a process that is gone has left behind counts for nothing.

import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { readTextFile } from './json-file.ts';
import { isRunning } from './plane-file.ts';
import { Problem } from './problem.ts';

/**
 * Answers how to let go. Throws a Problem while another process holds it.
 * @param doing what the holder is doing: `at the evidence record x`
 */
export function lock(path: string, doing: string): () => void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, String(process.pid), { mode: 0o600 });
  try {
    for (let attempt = 0; ; attempt += 1) {
      if (linked(draft, path)) return () => rmSync(path, { force: true });
      const holder = Number(readTextFile(path) ?? '0');
      if (attempt > 0 || isRunning(holder)) throw new Problem(`Another process (${holder}) is ${doing}.`);
      rmSync(path, { force: true });
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

function linked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
