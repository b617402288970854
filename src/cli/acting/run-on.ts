// RunOn: a command or a script in the instances that a command line means.

import { readFileSync } from 'node:fs';
import { decide } from '../../operator/guard.ts';
import { select } from '../../operator/selection.ts';
import {
  ACTION_OPTIONS,
  actionOptions,
  meant,
  TARGET_OPTIONS,
  targetIn,
  wholeNumber,
} from '../action-options.ts';
import { RUN_LIMIT } from '../action-usage.ts';
import { type Bridge, carryOut } from '../carry-out.ts';
import { readArguments } from '../options.ts';
import { quoted } from '../output.ts';
import { EXIT, Problem } from '../problem.ts';

export async function runOn(args: readonly string[], bridge: Bridge): Promise<number> {
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
  const timeoutSeconds = wholeNumber('limit', values.limit) ?? RUN_LIMIT;
  const which = meant(positionals, values.where);
  const work = {
    verb: 'run' as const,
    verifySeconds: options.verifySeconds,
    run: { script, timeoutSeconds },
  };
  return carryOut(bridge, options, (operating) => async (inventory, standing) => {
    const { ids, refusals } = select(inventory, await targetIn(operating, which, inventory));
    return ids === undefined ? { refusals } : decide(inventory, ids, work, options.flags, standing);
  });
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
