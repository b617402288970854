// Changes: what is another than at the last look, cell by cell, as a pure function. What passes with time alone is no change.

import type { InstanceRow } from '../../operator/fields.ts';
import type { Cell, Column } from './grid.ts';
import { PASSING } from './instances.ts';

/** The texts of an instance's cells, by the titles of their columns. */
type Seen = Readonly<Record<string, string>>;

export interface Look {
  /** By instance id. */
  readonly seen: ReadonlyMap<string, Seen>;
}

export interface Changes {
  /** The titles of the cells that changed, by instance id; all of a new instance's. */
  readonly changed: ReadonlyMap<string, ReadonlySet<string>>;
  readonly gone: readonly string[];
}

export function lookAt(columns: readonly Column<InstanceRow>[], rows: readonly InstanceRow[]): Look {
  const kept = columns.filter(({ title }) => !PASSING.has(title));
  const cells = (row: InstanceRow): Seen =>
    Object.fromEntries(kept.map(({ title, cell }) => [title, cell(row).text]));
  return { seen: new Map(rows.map((row) => [row.facts.id, cells(row)])) };
}

export function changesSince(before: Look, after: Look): Changes {
  const changed = new Map<string, ReadonlySet<string>>();
  for (const [id, cells] of after.seen) {
    const old = before.seen.get(id);
    const titles = Object.keys(cells).filter((title) => old?.[title] !== cells[title]);
    if (titles.length > 0) changed.set(id, new Set(titles));
  }
  return { changed, gone: [...before.seen.keys()].filter((id) => !after.seen.has(id)) };
}

/** The columns with a `*` before what changed. */
export function markedColumns(
  columns: readonly Column<InstanceRow>[],
  { changed }: Changes,
): readonly Column<InstanceRow>[] {
  return columns.map((column) => ({
    ...column,
    cell: (row): Cell => {
      const { text, mark } = column.cell(row);
      const isNew = changed.get(row.facts.id)?.has(column.title) === true;
      return isNew ? { text: `*${text === '' ? '-' : text}`, mark: mark ?? 'strong' } : { text, mark };
    },
  }));
}
