// One simulated guest: what is wanted of it, how far it has come, and what happens to it next. A verb only says what is
// wanted; the rest comes with time.
// What must hold: at most one thing of its life is on the agenda; commands run only while it runs.

import type {
  Execution,
  GuestAddress,
  GuestCommand,
  GuestHandle,
  GuestSpec,
  GuestState,
} from '../../domain/guest.ts';
import { FIRST_VERSION } from '../../domain/image-version.ts';
import type { ProbeAnswer, ProbeRequest } from '../../domain/probe.ts';
import type { Time } from '../../domain/time.ts';
import type { Agenda, Appointment } from './agenda.ts';
import { Console } from './console.ts';
import type { DiskShelf } from './disk-shelf.ts';
import { Disks } from './disks.ts';
import { SimulatedExecution } from './execution.ts';
import { madeFrom, type MadeFrom, NO_DISKS } from './made-from.ts';
import { Hearing } from './hearing.ts';
import { type Phase, powerIn } from './phase.ts';
import { type SimulationScript, type Span, within } from './script.ts';
import { Wellbeing } from './wellbeing.ts';

/** What its host does for a guest. */
export interface GuestHost {
  readonly agenda: Agenda;
  readonly script: SimulationScript;
  readonly disks: DiskShelf;
  draw(handle: GuestHandle, name: string): number;
  takeAddress(): GuestAddress;
  freeAddress(address: GuestAddress): void;
  changed(handle: GuestHandle): void;
  /** Its application stopped serving, or serves again. */
  illness(handle: GuestHandle, isIll: boolean): void;
  /** Nothing is left of the guest. */
  gone(handle: GuestHandle): void;
}

/** A restart or reimage that was taken on, to be carried out between two boots. */
interface Turn extends MadeFrom {
  readonly generation: number;
  readonly newHost: boolean;
  readonly reimage?: 'keep' | 'fresh';
}

export class SimulatedGuest {
  readonly handle: GuestHandle;
  readonly #host: GuestHost;
  readonly #disks: Disks;
  readonly #console = new Console();
  #executions: Map<string, SimulatedExecution> | undefined;
  #wanted: 'on' | 'off' | 'released' = 'on';
  #phase: Phase = 'off';
  #generation = 0;
  #boots = 0;
  #ends = 0;
  #address: GuestAddress | undefined;
  #bootedAt: Time | undefined;
  #cause: GuestState['cause'];
  #turn: Turn | undefined;
  #imageVersion: string | undefined;
  #deleted = false;
  #graceful = false;
  #next: Appointment | undefined;
  readonly #wellbeing: Wellbeing;
  readonly #hearing: Hearing;

  constructor(host: GuestHost, handle: GuestHandle, made: MadeFrom) {
    this.#host = host;
    this.handle = handle;
    this.#disks = new Disks(host.disks, made.disks);
    this.#imageVersion = made.imageVersion;
    this.#wellbeing = new Wellbeing(host, handle);
    this.#hearing = new Hearing(host, handle);
  }

