// Scope words: the options that said where a command went, for the commands that it suggests.
// What must hold: what is suggested about one set, typed as it is printed, never goes to another that `muster use` chose.

import type { SessionValues } from './session-options.ts';

/** ` --set rg/web --context prod`, each with a space before it; empty where all of it was chosen before. */
export function scopeWords({ set, context, data }: SessionValues): string {
  return Object.entries({ set, context, data })
    .flatMap(([name, value]) => (value === undefined ? [] : [` --${name} ${quoted(value)}`]))
    .join('');
}

/** For a POSIX shell. */
function quoted(word: string): string {
  return /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
