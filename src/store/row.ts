// What every table of rows has in common: a JSON body, a revision that guards it, and rows that are frozen values.

/** Rows come with the revision that they are to be stored at; false means that another one is stored. */
export interface RowTable<Row> {
  insert(row: Row, body: string): boolean;
  /** Where the revision just before the row's own is stored. */
  update(row: Row, body: string): boolean;
  /** Where the row's revision is stored. */
  remove(row: Row): boolean;
}

export function changedOne(result: { readonly changes: number | bigint }): boolean {
  return result.changes === 1;
}

/** Names that compare without case, as they are compared. */
export function nameKey(name: string): string {
  return name.toLowerCase();
}

/** Freezes a JSON value through and through, so that nobody can change what the store remembers. */
export function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) frozen(member);
  return value;
}

/** The row in a result's `body` column, which only the store itself writes. */
export function parseRow(result: { readonly body?: unknown }): unknown {
  return frozen(JSON.parse(String(result.body)));
}

export function* parseRows<Row>(results: Iterable<{ readonly body?: unknown }>): Iterable<Row> {
  for (const result of results) yield parseRow(result) as Row;
}