  get state(): GuestState {
    const power = powerIn(this.#phase, this.#wanted === 'released');
    const { acknowledged } = this.#hearing;
    return {
      handle: this.handle,
      power,
      ready: this.#phase === 'ready',
      // A turn that was taken on shows; how far it has come is in `power`.
      generation: this.#turn?.generation ?? this.#generation,
      ...(this.#address !== undefined && { address: this.#address }),
      ...(this.#bootedAt !== undefined && { bootedAt: this.#bootedAt }),
      ...(power === 'stopped' && this.#cause !== undefined && { cause: this.#cause }),
      ...(this.#imageVersion !== undefined && { imageVersion: this.#imageVersion }),
      ...(acknowledged !== undefined && { acknowledged }),
    };
  }

  get #isUp(): boolean {
    return this.#phase === 'running' || this.#phase === 'ready';
  }

  get consoleLog(): string {
    return this.#console.text;
  }

  /** Its first power-on. */
  begin(at: Time): void {
    this.#boot(at);
  }

  /** As it was last seen by a plane that is gone. */
  remember(seen: GuestState, isIll: boolean, at: Time): void {
    this.#rememberLife(seen, at);
    // After what a boot would do: there is none.
    this.#wellbeing.remember(isIll);
  }

  #rememberLife(seen: GuestState, at: Time): void {
    this.#generation = seen.generation;
    this.#address = seen.address;
    this.#bootedAt = seen.bootedAt;
    this.#cause = seen.cause;
    this.#imageVersion = seen.imageVersion;
    switch (seen.power) {
      case 'starting':
        return this.#boot(at);
      case 'running':
        this.#address ??= this.#host.takeAddress();
        return seen.ready ? this.#becomeReady(at) : this.#run(at);
      case 'stopping':
      case 'stopped':
        this.#wanted = 'off';
        this.#cause ??= 'asked';
        return undefined;
      case 'deallocated':
        this.#wanted = 'released';
        return this.#release();
    }
  }

  start(at: Time): void {
    if (this.#wanted === 'on' || this.#deleted) return;
    this.#wanted = 'on';
    this.#cause = undefined;
    if (this.#phase === 'off') this.#boot(at);
    else this.#host.changed(this.handle);
  }

  stop(options: { readonly graceful: boolean; readonly release: boolean }, at: Time): void {
    if (this.#deleted) return;
    this.#wanted = options.release || this.#wanted === 'released' ? 'released' : 'off';
    this.#cause = 'asked';
    if (this.#phase === 'off') this.#rest();
    else this.#end(options.graceful, at);
  }

  restart(
    options: {
      readonly generation: number;
      readonly spec: GuestSpec;
      readonly newHost: boolean;
      readonly graceful: boolean;
    },
    at: Time,
  ): void {
    const { generation, newHost } = options;
    this.#take({ generation, newHost, ...madeFrom(options.spec) }, options.graceful, at);
  }

  reimage(
    options: { readonly generation: number; readonly spec: GuestSpec; readonly dataDisks: 'keep' | 'fresh' },
    at: Time,
  ): void {
    const { generation, dataDisks: reimage } = options;
    this.#take({ generation, newHost: false, ...madeFrom(options.spec), reimage }, false, at);
  }

  reconfigure(options: { readonly generation: number; readonly spec: GuestSpec }): void {
    const { generation } = options;
    if (!this.#isNew(generation)) return;
    const made = madeFrom(options.spec);
    this.#disks.attach(made.disks);
    if (this.#turn) this.#turn = { ...this.#turn, ...made, generation };
    else this.#generation = generation;
    this.#host.changed(this.handle);
  }

  delete(at: Time): void {
    if (this.#deleted) return;
    this.#deleted = true;
    this.#end(false, at);
  }

  /** Its first process ends by itself. */
  crash(at: Time): void {
    if (this.#phase === 'off') return;
    this.#host.agenda.cancel(this.#next);
    // While it is being ended, that is what was asked for.
    if (this.#phase === 'ending') return this.#ended(at);
    this.#wanted = 'off';
    this.#cause = 'exited';
    this.#console.note(at, 'crash');
    this.#ended(at);
  }

  /** Everything that carries it goes away at once. */
  loseHost(at: Time): void {
    if (this.#phase === 'off') return;
    this.#host.agenda.cancel(this.#next);
    if (this.#wanted === 'on') {
      this.#wanted = 'off';
      this.#cause = 'host';
    }
    this.#ended(at);
  }

  /** False: it is not running. A key that was used is left as it is. */
  exec(key: string, command: GuestCommand, at: Time): boolean {
    if (this.#executions?.has(key)) return true;
    if (!this.#isUp) return false;
    const execution = new SimulatedExecution(
      {
        agenda: this.#host.agenda,
        disks: this.#disks,
        duration: this.#span('command', `command ${key}`),
        changed: () => this.#host.changed(this.handle),
        crash: (then) => this.crash(then),
        turn: (state) => this.#wellbeing.turn(state),
        metric: (name, value) => this.#wellbeing.tell(name, value),
      },
      this.#asDrawn(key, command),
      at,
    );
    this.#executions ??= new Map();
    this.#executions.set(key, execution);
    execution.begin();
    this.#host.changed(this.handle);
    return true;
  }

  /** How an extension ends is the script's to say, as often as its chances are. */
  #asDrawn(key: string, command: GuestCommand): GuestCommand {
    const { extension } = command;
    if (extension === undefined) return command;
    const { extensionFails, extensionHangs } = this.#host.script;
    const drawn = this.#host.draw(this.handle, `extension ${key}`);
    if (drawn < extensionFails) return { ...command, script: 'fail "The simulated extension failed."' };
    return drawn < extensionFails + extensionHangs ? { ...command, script: 'hang' } : command;
  }

  execution(key: string): Execution | undefined {
    return this.#executions?.get(key)?.view;
  }

  cancel(key: string, at: Time): void {
    const execution = this.#executions?.get(key);
    // What it runs takes as long to end as all that a guest runs when its power is cut.
    execution?.forget(at, this.#span('cut', `cancel ${key}`), () => {
      this.#executions?.delete(key);
    });
  }

  tell(event: string, at: Time): void {
    if (this.#isUp) this.#hearing.tell(event, at);
  }

  probe(request: ProbeRequest): ProbeAnswer {
    return this.#phase === 'ready' ? this.#wellbeing.answer(request) : { outcome: 'failed' };
  }

  #isNew(generation: number): boolean {
    return !this.#deleted && generation > Math.max(this.#generation, this.#turn?.generation ?? 0);
  }

  #take(turn: Turn, graceful: boolean, at: Time): void {
    if (!this.#isNew(turn.generation)) return;
    const before = this.#turn;
    // What is under way is not lost: one turn does the work of both.
    const reimage = before?.reimage === 'fresh' ? 'fresh' : (turn.reimage ?? before?.reimage);
    const newHost = turn.newHost || before?.newHost === true;
    this.#turn = { ...turn, newHost, ...(reimage && { reimage }) };
    if (this.#phase === 'off') this.#rest();
    else this.#end(graceful, at);
  }

  /** A hard end cuts a graceful one short, never the other way. */
  #end(graceful: boolean, at: Time): void {
    if (this.#phase === 'ending' && (graceful || !this.#graceful)) return this.#host.changed(this.handle);
    if (this.#phase !== 'ending') this.#console.note(at, graceful ? 'shutdown' : 'cut');
    this.#phase = 'ending';
    this.#graceful = graceful;
    this.#ends += 1;
    this.#later(at + this.#timeToEnd(graceful), (then) => this.#ended(then));
    this.#host.changed(this.handle);
  }

  #timeToEnd(graceful: boolean): number {
    if (!graceful) return this.#span('cut', `cut ${this.#ends}`);
    const isSlow = this.#isDrawn('slowStop', `slow ${this.#ends}`);
    return this.#span(isSlow ? 'slowShutdown' : 'shutdown', `shutdown ${this.#ends}`);
  }

  /** None of its processes is left. */
  #ended(at: Time): void {
    for (const execution of this.#executions?.values() ?? []) execution.cancel(at);
    this.#phase = 'off';
    this.#wellbeing.rest();
    this.#hearing.rest();
    if (this.#deleted) {
      this.#wellbeing.end();
      this.#release();
      this.#disks.attach(NO_DISKS);
      return this.#host.gone(this.handle);
    }
    if (this.#wanted !== 'on') return this.#rest();
    this.#turnOver();
    return this.#boot(at);
  }

  /** Nothing runs and nothing is to run. */
  #rest(): void {
    this.#turnOver();
    if (this.#wanted === 'released') this.#release();
    this.#host.changed(this.handle);
  }

  #turnOver(): void {
    const turn = this.#turn;
    if (!turn) return;
    this.#turn = undefined;
    this.#generation = turn.generation;
    if (turn.newHost) this.#release();
    this.#disks.attach(turn.disks);
    if (turn.reimage === undefined) return;
    this.#disks.renew(turn.reimage);
    this.#imageVersion = turn.imageVersion ?? FIRST_VERSION;
    this.#executions = undefined;
  }

  #release(): void {
    if (this.#address) this.#host.freeAddress(this.#address);
    this.#address = undefined;
  }

  #boot(at: Time): void {
    this.#phase = 'starting';
    this.#boots += 1;
    this.#bootedAt = at;
    this.#address ??= this.#host.takeAddress();
    this.#console.note(at, 'boot');
    this.#later(at + this.#span('boot', `boot ${this.#boots}`), (then) => this.#run(then));
    this.#host.changed(this.handle);
  }

  #run(at: Time): void {
    this.#phase = 'running';
    this.#console.note(at, 'running');
    if (!this.#isDrawn('neverReady', `never ready ${this.#boots}`)) {
      this.#later(at + this.#span('ready', `ready ${this.#boots}`), (then) => this.#becomeReady(then));
    }
    this.#host.changed(this.handle);
  }

  #becomeReady(at: Time): void {
    this.#phase = 'ready';
    this.#console.note(at, 'ready');
    this.#wellbeing.wake(at, this.#boots);
    if (this.#isDrawn('exits', `exits ${this.#boots}`)) {
      this.#later(at + this.#span('exitsAfter', `exits after ${this.#boots}`), (then) => this.crash(then));
    }
    this.#host.changed(this.handle);
  }

  #later(due: Time, action: (at: Time) => void): void {
    this.#host.agenda.cancel(this.#next);
    this.#next = this.#host.agenda.at(due, (at) => {
      this.#next = undefined;
      action(at);
    });
  }

  #span(name: SpanName, drawn: string): number {
    return within(this.#host.script[name], this.#host.draw(this.handle, drawn));
  }

  #isDrawn(name: 'neverReady' | 'exits' | 'slowStop', drawn: string): boolean {
    const chance = this.#host.script[name];
    return chance > 0 && this.#host.draw(this.handle, drawn) < chance;
  }
}

type SpanName = {
  [Name in keyof SimulationScript]: SimulationScript[Name] extends Span ? Name : never;
}[keyof SimulationScript];
