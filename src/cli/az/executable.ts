// The user's own az: where it is, and running it.

import { spawn } from 'node:child_process';
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { constants as system } from 'node:os';
import { delimiter, join } from 'node:path';
import { Problem } from '../problem.ts';
import type { Environment } from '../terminal.ts';

export interface Executable {
  readonly path: string;
  /** Changes when another az is installed in its place. */
  readonly mark: string;
}

/** The az that MUSTER_AZ names, else the first one on PATH. Throws a Problem where there is none. */
export function findAz(env: Environment): Executable {
  const named = env['MUSTER_AZ'] ?? '';
  if (named !== '') {
    const found = executableAt(named);
    if (found !== undefined) return found;
    throw new Problem(`MUSTER_AZ names ${named}, which is no program that can be run.`);
  }
  for (const directory of (env.PATH ?? '').split(delimiter)) {
    const found = executableAt(join(directory === '' ? '.' : directory, 'az'));
    if (found !== undefined) return found;
  }
  throw new Problem('The Azure CLI (az) is not installed, or not on PATH.');
}

function executableAt(path: string): Executable | undefined {
  try {
    accessSync(path, constants.X_OK);
    const real = realpathSync(path);
    const stat = statSync(real);
    return stat.isFile() ? { path, mark: `${real} ${stat.size} ${stat.mtimeMs}` } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The terminal sends Ctrl-C to this process and to az alike. What it means is az's to decide: this one stays
 * until the task is done, so that it can clean up and pass az's exit code on.
 */
export async function outlasting<T>(task: () => Promise<T>): Promise<T> {
  const stay = (): void => undefined;
  process.on('SIGINT', stay);
  try {
    return await task();
  } finally {
    process.off('SIGINT', stay);
  }
}

/** Runs it on this terminal. Answers its exit code, 128 and the signal's number when a signal ended it. */
export async function runAttached(
  command: string,
  args: readonly string[],
  env: Environment,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const child = spawn(command, args, { env, stdio: 'inherit' });
  child.on('error', reject);
  child.on('exit', (code, signal) => {
    resolve(code ?? 128 + (signal === null ? 0 : system.signals[signal]));
  });
  return await promise;
}

export interface Captured {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runCaptured(
  command: string,
  args: readonly string[],
  env: Environment,
): Promise<Captured> {
  const { promise, resolve, reject } = Promise.withResolvers<Captured>();
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.on('error', reject);
  child.on('close', (code) => resolve({ code: code ?? 1, stdout, stderr }));
  return await promise;
}
