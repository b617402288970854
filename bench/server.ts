// Servers to measure, each a process of its own: the plane as users start it, and bare node:http beside it.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Server {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

export async function startPlane(data: string, ...args: readonly string[]): Promise<Server> {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  return start(
    ['--disable-warning=ExperimentalWarning', main, 'up', '--data', data, '--port', '0', ...args],
    /is ready: .*:(\d+)/,
  );
}

/** Answers every request with the bytes of that file. */
export async function startBare(file: string): Promise<Server> {
  return start([fileURLToPath(new URL('bare-server.ts', import.meta.url)), file], /ready (\d+)/);
}

async function start(args: readonly string[], ready: RegExp): Promise<Server> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) {
    const port = ready.exec(line)?.[1];
    if (port !== undefined) return { pid: child.pid as number, port: Number(port), stop: () => stop(child) };
  }
  throw new Error(`${args.join(' ')} ended before it was ready`);
}

async function stop(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

/** Resident memory in bytes. Linux only, as the next one. */
export function residentBytes(pid: number): number {
  const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) * 1024;
}

/** CPU time used so far, in milliseconds (the kernel counts in hundredths of a second). */
export function cpuMilliseconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
