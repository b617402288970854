// Select: `--where` and `--sort` as the command line has them, and an inventory as the rows that they are about. Which instances an
// action means is decided by `operator/selection`.

import type { ParseArgsConfig } from 'node:util';
import type { LastAction } from '../operator/event-facts.ts';
import type { InstanceRow } from '../operator/fields.ts';
import type { Inventory } from '../operator/inventory.ts';
import { parseSort, type SortKey } from '../operator/matches.ts';
import { parseWhere } from '../operator/parse-where.ts';
import { type Where, WhereProblem } from '../operator/where.ts';
import { EXIT, Problem } from './problem.ts';

/** For the option tables of commands. */
export const SELECT_OPTIONS = { where: { type: 'string' } } as const satisfies ParseArgsConfig['options'];

/** Throws a Problem with exit code 2 where the expression is not understood. */
export function readWhere(text: string): Where {
  return explained(() => parseWhere(text), '--where');
}

export function readSort(text: string): readonly SortKey[] {
  return explained(() => parseSort(text), '--sort');
}

function explained<T>(read: () => T, option: string): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof WhereProblem)) throw error;
    throw new Problem(`${option}: ${error.message}`, EXIT.misused);
  }
}

/** An inventory as rows. @param last what was last done to which instance, where the log was read */
export function rowsOf(
  { instances, taken }: Inventory,
  last: ReadonlyMap<string, LastAction> = new Map(),
): readonly InstanceRow[] {
  const now = Date.parse(taken);
  return instances.map((facts) => ({ facts, last: last.get(facts.id), now }));
}
