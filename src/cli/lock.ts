// Locks between processes of this machine: a file with the holder's process id.
// What must hold: nobody sees a lock without its holder; what a process that is gone has left behind counts for nothing.

import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { readTextFile } from './json-file.ts';
import { isRunning } from './plane-file.ts';
import { EXIT, Problem } from './problem.ts';

/**
 * Answers how to let go. Throws a Problem, with the exit code of a refusal, while another process holds it.
 * @param doing what the holder is doing: `at the evidence record x`
 */
export function lock(path: string, doing: string): () => void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, String(process.pid), { mode: 0o600 });
  try {
    if (!linked(draft, path) && !(takeAway(draft, path) && linked(draft, path))) {
      throw new Problem(`Another process (${holderOf(path)}) is ${doing}. Nothing was sent.`, EXIT.refused);
    }
    const release = (): void => {
      process.off('exit', release);
      rmSync(path, { force: true });
    };
    // Also where the process ends without letting go; after a kill the next one sees that nobody is there.
    process.on('exit', release);
    return release;
  } finally {
    rmSync(draft, { force: true });
  }
}

export function isLocked(path: string): boolean {
  return isRunning(holderOf(path));
}

/**
 * Takes away what a process that is gone has left behind. Whoever does that holds a lock for it, and looks again: between the
 * look and the taking away, another might have done both and have locked it since.
 */
function takeAway(draft: string, path: string): boolean {
  const broom = `${path}.broom`;
  if (isRunning(holderOf(path))) return false;
  if (!linked(draft, broom)) {
    if (isLocked(broom)) return false;
    rmSync(broom, { force: true });
    if (!linked(draft, broom)) return false;
  }
  try {
    if (isRunning(holderOf(path))) return false;
    rmSync(path, { force: true });
    return true;
  } finally {
    rmSync(broom, { force: true });
  }
}

function holderOf(path: string): number {
  return Number(readTextFile(path) ?? '0');
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
