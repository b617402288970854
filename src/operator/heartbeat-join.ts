// Heartbeat join: which column of the application's table says which instance a row is about. Every column is tried against
// every way to name an instance; the pair that names most instances wins. What must hold: a value joins whole or not at all;
// a value that two instances share joins neither; rows that join nothing are counted and shown.

import type { InstanceFacts } from './inventory.ts';

/** What a CSV file holds, as texts. Every row has as many cells as there are columns. */
export interface HeartbeatTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const KEYS = ['resource id', 'name', 'computer name', 'address', 'instance id'] as const;
export type Key = (typeof KEYS)[number];

export interface Join {
  readonly column: number;
  readonly key: Key;
  /** In the order of the file: the id that a row is about, and the row. */
  readonly joined: readonly { readonly id: string; readonly row: readonly string[] }[];
  /** What the rows that join nothing have in that column. */
  readonly unjoined: readonly string[];
}

/** A number may be many things; it is an id where the column says so, or where nothing else joins as much. */
const ID_COLUMN = /(^|[^a-z])(instance|vm)?[ _-]?id$|instance/i;

/** The best join, of the named column only where one is named; undefined where no row joins. */
export function joinHeartbeats(
  { columns, rows }: HeartbeatTable,
  instances: readonly InstanceFacts[],
  only?: number,
): Join | undefined {
  const indexes = only === undefined ? columns.map((_, index) => index) : [only];
  const tried = KEYS.flatMap((key) => {
    const named = namesBy(key, instances);
    return indexes.map((column) => ({ column, key, named, names: distinct(rows, column, key, named) }));
  });
  const hint = (column: number, key: Key): number =>
    key === 'instance id' && ID_COLUMN.test(columns[column] ?? '') ? 1 : 0;
  const [best] = tried
    .filter(({ names }) => names > 0)
    .toSorted(
      (a, b) =>
        b.names - a.names ||
        hint(b.column, b.key) - hint(a.column, a.key) ||
        KEYS.indexOf(a.key) - KEYS.indexOf(b.key) ||
        a.column - b.column,
    );
  if (best === undefined) return undefined;
  const joined: { id: string; row: readonly string[] }[] = [];
  const unjoined: string[] = [];
  for (const row of rows) {
    const id = best.named.get(normal(row[best.column] ?? '', best.key));
    if (id === undefined) unjoined.push(row[best.column] ?? '');
    else joined.push({ id, row });
  }
  return { column: best.column, key: best.key, joined, unjoined };
}

/** How many instances the column names. */
function distinct(
  rows: readonly (readonly string[])[],
  column: number,
  key: Key,
  named: ReadonlyMap<string, string>,
): number {
  const ids = new Set(rows.map((row) => named.get(normal(row[column] ?? '', key))));
  ids.delete(undefined);
  return ids.size;
}

/** From what names it to the instance's id. */
function namesBy(key: Key, instances: readonly InstanceFacts[]): ReadonlyMap<string, string> {
  const named = new Map<string, string>();
  const shared = new Set<string>();
  for (const instance of instances) {
    for (const name of new Set(namesOf(instance, key).map((text) => normal(text, key)))) {
      if (name === '') continue;
      if (named.has(name)) shared.add(name);
      named.set(name, instance.id);
    }
  }
  shared.forEach((name) => named.delete(name));
  return named;
}

function namesOf(instance: InstanceFacts, key: Key): readonly string[] {
  switch (key) {
    case 'resource id':
      return [instance.resourceId];
    case 'name':
      return [instance.name];
    case 'computer name':
      return [instance.computerName];
    case 'address':
      return instance.addresses;
    case 'instance id':
      return [instance.id];
  }
}

/** Names compare without case; a host may have its domain behind it, an address its port. Ids are compared as they are. */
function normal(text: string, key: Key): string {
  const trimmed = text.trim();
  switch (key) {
    case 'instance id':
      return trimmed;
    case 'computer name':
      return trimmed.toLowerCase().split('.')[0] ?? '';
    case 'address':
      return trimmed
        .replace(/^(\d{1,3}(?:\.\d{1,3}){3}):\d+$/, '$1')
        .replace(/^\[([^\]]+)\](:\d+)?$/, '$1')
        .toLowerCase();
    case 'resource id':
    case 'name':
      return trimmed.toLowerCase();
  }
}
