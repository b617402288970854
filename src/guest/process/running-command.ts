// A command that has begun and whose end has not been written down yet: its processes, its time limit, its end.
// What must hold: it is settled once, after the command has ended, so its result never changes afterwards; and one that was
// ended before its time is settled when no process of it is left.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Execution } from '../../domain/guest.ts';
import { removeTree } from './files.ts';
import { type ExecutionRecord, endState, readTraces, readOutput, writeRecord } from './execution-record.ts';
import type { Host } from './host.ts';
import { runtimeScript } from './isolation.ts';
import type { ProcessRef } from './process-table.ts';
import { Remains } from './remains.ts';

/** Between two attempts to kill what may be starting processes meanwhile, in ms. */
const AGAIN = 20;
/** After so many attempts the runner is ended too. */
const PATIENCE = 50;
/** After so many attempts a command whose time is up has its result, though not even the kernel can end what it started. */
const STUCK = 1500;

/** What runs: the command line that reads the payload inside the guest, and its environment. */
export interface Entry {
  readonly command: readonly string[];
  readonly environment: Record<string, string>;
  readonly cwd: string;
}

export interface RunningOptions {
  readonly host: Host;
  readonly directory: string;
  /** Whether that boot of the guest is over or ending. */
  readonly guestIsOver: (boot: string) => boolean;
  /** Its result is written down; with `ending: 'forgotten'` nothing of it is left on disk. */
  readonly settled: (record: ExecutionRecord) => void;
  /** Its runner has ended as well, after it was settled. */
  readonly gone: () => void;
}

export class RunningCommand {
  readonly #options: RunningOptions;
  #record: ExecutionRecord;
  #child: ChildProcess | undefined;
  #runner: ProcessRef | undefined;
  #settling: Promise<void> | undefined;
  #isSettled = false;
  #overdue = false;
  readonly #ended = Promise.withResolvers<void>();
  #saving: Promise<void> = Promise.resolve();
  #cancelLimit: () => void = () => {};
  #cancelAgain: () => void = () => {};
  #attempts = 0;
  readonly #remains: Remains;

  constructor(options: RunningOptions, record: ExecutionRecord) {
    this.#options = options;
    this.#record = record;
    this.#remains = new Remains(options.host.table, `MUSTER_EXECUTION=${record.id}`);
  }

  get record(): ExecutionRecord {
    return this.#record;
  }

  /** Starts its runner, which goes on without the plane. */
  async begin({ command, environment, cwd }: Entry): Promise<void> {
    const { directory } = this.#options;
    const { id, boot } = this.#record;
    // Marks all that the command starts, and not what waits for it outside: a process that enters a PID namespace has
    // to be left to see its child end, or that one stays there as a zombie and the namespace with it.
    const marked = ['env', `MUSTER_BOOT=${boot}`, `MUSTER_EXECUTION=${id}`, 'sh'];
    const child = spawn('sh', [runtimeScript('run.sh'), directory, ...command, ...marked], {
      env: { ...environment, MUSTER_RUNNER: id },
      cwd,
      detached: true,
      stdio: 'ignore',
    });
    child.unref();
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    this.#child = child;
    child.once('exit', () => {
      this.#ended.resolve();
      void this.#runnerEnded();
    });
    this.#armLimit();
  }

