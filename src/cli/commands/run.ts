// `muster run`: a command or a script in instances, with what each printed and how it ended.

import { readFileSync } from 'node:fs';
import { decide } from '../../operator/guard.ts';
import { select } from '../../operator/selection.ts';
import {
  ACTION_OPTIONS,
  ACTION_USAGE,
  actionOptions,
  meant,
  TARGET_OPTIONS,
  TARGET_USAGE,
  targetIn,
  wholeNumber,
} from '../action-options.ts';
import { carryOut } from '../carry-out.ts';
import type { Operations } from '../operating.ts';
import { readArguments } from '../options.ts';
import { quoted } from '../output.ts';
import { EXIT, Problem } from '../problem.ts';
import type { Command } from './command.ts';

/** Seconds that a command may take where nothing is said. */
const LIMIT = 600;

export function runCommand(world: Operations): Command {
  return {
    summary: 'run a command or a script in instances and keep what it prints',
    usage: `Usage: muster run ID... [options] -- COMMAND [ARGUMENT...]
       muster run ID... [options] --script FILE

One alone first, then ten at a time. One word after -- is taken as a line of shell as it stands. What it
prints is kept in the evidence record, and the command itself too: put no secret in it.

  --script FILE         the script; - is standard input
  --limit SECONDS       how long it may take in each instance (default: ${LIMIT})
${TARGET_USAGE.replace('(default: 1)', '(default: 10)')}${ACTION_USAGE}
Exits with 7 when it is refused, 8 when it ends with another code than 0 in any of them.
`,
    async run(args, env, terminal) {
      const cut = args.indexOf('--');
      const own = cut < 0 ? args : args.slice(0, cut);
      const table = {
        ...ACTION_OPTIONS,
        ...TARGET_OPTIONS,
        script: { type: 'string' },
        limit: { type: 'string' },
      } as const;
      const { values, positionals } = readArguments('run', own, table);
      const options = actionOptions(values);
      const script = scriptOf(values.script, cut < 0 ? [] : args.slice(cut + 1));
      const timeoutSeconds = wholeNumber('limit', values.limit) ?? LIMIT;
      const which = meant(positionals, values.where);
      const work = {
        verb: 'run' as const,
        verifySeconds: options.verifySeconds,
        run: { script, timeoutSeconds },
      };
      return carryOut({ world, env, terminal }, options, (operating) => async (inventory) => {
        const { ids, refusals } = select(inventory, await targetIn(operating, which, inventory));
        return ids === undefined ? { refusals } : decide(inventory, ids, work, options.flags);
      });
    },
  };
}

function scriptOf(file: string | undefined, words: readonly string[]): string {
  if (file !== undefined && words.length > 0) {
    throw new Problem('Give a command after -- or a --script, not both.', EXIT.misused);
  }
  const script = file === undefined ? lineOf(words) : textOf(file);
  if (script.trim() === '')
    throw new Problem('There is nothing to run: give -- COMMAND or --script FILE.', EXIT.misused);
  return script;
}

function lineOf(words: readonly string[]): string {
  return words.length === 1 ? (words[0] ?? '') : words.map(quoted).join(' ');
}

function textOf(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Problem(`${file} cannot be read (${code ?? String(error)}).`, EXIT.misused);
  }
}
