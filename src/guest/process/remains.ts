// What is left of a command that is being ended. Processes are found by their mark; one that is just dying has lost it,
// so whatever was found once is remembered until it is gone.
// What must hold: `kill` answers false only when no process is left that it, or an earlier call, has found.

import { kill } from './life.ts';
import type { ProcessRef, ProcessTable } from './process-table.ts';

export class Remains {
  readonly #table: ProcessTable;
  readonly #mark: string;
  #known: readonly ProcessRef[] = [];

  /** `mark` is `NAME=value`, as the process table has it. */
  constructor(table: ProcessTable, mark: string) {
    this.#table = table;
    this.#mark = mark;
  }

  /** Also waits for these, which somebody else ends. */
  add(processes: readonly ProcessRef[]): void {
    const known = new Map([...this.#known, ...processes].map((ref) => [`${ref.pid} ${ref.start}`, ref]));
    this.#known = [...known.values()];
  }

  /** Ends what is found now; true while any of it is left. */
  kill(): boolean {
    const found = this.#table.marked(this.#mark);
    kill(found);
    this.add(found);
    this.#known = this.#known.filter((ref) => this.#table.look(ref) !== 'gone');
    return this.#known.length > 0;
  }
}
