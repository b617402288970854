// Life: the processes of one boot of a guest, whether this plane started them or an earlier one did.
// What must hold: `gone` is said only when none of them is left, and a signal goes only to a process that is certainly
// the guest's (same number and same start time, or marked with the boot's token).

import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  constants,
  type FSWatcher,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  watch,
} from 'node:fs';
import { join } from 'node:path';

import type { ProcessRef, ProcessTable } from './process-table.ts';
import type { Isolation } from './record.ts';

export interface LifeOptions {
  /** The guest's. */
  readonly directory: string;
  readonly token: string;
  readonly isolation: Isolation;
  readonly table: ProcessTable;
  /** It became ready, or ended. */
  readonly changed: () => void;
}

export class Life {
  readonly #options: LifeOptions;
  readonly #child: ChildProcess | undefined;
  #first: ProcessRef | undefined;
  #watcher: FSWatcher | undefined;
  #ready = false;
  #asked = false;
  #over = false;

  private constructor(options: LifeOptions, child?: ChildProcess) {
    this.#options = options;
    this.#child = child;
    this.#watch();
    child?.once('exit', () => {
      this.#watcher?.close();
      options.changed();
    });
  }

  /** Starts the guest's processes; resolves when the first of them runs. They outlive the plane and hold nothing of it. */
  static async begin(
    options: LifeOptions,
    command: readonly string[],
    environment: Record<string, string>,
  ): Promise<Life> {
    const [program = '', ...rest] = command;
    const child = spawn(program, rest, { env: environment, cwd: '/', detached: true, stdio: 'ignore' });
    child.unref();
    const life = new Life(options, child);
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => {
        life.release();
        reject(error);
      });
    });
    return life;
  }

  /** The processes that an earlier plane left; undefined when that boot never came to a first process. */
  static adopt(options: LifeOptions): Life | undefined {
    const starting = starters(options).length > 0;
    return starting || readFirst(options) !== undefined ? new Life(options) : undefined;
  }

  /** The guest's first process; unknown for the instant before it has written down who it is. */
  get first(): ProcessRef | undefined {
    this.#first ??= readFirst(this.#options);
    return this.#first;
  }

  get token(): string {
    return this.#options.token;
  }

  /** Nothing tells of its end, so it has to be looked at: not our child, or not bound to its first process. */
  get silent(): boolean {
    return this.#child === undefined || this.#childEnded || this.#options.isolation === 'process groups';
  }

  get #childEnded(): boolean {
    return this.#child !== undefined && (this.#child.exitCode !== null || this.#child.signalCode !== null);
  }

  /** `ended`: the first process is dead, and others may be left. */
  look(): 'running' | 'ended' | 'gone' {
    if (this.#over) return 'gone';
    const { table } = this.#options;
    const first = this.first === undefined ? undefined : table.look(this.first);
    if (first === 'running') return 'running';
    if (this.#child !== undefined && !this.#childEnded) return first === undefined ? 'running' : 'ended';
    const starting = this.#child === undefined && starters(this.#options).length > 0;
    if (first === undefined && starting) return 'running';
    // With namespaces the kernel has ended all others before the first is gone.
    if (first === 'ended' || starting || this.#marked().length > 0) return 'ended';
    this.#over = true;
    return 'gone';
  }

  get ready(): boolean {
    this.#noticeReady();
    return this.#ready;
  }

  /** Whoever sees first that it has come up (the watcher, the pulse, a list), everybody has to hear of it, once. */
  #noticeReady(): void {
    if (this.#ready || !readReady(this.#options)) return;
    this.#ready = true;
    this.#watcher?.close();
    queueMicrotask(this.#options.changed);
  }

  /** Asks the first process to shut down, once. False when it cannot hear that yet. */
  terminate(): boolean {
    const { first } = this;
    if (first === undefined || !this.ready) return false;
    if (!this.#asked && this.#options.table.look(first) === 'running') signal(first.pid, 'SIGTERM');
    this.#asked = true;
    return true;
  }

  /** Ends every process that can be found now. What is being started at this moment needs another call. */
  kill(): void {
    const { first } = this;
    if (first !== undefined && this.#options.table.look(first) !== 'gone') signal(first.pid, 'SIGKILL');
    if (first === undefined) kill(starters(this.#options));
    if (first === undefined || this.#options.isolation === 'process groups') {
      kill(this.#options.table.marked(`MUSTER_BOOT=${this.#options.token}`));
    }
    if (!this.#options.table.seesMarks) this.#killLed();
  }

  /** Ends, besides, whoever still holds the console of a guest whose first process is long dead. */
  killGroup(): void {
    this.kill();
    kill(starters(this.#options));
    this.#killLed();
  }

  /** The process group that `runtime/console.sh` leads. */
  #killLed(): void {
    const parent = this.first && this.#options.table.parentOf(this.first.pid);
    const leader = this.#childEnded ? undefined : (this.#child?.pid ?? parent);
    // 1 is who takes in orphans, and not the leader of anything of ours.
    if (leader !== undefined && leader > 1) signal(-leader, 'SIGKILL');
  }

  /** Lets go of it without touching it. */
  release(): void {
    this.#watcher?.close();
    this.#child?.removeAllListeners('exit');
  }

  #marked(): ProcessRef[] {
    const { table, token, isolation } = this.#options;
    return isolation === 'process groups' ? table.marked(`MUSTER_BOOT=${token}`) : [];
  }

  /** Where it cannot be watched, the driver's own pulse looks. */
  #watch(): void {
    if (this.ready) return;
    try {
      this.#watcher = watch(join(this.#options.directory, 'channel'), { persistent: false }, () => {
        if (this.#watcher !== undefined) this.#noticeReady();
      });
      this.#watcher.on('error', () => this.#watcher?.close());
      // It may have come up before it was watched.
      this.#noticeReady();
    } catch {
      this.#watcher = undefined;
    }
  }
}

/** Those of `runtime/console.sh`, which are there before the first process and after the last, and all that descends from them. */
function starters({ table, token }: LifeOptions): ProcessRef[] {
  return table.marked(`MUSTER_TOKEN=${token}`);
}

/** What boot.sh wrote down: token, number and start time. */
function readFirst({ directory, token }: LifeOptions): ProcessRef | undefined {
  let text;
  try {
    text = readFileSync(join(directory, 'life'), 'utf8');
  } catch {
    return undefined;
  }
  const match = /^(\S+) (\d+) (.+)\n$/.exec(text);
  return match?.[1] === token && match[3] !== undefined
    ? { pid: Number(match[2]), start: match[3].trim() }
    : undefined;
}

/** The guest says that it is ready in a file that it can replace by anything, so it is opened with care. */
function readReady({ directory, token }: LifeOptions): boolean {
  let file;
  try {
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    file = openSync(join(directory, 'channel', 'ready'), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch {
    return false;
  }
  try {
    if (!fstatSync(file).isFile()) return false;
    const buffer = Buffer.alloc(64);
    return buffer.toString('latin1', 0, readSync(file, buffer, 0, 64, 0)) === token;
  } catch {
    return false;
  } finally {
    closeSync(file);
  }
}

export function kill(processes: readonly ProcessRef[]): void {
  for (const { pid } of processes) if (pid !== process.pid) signal(pid, 'SIGKILL');
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already.
  }
}
