// Grid: rows of cells in columns that are as wide as what is in them, for people to read. What comes from a fleet is shown with its
// control characters taken out, so that no tag or message can play with the terminal.

import { type Mark, type Paint, plain } from './paint.ts';

export interface Cell {
  readonly text: string;
  readonly mark?: Mark | undefined;
}

export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => Cell;
  readonly align?: 'right';
}

/** Two blanks between columns; nothing follows the last one. Ends with a newline. */
export function grid<T>(columns: readonly Column<T>[], rows: readonly T[], paint: Paint = plain): string {
  const body = rows.map((row) => columns.map(({ cell }) => shown(cell(row))));
  const head = columns.map(({ title }): Cell => ({ text: title, mark: 'strong' }));
  const widths = columns.map((_, index) =>
    Math.max(...[head, ...body].map((cells) => cells[index]?.text.length ?? 0)),
  );
  return [head, ...body].map((cells) => `${line(cells, { columns, widths, paint })}\n`).join('');
}

interface Layout<T> {
  readonly columns: readonly Column<T>[];
  readonly widths: readonly number[];
  readonly paint: Paint;
}

function line<T>(cells: readonly Cell[], { columns, widths, paint }: Layout<T>): string {
  const parts = cells.map(({ text, mark }, index) => {
    const blanks = ' '.repeat((widths[index] ?? 0) - text.length);
    const painted = paint(text, mark);
    if (columns[index]?.align === 'right') return blanks + painted;
    return index === cells.length - 1 ? painted : painted + blanks;
  });
  return parts.join('  ').replace(/ +$/, '');
}

function shown({ text, mark }: Cell): Cell {
  const clean = oneLine(text);
  return { text: clean === '' ? '-' : clean, mark };
}

// eslint-disable-next-line no-control-regex -- they are what is looked for
const CONTROLS = /[\u0000-\u001F\u007F-\u009F]+/g;

/** On one line, without control characters. */
export function oneLine(text: string): string {
  return text.replaceAll(CONTROLS, ' ').trim();
}

/** Lines as they are, without other control characters. */
export function printable(text: string): string {
  return text
    .split('\n')
    .map((part) => part.replaceAll('\t', '    ').replaceAll(CONTROLS, ''))
    .join('\n');
}
