// Fisher's exact test of a two by two table: how likely a table at least as uneven is when the two things have nothing to do
// with each other. Exact for any counts, small ones too, which is what a fleet with three failing instances has.
// What must hold: an answer is a probability; exchanging rows, columns or the diagonal changes nothing.

/** Counts, whole and not negative. */
export interface TwoByTwo {
  /** Failing instances that have the factor. */
  readonly failingWith: number;
  readonly failingWithout: number;
  readonly healthyWith: number;
  readonly healthyWithout: number;
}

/** ln(n!) for every n up to a limit, made once for many tests. */
export type LogFactorials = Float64Array;

export function logFactorials(limit: number): LogFactorials {
  const table = new Float64Array(limit + 1);
  for (let n = 2; n <= limit; n += 1) table[n] = (table[n - 1] ?? 0) + Math.log(n);
  return table;
}

/** Tables as likely as the observed one count as such although their last digits differ. R's fisher.test does the same. */
const TIE = 1e-7;

/**
 * Two-sided: the sum over all tables of the same margins that are not more likely than this one (the rule of R and SciPy).
 * `logs` must reach the sum of all four counts.
 */
export function fisherExact(table: TwoByTwo, logs: LogFactorials): number {
  const margins = marginsOf(table);
  const [low, high] = rangeOf(margins);
  const observed = logLikelihood(table.failingWith, margins, logs);
  let total = 0;
  for (let count = low; count <= high; count += 1) {
    const one = logLikelihood(count, margins, logs);
    if (one <= observed + TIE) total += Math.exp(one);
  }
  return Math.min(1, total);
}

/** The smallest answer that any table of these margins can have: where it is large, the test cannot show anything. */
export function smallestPossible(table: TwoByTwo, logs: LogFactorials): number {
  const margins = marginsOf(table);
  const ends = rangeOf(margins).map((count) => logLikelihood(count, margins, logs));
  return Math.min(1, ...ends.map((end) => Math.exp(end)));
}

interface Margins {
  readonly failing: number;
  readonly having: number;
  readonly all: number;
}

function marginsOf(table: TwoByTwo): Margins {
  const failing = table.failingWith + table.failingWithout;
  const having = table.failingWith + table.healthyWith;
  return { failing, having, all: failing + table.healthyWith + table.healthyWithout };
}

/** What the first cell can be. */
function rangeOf({ failing, having, all }: Margins): readonly [number, number] {
  return [Math.max(0, failing + having - all), Math.min(failing, having)];
}

/** Of `count` failing ones among those that have the factor: the hypergeometric distribution. */
function logLikelihood(count: number, { failing, having, all }: Margins, logs: LogFactorials): number {
  return (
    logChoose(having, count, logs) +
    logChoose(all - having, failing - count, logs) -
    logChoose(all, failing, logs)
  );
}

function logChoose(n: number, k: number, logs: LogFactorials): number {
  return at(logs, n) - at(logs, k) - at(logs, n - k);
}

function at(logs: LogFactorials, n: number): number {
  const found = logs[n];
  if (found === undefined) throw new RangeError(`The table of factorials does not reach ${n}.`);
  return found;
}
