// The operator's commands on a toy fleet: what a person would see, with answers given in advance and Ctrl-C on demand.

import { actCommand, type ActVerb } from '../../src/cli/commands/act.ts';
import type { Command } from '../../src/cli/commands/command.ts';
import { evidence } from '../../src/cli/commands/evidence.ts';
import { repairCommand } from '../../src/cli/commands/repair.ts';
import { resumeCommand } from '../../src/cli/commands/resume.ts';
import { runCommand } from '../../src/cli/commands/run.ts';
import type { Operations } from '../../src/cli/operating.ts';
import { Problem } from '../../src/cli/problem.ts';
import type { Environment, Terminal } from '../../src/cli/terminal.ts';
import type { RequestListener } from '../../src/cli/arm/record.ts';
import type { Arm } from '../../src/operator/arm.ts';
import type { LastAction } from '../../src/operator/event-facts.ts';
import { seededIds } from './seeded.ts';
import type { ToyFleet } from './toy-fleet.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Shell {
  /** `restart 3 --yes`, as words. */
  muster(...words: readonly string[]): Promise<Ran>;
  /** What the person answers to the next questions. */
  readonly answers: string[];
  readonly questions: string[];
  /** Called with each line of progress; may interrupt. */
  onProgress: (line: string) => void;
  interrupt(): void;
  /** Between the fleet and the commands. */
  arm: Arm;
  where: string;
  /** What was last done to whom, as the log has it. */
  last: ReadonlyMap<string, LastAction>;
  /** Tells whoever listens of a request. */
  tell: RequestListener;
  /** How many sets are open: none when a command has ended. */
  open: number;
}

/** The end of a process. */
class Exit extends Error {}

function commandOf(name: string, world: Operations): Command {
  const later = async (): Promise<Operations> => Promise.resolve(world);
  const others: Readonly<Record<string, Command>> = {
    run: runCommand(later),
    repair: repairCommand(later),
    resume: resumeCommand(later),
    evidence,
  };
  return others[name] ?? actCommand(name as ActVerb, later);
}

export function toyShell(fleet: ToyFleet, state: string): Shell {
  const ids = seededIds(`shell ${state}`);
  const env: Environment = { XDG_STATE_HOME: state };
  let stop = (): void => {};
  const shell: Shell = {
    answers: [],
    questions: [],
    onProgress: () => {},
    interrupt: () => stop(),
    arm: fleet.arm,
    where: 'toy',
    last: new Map(),
    tell: () => {},
    open: 0,
    muster: async (...words) => {
      const text = { out: '', err: '' };
      const terminal: Terminal = {
        out: (more) => {
          text.out += more;
        },
        err: (more) => {
          text.err += more;
          shell.onProgress(more);
        },
        columns: () => undefined,
        now: fleet.now,
        pause: fleet.pause,
      };
      const [name = '', ...args] = words;
      const command = commandOf(name, world);
      try {
        return { code: await command.run(args, env, terminal), ...text };
      } catch (error) {
        if (error instanceof Exit) return { code: 130, ...text };
        if (!(error instanceof Problem)) throw error;
        return { code: error.exitCode, out: text.out, err: `${text.err}muster: ${error.message}\n` };
      }
    },
  };
  const world: Operations = {
    open: async () => {
      shell.open += 1;
      return Promise.resolve({
        arm: shell.arm,
        readInventory: async () => Promise.resolve(fleet.inventory()),
        who: 'ada',
        where: shell.where,
        logDelay: 0,
        readLastActions: async () => Promise.resolve(shell.last),
        listen: (listener) => {
          shell.tell = listener;
          return () => (shell.tell = () => {});
        },
        looks: { first: 3000, longest: 3000 },
        close: () => (shell.open -= 1),
      });
    },
    ask: async (question) => {
      shell.questions.push(question);
      return Promise.resolve(shell.answers.shift());
    },
    interruption: (heard) => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      let interrupted = false;
      stop = () => {
        heard(interrupted ? 'second' : 'first');
        if (interrupted) throw new Exit();
        interrupted = true;
        resolve(undefined);
      };
      return { interrupted: () => interrupted, interruption: promise, release: () => {} };
    },
    guid: () => ids.guid(),
  };
  return shell;
}
