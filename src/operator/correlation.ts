// Correlation: what failing instances have in common that healthy ones do not, with numbers that hold up.
// Each candidate is judged by Fisher's exact test. Many are tried, so each answer is multiplied by how many could have shown
// anything (Bonferroni's correction, and Tarone's: a factor that two of a thousand have cannot, and does not count). Candidates
// that the same instances have are one, under all their names: numbers cannot tell them apart.
// What must hold: labels dealt at random have a common factor found in at most one of twenty fleets, whatever depends on
// what; nothing is said of fewer than MINIMUM failing or healthy ones.

import type { Candidate } from './factor.ts';
import { ascending } from './factor.ts';
import {
  fisherExact,
  type LogFactorials,
  logFactorials,
  smallestPossible,
  type TwoByTwo,
} from './fisher-exact.ts';
import { liftOf, type RiskRatio, riskRatio } from './risk-ratio.ts';

/** Failing ones, and healthy ones, below which nothing is compared. */
export const MINIMUM = 3;
/** How often chance may be taken for a common factor. */
export const LEVEL = 0.05;

export interface CommonFactor {
  /** `zone` and `2`; more than one where the same instances have them all. */
  readonly names: readonly { readonly factor: string; readonly value: string }[];
  readonly counts: TwoByTwo;
  readonly lift: number;
  readonly risk: RiskRatio;
  /** Of Fisher's exact test, two-sided. */
  readonly p: number;
  /** The same for everything that was compared. */
  readonly adjusted: number;
}

export type Correlation =
  | { readonly kind: 'tooFew'; readonly failing: number; readonly healthy: number }
  | {
      readonly kind: 'none' | 'found';
      readonly failing: number;
      readonly healthy: number;
      /** Sets of instances that were compared, and those of them that could have shown anything. */
      readonly compared: number;
      readonly counted: number;
      /** The most telling first; empty where the kind is `none`. */
      readonly found: readonly CommonFactor[];
      /** The nearest that does not hold up, where none does. */
      readonly nearest?: CommonFactor;
    };

/** `failing` and `healthy` by index of the instances that the candidates were made of; whoever is in neither takes no part. */
export function correlate(
  candidates: readonly Candidate[],
  failing: readonly number[],
  healthy: readonly number[],
): Correlation {
  const size = { failing: failing.length, healthy: healthy.length };
  if (size.failing < MINIMUM || size.healthy < MINIMUM) return { kind: 'tooFew', ...size };
  const logs = logFactorials(size.failing + size.healthy);
  const splits = [...splitsOf(candidates, failing, healthy).values()];
  const counted = countable(splits.map((split) => smallestPossible(split.counts, logs)));
  const judged = splits
    .map((split) => judge(split, counted, logs))
    .filter((factor) => factor !== undefined)
    .toSorted(byWeight);
  const found = bestAge(judged.filter(({ adjusted }) => adjusted <= LEVEL));
  const [nearest] = judged;
  return {
    kind: found.length > 0 ? 'found' : 'none',
    ...size,
    compared: splits.length,
    counted,
    found,
    ...(found.length > 0 || nearest === undefined ? {} : { nearest }),
  };
}

/**
 * Tarone's number: the smallest k for which no more than k of the tests could come below LEVEL / k. Only they need correcting
 * for; which they are depends on the margins, never on who fails.
 */
export function countable(least: readonly number[]): number {
  for (let k = 1; k < least.length; k += 1) {
    if (least.filter((p) => p <= LEVEL / k).length <= k) return k;
  }
  return Math.max(1, least.length);
}

interface Name {
  readonly factor: string;
  readonly value: string;
}

/** One way to part the instances, with the names of either side. */
interface Split {
  readonly counts: TwoByTwo;
  readonly names: Name[];
  readonly opposite: Name[];
}

function splitsOf(
  candidates: readonly Candidate[],
  failing: readonly number[],
  healthy: readonly number[],
): ReadonlyMap<string, Split> {
  const all = [...failing, ...healthy].toSorted(ascending);
  const compared = marked(all);
  const failed = marked(failing);
  const splits = new Map<string, Split>();
  for (const { factor, value, having, known } of candidates) {
    const present = having.filter((index) => compared[index] === 1);
    const members = known === undefined ? all : known.filter((index) => compared[index] === 1);
    if (present.length === 0 || present.length === members.length) continue;
    const rest = without(members, present);
    const flipped =
      rest.length < present.length || (rest.length === present.length && rest[0] === members[0]);
    const [side, other] = flipped ? [rest, present] : [present, rest];
    const key = `${side.join()}|${members.length === all.length ? '' : other.join()}`;
    const split = splits.get(key) ?? { counts: countsOf(side, other, failed), names: [], opposite: [] };
    (flipped ? split.opposite : split.names).push({ factor, value });
    splits.set(key, split);
  }
  return splits;
}

/** 1 at each of these indexes. */
function marked(indexes: readonly number[]): Uint8Array {
  const marks = new Uint8Array(indexes.reduce((most, index) => Math.max(most, index + 1), 0));
  for (const index of indexes) marks[index] = 1;
  return marks;
}

function without(members: readonly number[], some: readonly number[]): readonly number[] {
  const left = marked(some);
  return members.filter((index) => left[index] !== 1);
}

function countsOf(side: readonly number[], other: readonly number[], failed: Uint8Array): TwoByTwo {
  const failingWith = side.filter((index) => failed[index] === 1).length;
  const failingWithout = other.filter((index) => failed[index] === 1).length;
  return {
    failingWith,
    failingWithout,
    healthyWith: side.length - failingWith,
    healthyWithout: other.length - failingWithout,
  };
}

/** Of the side on which more fail; undefined where that side has no name of its own. */
function judge(split: Split, counted: number, logs: LogFactorials): CommonFactor | undefined {
  const worse = liftOf(split.counts) > 1;
  const counts = worse ? split.counts : turned(split.counts);
  const names = worse ? split.names : split.opposite;
  if (names.length === 0) return undefined;
  const p = fisherExact(counts, logs);
  return {
    names,
    counts,
    lift: liftOf(counts),
    risk: riskRatio(counts),
    p,
    adjusted: Math.min(1, p * counted),
  };
}

function turned({ failingWith, failingWithout, healthyWith, healthyWithout }: TwoByTwo): TwoByTwo {
  return {
    failingWith: failingWithout,
    failingWithout: failingWith,
    healthyWith: healthyWithout,
    healthyWithout: healthyWith,
  };
}

function byWeight(a: CommonFactor, b: CommonFactor): number {
  return a.p - b.p || b.risk.ratio - a.risk.ratio;
}

/** Of several cuts through the ages the best one: the others say the same less well. */
function bestAge(factors: readonly CommonFactor[]): readonly CommonFactor[] {
  const isCut = ({ names }: CommonFactor): boolean => names.every(({ factor }) => factor === 'created');
  const best = factors.find(isCut);
  return factors.filter((factor) => factor === best || !isCut(factor));
}
