// The `muster` command: which command runs, help, and what becomes of errors.
// Must hold: a Problem is one sentence on standard error and its exit code; anything else is a fault of
// Muster's, shown whole.

import { type Command, type Entry, GROUPS } from './commands/command.ts';
import { COMMANDS } from './commands/table.ts';
import type { ImageKeeper } from './commands/image.ts';
import type { UpOptions } from './commands/up.ts';
import { explained } from './explained.ts';
import { table } from './output.ts';
import { EXIT, Problem } from './problem.ts';
import type { Environment, Terminal } from './terminal.ts';
import { ownVersion } from './version.ts';

/** What the composition root brings: everything that needs more than ARM. */
export interface Composed {
  /** Serves until the plane has stopped; answers the exit code. */
  readonly up: (options: UpOptions, terminal: Terminal) => Promise<number>;
  /** The images of a data directory. */
  readonly images: ImageKeeper;
}

/** Runs one command line (without node and the script) and answers its exit code. */
export async function run(
  argv: readonly string[],
  environment: Environment,
  terminal: Terminal,
  composed: Composed,
): Promise<number> {
  try {
    return await dispatch(argv, environment, terminal, composed);
  } catch (thrown) {
    const error = explained(thrown);
    if (error instanceof Problem) {
      terminal.err(`muster: ${error.message}\n`);
      return error.exitCode;
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    terminal.err(`muster: this is a fault in Muster.\n${text}\n`);
    return EXIT.failed;
  }
}

async function dispatch(
  argv: readonly string[],
  environment: Environment,
  terminal: Terminal,
  composed: Composed,
): Promise<number> {
  const commands = commandsWith(composed);
  const [name, ...args] = withoutHelpCommand(argv);
  if (name === undefined) {
    terminal.err(await overview(commands));
    return EXIT.misused;
  }
  if (isHelp(name)) {
    terminal.out(await overview(commands));
    return EXIT.done;
  }
  if (name === '--version') {
    terminal.out(`${ownVersion()}\n`);
    return EXIT.done;
  }
  const entry = commands.get(name);
  if (entry === undefined) {
    throw new Problem(`There is no command '${name}'. See: muster --help`, EXIT.misused);
  }
  const command = await entry.load();
  if (isHelp(args[0])) {
    terminal.out(command.usage);
    return EXIT.done;
  }
  return await command.run(args, environment, terminal);
}

function isHelp(word: string | undefined): boolean {
  return word === '--help' || word === '-h';
}

/** `muster help status` says what `muster status --help` says. */
function withoutHelpCommand(argv: readonly string[]): readonly string[] {
  const [first, ...others] = argv;
  return first === 'help' ? [...others.slice(0, 1), '--help'] : argv;
}

function commandsWith({ up, images }: Composed): ReadonlyMap<string, Entry> {
  const load = async (): Promise<Command> => {
    const { explainListenError, parseUpOptions, upUsage } = await import('./commands/up.ts');
    return {
      summary: 'start a plane and serve until it is stopped',
      usage: upUsage,
      run: async (args, environment, terminal) => {
        const options = parseUpOptions(args, environment);
        try {
          return await up(options, terminal);
        } catch (error) {
          throw explainListenError(error, options);
        }
      },
    };
  };
  const image = async (): Promise<Command> => (await import('./commands/image.ts')).imageCommand(images);
  return new Map<string, Entry>([
    ['up', { group: 'plane', load }],
    ...Object.entries(COMMANDS),
    ['image', { group: 'plane', load: image }],
  ]);
}

async function overview(commands: ReadonlyMap<string, Entry>): Promise<string> {
  const loaded = await Promise.all(
    [...commands].map(async ([name, { group, load }]) => ({ name, group, summary: (await load()).summary })),
  );
  const width = Math.max(...loaded.map(({ name }) => name.length));
  const parts = Object.entries(GROUPS).flatMap(([group, heading]) => {
    const rows = loaded
      .filter((command) => command.group === group)
      .map(({ name, summary }) => [`  ${name.padEnd(width)}`, summary] as const);
    return rows.length === 0 ? [] : [`${heading}\n${table(rows)}`];
  });
  return `Muster: VM scale sets that anyone can run, and an operator can repair one instance at a time.

Usage: muster <command> [options]

${parts.join('\n')}
  muster <command> --help   more about a command
  muster --version          which version this is
`;
}
