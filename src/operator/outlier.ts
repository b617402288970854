// Outlier: values that stand apart from the rest, judged by the median and the median of the distances from it, which a few wild
// values cannot move, as they move an average and hide in it.
// Source: Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993): the modified z-score, with 3.5 as its limit, and
// where more than half of the values are alike the mean of the distances in the place of their median.

/** Fewer values say nothing about which of them stands apart. */
export const FEWEST_VALUES = 8;
export const LIMIT = 3.5;
const BY_MEDIAN = 1.4826;
const BY_MEAN = 1.253_314;

export interface Spread {
  readonly count: number;
  readonly median: number;
  readonly mean: number;
  /** By what a distance from the median is divided; 0 where all values are alike. */
  readonly scale: number;
}

/** Undefined of fewer than FEWEST_VALUES. Values must be finite. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  if (values.length < FEWEST_VALUES) return undefined;
  const middle = medianOf(values);
  const distances = values.map((value) => Math.abs(value - middle));
  const byMedian = BY_MEDIAN * medianOf(distances);
  const scale = byMedian > 0 ? byMedian : BY_MEAN * meanOf(distances);
  return { count: values.length, median: middle, mean: meanOf(values), scale };
}

/** How far out, in units of the spread; 0 where all are alike. */
export function modifiedZ(value: number, { median, scale }: Spread): number {
  return scale === 0 ? 0 : (value - median) / scale;
}

export function isOutlier(value: number, spread: Spread): boolean {
  return Math.abs(modifiedZ(value, spread)) > LIMIT;
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value / values.length, 0);
}
