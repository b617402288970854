// The instances of one set in memory. What must hold: `all` answers the same list until a row changes, and a burst of
// changes costs one pass over the set at the next `all`, not one a change.

import type { Instance } from '../domain/instance.ts';

export class InstanceList {
  readonly #rows = new Map<number, Instance>();
  #list: readonly Instance[] | undefined = [];

  get size(): number {
    return this.#rows.size;
  }

  get(id: number): Instance | undefined {
    return this.#rows.get(id);
  }

  put(row: Instance): void {
    this.#rows.set(row.id, row);
    this.#list = undefined;
  }

  remove(id: number): void {
    this.#rows.delete(id);
    this.#list = undefined;
  }

  /** Ordered by id. */
  all(): readonly Instance[] {
    return (this.#list ??= ordered([...this.#rows.values()]));
  }
}

/** Ids only grow, so the rows are nearly always in order already, and one look is all it takes. */
function ordered(rows: Instance[]): readonly Instance[] {
  const disordered = rows.some((row, at) => at > 0 && row.id < (rows[at - 1] as Instance).id);
  return disordered ? rows.toSorted((a, b) => a.id - b.id) : rows;
}
