// The guests of a data directory as the machine sees them: their processes in /proc, their consoles, and what their web
// server answers. Nothing here asks the plane.
import { once } from 'node:events';
import { readdirSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** By handle, the numbers of all processes that belong to the guest, also those that only hold its console. */
export function guestProcesses(data: string): ReadonlyMap<string, readonly number[]> {
  const table = processTable();
  const marked = new Map<number, string>();
  const mark = `${join(data, 'guests')}/`;
  const known = new Set(guestDirectories(data));
  for (const { pid } of table) {
    const handle = handleOf(pid, mark, known);
    if (handle !== undefined) marked.set(pid, handle);
  }
  // What descends from a guest's process is the guest's.
  for (let before = -1; before !== marked.size;) {
    before = marked.size;
    for (const { pid, parent } of table) {
      const handle = marked.get(parent);
      if (handle !== undefined && !marked.has(pid)) marked.set(pid, handle);
    }
  }
  return Map.groupBy([...marked.keys()].toSorted(byNumber), (pid) => marked.get(pid) ?? '');
}

/** Kills what is left of all guests, and resolves when it is gone. */
export async function killGuests(data: string): Promise<void> {
  for (let left = allProcesses(data); left.length > 0; left = allProcesses(data)) {
    for (const pid of left) killNow(pid);
    await nextTurn();
  }
}

/** One power-on of a guest: another one has another token. `pid` is the host's number of its first process. */
export interface Life {
  readonly token: string;
  readonly pid: number;
  readonly start: string;
}

export function lifeOf(data: string, handle: string): Life {
  const [token = '', pid, start = ''] = readFileSync(join(data, 'guests', handle, 'life'), 'utf8')
    .trim()
    .split(' ');
  return { token, pid: Number(pid), start };
}

/** The guest's serial console since its last boot. */
export function consoleOf(data: string, handle: string): string {
  const text = readFileSync(consoleFile(data, handle), 'utf8');
  return text.slice(Math.max(0, text.lastIndexOf('is booting')));
}

/** Waits until the guest's console has said something like that since its last boot. */
export async function said(data: string, handle: string, pattern: RegExp): Promise<RegExpExecArray> {
  const watcher = watch(consoleFile(data, handle));
  try {
    for (;;) {
      // Listening before looking, so that nothing is said in between.
      const changed = once(watcher, 'change');
      const found = pattern.exec(consoleOf(data, handle));
      if (found !== null) return found;
      await changed;
    }
  } finally {
    watcher.close();
  }
}

/** What a guest of the image `web` says of itself. */
export interface WebAnswer {
  readonly name: string;
  readonly computerName: string;
  readonly image: string;
  readonly imageVersion: string;
  readonly boots: number;
  readonly address: string;
  readonly upSeconds: number;
}

export async function askWeb(data: string, handle: string): Promise<WebAnswer> {
  const [, address = ''] = await said(data, handle, /web: listening on (\S+)/);
  const response = await fetch(`http://${address}/`);
  if (!response.ok) throw new Error(`${handle} answered ${response.status}`);
  return (await response.json()) as WebAnswer;
}

interface Row {
  readonly pid: number;
  readonly parent: number;
}

/** All processes that are not only waiting for their parent to hear that they ended. */
function processTable(): readonly Row[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .flatMap((name) => {
      const stat = readProc(name, 'stat');
      // The command in brackets may hold anything, brackets and spaces included.
      const [state = 'X', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return /[ZX]/.test(state) ? [] : [{ pid: Number(name), parent: Number(parent) }];
    });
}

/** By its command line or environment, which name the guest's directory, or else the guest. */
function handleOf(pid: number, mark: string, known: ReadonlySet<string>): string | undefined {
  const text = `${readProc(pid, 'cmdline')}\0${readProc(pid, 'environ')}`;
  const at = text.indexOf(mark);
  if (at !== -1) return /^[^/\0 ]+/.exec(text.slice(at + mark.length))?.[0];
  const named = /(?:^|\0)MUSTER_GUEST=([^\0]+)/.exec(text)?.[1];
  return named !== undefined && known.has(named) ? named : undefined;
}

function guestDirectories(data: string): readonly string[] {
  try {
    return readdirSync(join(data, 'guests'));
  } catch {
    return [];
  }
}

function allProcesses(data: string): readonly number[] {
  return [...guestProcesses(data).values()].flat();
}

function consoleFile(data: string, handle: string): string {
  return join(data, 'guests', handle, 'console.log');
}

/** Empty for a process that is gone, or somebody else's. */
function readProc(pid: number | string, file: 'stat' | 'cmdline' | 'environ'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

/** One that is gone already is no failure. */
export function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function byNumber(a: number, b: number): number {
  return a - b;
}
