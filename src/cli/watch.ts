// Watch: a table of instances shown again and again until it is interrupted. On a terminal it is drawn in place; into a file or a pipe it is
// written again only when something has changed. A look that is throttled or fails on the way is said, and the next one tried.

import type { InstanceRow } from '../operator/fields.ts';
import { counted } from '../operator/words.ts';
import { EXIT, Problem } from './problem.ts';
import type { Terminal } from './terminal.ts';
import { changesSince, type Changes, type Look, lookAt, markedColumns } from './view/changes.ts';
import { type Column, grid } from './view/grid.ts';
import type { Paint } from './view/paint.ts';

interface Watch {
  readonly terminal: Terminal;
  readonly paint: Paint;
  readonly columns: readonly Column<InstanceRow>[];
  /** Milliseconds. */
  readonly interval: number;
}

/** To the upper left corner, and nothing below. */
const CLEAR = '\u001B[H\u001B[2J';

/** Ends only by a Problem that the next look would meet as well. */
export async function watchInstances(
  read: () => Promise<readonly InstanceRow[]>,
  watch: Watch,
): Promise<never> {
  const { terminal, columns, interval } = watch;
  let before: Look | undefined;
  for (;;) {
    const rows = await attempt(read, terminal);
    if (rows !== undefined) {
      const after = lookAt(columns, rows);
      const changes = before === undefined ? NONE : changesSince(before, after);
      const isNews = before === undefined || changes.changed.size > 0 || changes.gone.length > 0;
      if (isNews || terminal.columns() !== undefined) terminal.out(drawn(rows, changes, watch));
      before = after;
    }
    await terminal.pause(interval);
  }
}

const NONE: Changes = { changed: new Map(), gone: [] };

async function attempt(
  read: () => Promise<readonly InstanceRow[]>,
  terminal: Terminal,
): Promise<readonly InstanceRow[] | undefined> {
  try {
    return await read();
  } catch (error) {
    const passes =
      error instanceof Problem && (error.exitCode === EXIT.throttled || error.exitCode === EXIT.failed);
    if (!passes) throw error;
    terminal.err(`muster: ${error.message}\n`);
    return undefined;
  }
}

function drawn(rows: readonly InstanceRow[], changes: Changes, { terminal, paint, columns }: Watch): string {
  const time = new Date(terminal.now()).toISOString().replace(/\.\d+Z$/, 'Z');
  const news = [
    ...(changes.changed.size === 0 ? [] : [`${changes.changed.size} changed (*)`]),
    ...(changes.gone.length === 0 ? [] : [`gone: ${changes.gone.join(', ')}`]),
  ];
  const head = [time, counted(rows.length, 'instance'), ...news].join('  ');
  const width = terminal.columns();
  const text = `${head}\n${grid(markedColumns(columns, changes), rows, paint)}`;
  return width === undefined ? `${text}\n` : `${CLEAR}${text}`;
}
