// Risk ratio: how many times as often an instance with a factor fails as one without it, and how far off that number may
// be. What must hold: every number is finite, and the interval holds the estimate.

import type { TwoByTwo } from './fisher-exact.ts';

export interface RiskRatio {
  readonly ratio: number;
  /** The interval that holds the true ratio nineteen times in twenty. */
  readonly low: number;
  readonly high: number;
}

/** The normal distribution's for nineteen in twenty. */
const Z = 1.959_963_984_540_054;
/** Added to each count where one is zero, since the logarithm of nothing is not a number (Haldane and Anscombe). */
const CORRECTION = 0.5;

/** By Katz's logarithmic method. With a zero among the counts it is an estimate from corrected ones. */
export function riskRatio(table: TwoByTwo): RiskRatio {
  const counts = [table.failingWith, table.healthyWith, table.failingWithout, table.healthyWithout] as const;
  const add = counts.includes(0) ? CORRECTION : 0;
  const [failingWith, healthyWith, failingWithout, healthyWithout] = counts.map((count) => count + add) as [
    number,
    number,
    number,
    number,
  ];
  const having = failingWith + healthyWith;
  const lacking = failingWithout + healthyWithout;
  const ratio = failingWith / having / (failingWithout / lacking);
  const spread = Math.sqrt(1 / failingWith - 1 / having + 1 / failingWithout - 1 / lacking);
  return { ratio, low: ratio * Math.exp(-Z * spread), high: ratio * Math.exp(Z * spread) };
}

/** How many times as often as in the whole fleet: 1 means that the factor says nothing. 0 where nothing has it. */
export function liftOf({ failingWith, failingWithout, healthyWith, healthyWithout }: TwoByTwo): number {
  const failing = failingWith + failingWithout;
  const having = failingWith + healthyWith;
  if (failing === 0 || having === 0) return 0;
  return (failingWith / having) * ((failing + healthyWith + healthyWithout) / failing);
}
