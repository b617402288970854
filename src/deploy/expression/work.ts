// Work: how much one evaluation may still do, so that no template can stop the plane or exhaust its stack. It counts units
// of work, not time: the same expression is always stopped at the same place.

import { ExpressionProblem, USAGE } from './problem.ts';

/** A call costs one unit and one more for every 16 characters that it reads or makes. About a second altogether. */
const MAX_WORK = 1_000_000;
/** Of all the expressions of a template, with all that is nested in it, while it is planned. */
export const WORK_OF_A_TEMPLATE = 4_000_000;

/** Levels of calls and accesses at once, over all the expressions that a scope evaluates in order to answer. */
const MAX_LEVELS = 400;

const CHARACTERS_A_UNIT = 16;

export class Work {
  #left: number;
  #level = 0;

  constructor(units = MAX_WORK) {
    this.#left = units;
  }

  spend(characters: number): void {
    this.#left -= 1 + Math.floor(characters / CHARACTERS_A_UNIT);
    if (this.#left < 0) {
      throw new ExpressionProblem(`The language expression takes too much work to evaluate. ${USAGE}`);
    }
  }

  deeper<Result>(work: () => Result): Result {
    if (this.#level >= MAX_LEVELS) {
      throw new ExpressionProblem(
        `The language expression, with what it refers to, is nested more than ${MAX_LEVELS} levels deep. ${USAGE}`,
      );
    }
    this.#level += 1;
    try {
      return work();
    } finally {
      this.#level -= 1;
    }
  }
}
