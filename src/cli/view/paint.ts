// Paint: colours, on a terminal alone and never as the only sign of anything: what is red says so in words too.
// NO_COLOR and TERM=dumb turn them off.

import type { Environment, Terminal } from '../terminal.ts';

export type Mark = 'bad' | 'warn' | 'good' | 'faint' | 'strong';

export type Paint = (text: string, mark: Mark | undefined) => string;

const CODES: Readonly<Record<Mark, string>> = { bad: '31', warn: '33', good: '32', faint: '2', strong: '1' };

export const plain: Paint = (text) => text;

export function paintFor(env: Environment, terminal: Terminal): Paint {
  const off = (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb' || terminal.columns() === undefined;
  if (off) return plain;
  return (text, mark) =>
    mark === undefined || text === '' ? text : `\u001B[${CODES[mark]}m${text}\u001B[0m`;
}
