// One command in a simulated guest: its script, carried out in the plane's time.
// What must hold: it ends once, by its last step, by its time limit, with its guest or because it is to be forgotten.

import type { Execution, GuestCommand } from '../../domain/guest.ts';
import type { Time } from '../../domain/time.ts';
import type { Agenda, Appointment } from './agenda.ts';
import { parseScript, type Step } from './command.ts';
import type { Disks } from './disks.ts';

/** Of each stream, as Azure keeps it. */
const KEPT_BYTES = 4096;

export interface ExecutionHost {
  readonly agenda: Agenda;
  readonly disks: Disks;
  /** How long it takes beside its own sleeps, in ms. */
  readonly duration: number;
  readonly changed: () => void;
  readonly crash: (at: Time) => void;
  readonly turn: (state: 'well' | 'ill') => void;
  readonly metric: (name: string, value: number) => void;
}

export class SimulatedExecution {
  readonly #host: ExecutionHost;
  readonly #steps: readonly Step[];
  #position = 0;
  readonly #startedAt: Time;
  readonly #limit: Time;
  readonly #output = { stdout: '', stderr: '' };
  /** The code of the command before. */
  #code = 0;
  #end: Pick<Execution, 'state' | 'exitCode' | 'endedAt'> | undefined;
  #next: Appointment | undefined;
  #forgotten: (() => void) | undefined;

  constructor(host: ExecutionHost, command: GuestCommand, at: Time) {
    this.#host = host;
    this.#steps = [...parseScript(command.script), { do: 'exit' }];
    this.#startedAt = at;
    this.#limit = at + command.timeoutMs;
  }

  /** To be called once, when whoever may end it knows of it. */
  begin(): void {
    this.#goOn(this.#startedAt);
  }

  get view(): Execution {
    return { state: 'running', ...this.#output, startedAt: this.#startedAt, ...this.#end };
  }

  /** With its guest. */
  cancel(at: Time): void {
    this.#finish(at, { state: 'canceled' });
  }

  /** Begins to end it, which takes that long in ms; calls back when it has ended, at once when it has already. */
  forget(at: Time, duration: number, forgotten: () => void): void {
    if (this.#forgotten !== undefined) return;
    this.#forgotten = forgotten;
    this.#host.agenda.cancel(this.#next);
    if (this.#end === undefined)
      this.#next = this.#host.agenda.at(at + duration, (then) => this.cancel(then));
    else this.#tell();
  }

  #goOn(at: Time): void {
    while (this.#end === undefined) {
      const step = this.#steps[this.#position] as Step;
      this.#position += 1;
      switch (step.do) {
        case 'exit':
          this.#code = step.code ?? this.#code;
          return this.#wait(at + this.#host.duration, (then) => {
            this.#finish(then, { state: 'exited', exitCode: this.#code });
          });
        case 'hang':
          return this.#wait(Number.POSITIVE_INFINITY, () => {});
        case 'sleep':
          return this.#wait(at + step.milliseconds, (then) => this.#goOn(then));
        default:
          this.#code = this.#carryOut(step, at);
      }
    }
  }

  /** Its exit code. */
  #carryOut(step: Exclude<Step, { do: 'exit' | 'hang' | 'sleep' }>, at: Time): number {
    switch (step.do) {
      case 'print':
        return this.#print(step.to, step.text, 0);
      case 'write':
        return this.#host.disks.write(step.path, step.text) ? 0 : this.#noSuchFile('write', step.path);
      case 'cat': {
        const text = this.#host.disks.read(step.path);
        return text === undefined ? this.#noSuchFile('cat', step.path) : this.#print('stdout', text, 0);
      }
      case 'crash':
        this.#host.crash(at);
        return 0;
      case 'turn':
        this.#host.turn(step.state);
        return 0;
      case 'metric':
        this.#host.metric(step.name, step.value);
        return 0;
      case 'nothing':
        return 0;
    }
  }

  #noSuchFile(command: string, path: string): number {
    return this.#print('stderr', `${command}: ${path}: No such file or directory\n`, 1);
  }

  #print(stream: 'stdout' | 'stderr', text: string, code: number): number {
    this.#output[stream] = lastBytes(this.#output[stream] + text);
    return code;
  }

  /** Until then, or until its time is up. */
  #wait(until: Time, then: (at: Time) => void): void {
    const { agenda } = this.#host;
    this.#next =
      until < this.#limit
        ? agenda.at(until, then)
        : agenda.at(this.#limit, (at) => this.#finish(at, { state: 'timedOut' }));
  }

  #finish(at: Time, end: { readonly state: Execution['state']; readonly exitCode?: number }): void {
    if (this.#end !== undefined) return;
    this.#host.agenda.cancel(this.#next);
    this.#end = { ...end, endedAt: at };
    this.#tell();
  }

  #tell(): void {
    this.#forgotten?.();
    this.#host.changed();
  }
}

/** Cut at a whole character. */
function lastBytes(text: string): string {
  if (text.length * 3 <= KEPT_BYTES) return text;
  const bytes = new TextEncoder().encode(text);
  let from = Math.max(0, bytes.length - KEPT_BYTES);
  while (((bytes[from] ?? 0) & 0xc0) === 0x80) from += 1;
  return new TextDecoder().decode(bytes.subarray(from));
}