  /** Takes over what an earlier plane began; false when it never came to run. */
  adopt(): boolean {
    if (!this.#runnerLives() && this.#findRunner() === undefined) return false;
    if (this.#record.ending === undefined) this.#armLimit();
    else this.#kill();
    return true;
  }

  /** Looks at what nobody tells us about: the runner of an earlier plane, and one that waits for what a command left behind. */
  pulse(): void {
    if (!this.#runnerLives()) void this.#runnerEnded();
    else if (this.#endedByItself) {
      // A whole pulse after the command has ended, all that it printed itself has been read.
      if (this.#overdue) void this.settle();
      this.#overdue = true;
    }
  }

  /** And is not settled yet. */
  get #endedByItself(): boolean {
    if (this.#settling !== undefined || this.#record.ending !== undefined) return false;
    return existsSync(join(this.#options.directory, 'exit'));
  }

  /** What left its process group, or let go of the pipes, may be there after its runner. */
  async #runnerEnded(): Promise<void> {
    if (this.#record.ending === undefined || this.#settling !== undefined) await this.#over();
    else this.#kill();
  }

  async #over(): Promise<void> {
    await this.settle();
    if (this.#isSettled && !this.#runnerLives()) this.#options.gone();
  }

  /**
   * Begins to end it before its time; its record says first why, so that a crash does not turn that into a result. It is
   * settled when nothing of it is left.
   */
  async end(why: 'timedOut' | 'forgotten'): Promise<void> {
    if (this.#settling !== undefined) return this.#settling;
    // It stays forgotten when its time is up meanwhile.
    const ending = this.#record.ending === 'forgotten' ? 'forgotten' : why;
    if (ending === this.#record.ending && this.#attempts > 0) return;
    await this.#save({ ...this.#record, ending });
    if (this.#settling === undefined) this.#kill();
  }

  /**
   * Its guest is gone: resolves when nothing of it is left running, and how it ended is written down. One whose command
   * was only about to start is ended as well.
   */
  async finish(): Promise<void> {
    while (this.#killFound()) {
      // A timer of its own: the end may come meanwhile, and takes the others away.
      const pause = new Promise<void>((resolve) => this.#options.host.clock.after(AGAIN, resolve));
      await (this.#runnerLives() ? Promise.race([this.#ended.promise, pause]) : pause);
    }
    await this.#over();
  }

  async execution(): Promise<Execution> {
    const { directory } = this.#options;
    const [stdout, stderr] = await Promise.all([
      readOutput(directory, 'stdout'),
      readOutput(directory, 'stderr'),
    ]);
    return { state: 'running', stdout, stderr, startedAt: this.#record.startedAt };
  }

  /** Writes down how it ended. Safe to call more than once; only after the command has ended. */
  settle(): Promise<void> {
    this.#cancelTimers();
    this.#settling ??= this.#settle().catch(() => {
      // The disk is full or gone: the pulse tries again.
      this.#settling = undefined;
    });
    return this.#settling;
  }

  /** Lets go of it without touching it. */
  release(): void {
    this.#cancelTimers();
    this.#child?.removeAllListeners('exit');
  }

  #cancelTimers(): void {
    this.#cancelLimit();
    this.#cancelAgain();
  }

  async #settle(): Promise<void> {
    const { directory, host, guestIsOver, settled } = this.#options;
    if (this.#record.ending === 'forgotten') {
      await removeTree(directory);
    } else {
      const over = guestIsOver(this.#record.boot);
      const end = endState(this.#record, await readTraces(directory), over);
      const { stdout, stderr } = await this.execution();
      await this.#save({ ...this.#record, ended: { ...end, stdout, stderr, endedAt: host.clock.now() } });
    }
    this.#isSettled = true;
    settled(this.#record);
  }

  /** One write after the other, so that the last one stays. */
  async #save(record: ExecutionRecord): Promise<void> {
    this.#record = record;
    const before = this.#saving.catch(() => undefined);
    this.#saving = before.then(() => writeRecord(this.#options.directory, record));
    await this.#saving;
  }

  #armLimit(): void {
    const { clock } = this.#options.host;
    const left = this.#record.startedAt + this.#record.timeoutMs - clock.now();
    this.#cancelLimit = clock.after(Math.max(0, left), () => {
      this.end('timedOut').catch(() => this.#armLimit());
    });
  }

  /** Until nothing of it is left. */
  #kill(): void {
    this.#cancelTimers();
    const isStuck = this.#record.ending === 'timedOut' && this.#attempts >= STUCK;
    if (!this.#killFound() || isStuck) void this.#over();
    else {
      this.#cancelAgain = this.#options.host.clock.after(AGAIN, () => {
        if (this.#settling === undefined) this.#kill();
      });
    }
  }

  /** False when nothing is left. What is being started at this moment is found by the next attempt. */
  #killFound(): boolean {
    // First, because a runner that lives may start a process after the others have been looked for.
    const runnerLives = this.#runnerLives();
    const isLeft = this.#remains.kill();
    this.#attempts += 1;
    if (this.#attempts > PATIENCE || !this.#options.host.table.seesMarks) this.#killRunner();
    return runnerLives || isLeft;
  }

  #runnerLives(): boolean {
    if (this.#child !== undefined) return this.#child.exitCode === null && this.#child.signalCode === null;
    const { table } = this.#options.host;
    const runner = this.#findRunner();
    if (runner !== undefined) return table.look(runner) !== 'gone';
    // Just started, it has not written down yet who it is.
    return table.marked(`MUSTER_RUNNER=${this.#record.id}`).length > 0;
  }

  /** The runner leads a process group of its own, in which the command is as well until it leaves it. */
  #killRunner(): void {
    const leader = this.#child?.pid ?? this.#findRunner()?.pid;
    if (leader === undefined || !this.#runnerLives()) return;
    // Nobody waits any more for those that it would have waited for.
    this.#remains.add(this.#options.host.table.marked(`MUSTER_RUNNER=${this.#record.id}`));
    try {
      process.kill(-leader, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }

  #findRunner(): ProcessRef | undefined {
    if (this.#runner !== undefined) return this.#runner;
    try {
      const text = readFileSync(join(this.#options.directory, 'runner'), 'utf8');
      const match = /^(\d+) (.+)\n$/.exec(text);
      if (match?.[2] !== undefined) this.#runner = { pid: Number(match[1]), start: match[2].trim() };
    } catch {
      // It has not come so far.
    }
    return this.#runner;
  }
}
