// Command-line options, read strictly: what a command does not know is an error with one clear sentence.

import { parseArgs, type ParseArgsConfig } from 'node:util';
import { EXIT, Problem } from './problem.ts';

type OptionTable = NonNullable<ParseArgsConfig['options']>;

type Values<T extends OptionTable> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; strict: true; allowPositionals: false }>
>['values'];

/** Throws a Problem with exit code 2 when the arguments do not fit the table. */
export function readOptions<T extends OptionTable>(
  command: string,
  args: readonly string[],
  options: T,
): Values<T> {
  try {
    return parseArgs({ args: joined(args, options), options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw misused(command, error as NodeJS.ErrnoException);
  }
}

/** Like `readOptions`, for a command that takes arguments besides: ids, names. What follows `--` is among them. */
export function readArguments<T extends OptionTable>(
  command: string,
  args: readonly string[],
  options: T,
): { readonly values: Values<T>; readonly positionals: readonly string[] } {
  try {
    return parseArgs({ args: joined(args, options), options, strict: true, allowPositionals: true });
  } catch (error) {
    throw misused(command, error as NodeJS.ErrnoException);
  }
}

/** `--max -1` is a value, if a wrong one, and no option `-1`: the command itself says what it may be. */
function joined(args: readonly string[], options: OptionTable): string[] {
  const words: string[] = [];
  const end = args.indexOf('--');
  for (const [at, word] of args.entries()) {
    const before = words.at(-1) ?? '';
    const isOwn = end < 0 || at < end;
    const takesValue = before.startsWith('--') && options[before.slice(2)]?.type === 'string';
    if (isOwn && takesValue && /^-[\d.]/.test(word)) words[words.length - 1] = `${before}=${word}`;
    else words.push(word);
  }
  return words;
}

function misused(command: string, error: NodeJS.ErrnoException): Problem {
  const [, name = ''] = /'([^' ]+)/.exec(error.message) ?? [];
  const sentence: Readonly<Record<string, string>> = {
    ERR_PARSE_ARGS_UNKNOWN_OPTION: `muster ${command} has no option ${name}.`,
    ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL: `muster ${command} takes no argument '${name}'.`,
    ERR_PARSE_ARGS_INVALID_OPTION_VALUE: error.message.includes('does not take')
      ? `The option ${name} takes no value.`
      : `The option ${name} needs a value.`,
  };
  const known = sentence[error.code ?? ''];
  if (known === undefined) throw error;
  return new Problem(`${known} See: muster ${command} --help`, EXIT.misused);
}
