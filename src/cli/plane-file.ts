// plane.json: which process serves a data directory, and where. The plane writes it when it serves and
// removes it when it stops; a plane that was killed leaves it behind, so a reader looks whether the process lives.

import { readFileSync, rmSync } from 'node:fs';
import { filesOf } from './data-directory.ts';
import { numberField, readJsonFile, replaceFile, textField } from './json-file.ts';
import { EXIT, Problem } from './problem.ts';

export interface PlaneFile {
  readonly pid: number;
  readonly port: number;
  /** `https://localhost:7443` */
  readonly endpoint: string;
  /** When it began to serve, ISO 8601. */
  readonly started: string;
}

export function writePlaneFile(data: string, plane: PlaneFile): void {
  replaceFile(filesOf(data).plane, `${JSON.stringify(plane)}\n`);
}

/** Removes the file unless another process has written its own since. */
export function removePlaneFile(data: string, pid: number): void {
  const path = filesOf(data).plane;
  if (readJsonFile(path)?.pid === pid) rmSync(path, { force: true });
}

/** The plane that serves this directory, or undefined where none does. */
export function findPlane(data: string): PlaneFile | undefined {
  const path = filesOf(data).plane;
  const fields = readJsonFile(path);
  if (fields === undefined) return undefined;
  const plane: PlaneFile = {
    pid: numberField(fields, 'pid', path),
    port: numberField(fields, 'port', path),
    endpoint: textField(fields, 'endpoint', path),
    started: textField(fields, 'started', path),
  };
  return isRunning(plane.pid) ? plane : undefined;
}

export function requirePlane(data: string): PlaneFile {
  const plane = findPlane(data);
  if (plane === undefined) {
    throw new Problem(`No plane is running on ${data}. Start one with: muster up`, EXIT.noPlane);
  }
  return plane;
}

export function isRunning(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process: it is there, and may not be asked.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !isZombie(pid);
}

/** A process that has ended and whose parent never asked: in a container there may be nobody who does. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const [, state] = /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return state === 'Z' || state === 'X';
  } catch {
    return false;
  }
}
