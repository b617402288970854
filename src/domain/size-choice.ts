// Size choice: which size of an instance mix each new instance gets, from what the region's quotas have left. Pure.
// What must hold: only sizes of the profile are chosen; the same input gives the same sizes; none is chosen beyond a quota
// while another choice leaves room for as many. So that a request for as many as fit is never refused, a size that the
// strategy prefers is passed over where it would take the room of those that come after it.
// There are no prices here. What stands for a price is what a size has: fewer cores are cheaper, of as many cores less memory,
// of as much memory what was declared first.
// Source: Azure's pages on instance mix: "if you don't have quota for a given VM size, we'll try using another".

import { type Cores, coresOfSize, TOTAL } from './quota.ts';
import type { RankedSize, SkuProfile } from './sku-profile.ts';
import { vmSize } from './vm-size.ts';

interface Candidate {
  readonly name: string;
  /** Cores by counter that one instance takes. */
  readonly takes: Cores;
  readonly rank: number;
  readonly cores: number;
  readonly memoryGiB: number;
}

/**
 * A size for each of `count` instances, in turn. Beyond what fits it is what the strategy prefers: whoever grants says no.
 * @param left cores by counter; a counter that is not in it has room without end
 */
export function chooseSizes(
  profile: SkuProfile,
  left: Cores,
  count: number,
  isSpot: boolean,
): readonly string[] {
  const candidates = profile.vmSizes.map((size) => candidate(size, isSpot));
  const smallest = smallestFirst(candidates);
  const room = new Map(left);
  const chosen: string[] = [];
  for (let rest = count; rest > 0; rest -= 1) {
    const wanted = Math.min(rest, mostOf(smallest, room));
    const isFair = (one: Candidate): boolean =>
      times(one, room) >= 1 && mostOf(smallest, without(room, one)) >= wanted - 1;
    const order = preferred(profile, candidates, room);
    const next = (wanted === 0 ? undefined : order.find(isFair)) ?? order[0];
    if (next === undefined) return chosen;
    for (const [counter, cores] of without(room, next)) room.set(counter, cores);
    chosen.push(next.name);
  }
  return chosen;
}

/** How many instances of the profile's sizes fit at the most; Infinity where nothing bounds them. */
export function mostThatFit(profile: SkuProfile, left: Cores, isSpot: boolean): number {
  return mostOf(smallestFirst(profile.vmSizes.map((size) => candidate(size, isSpot))), left);
}

function candidate({ name, rank }: RankedSize, isSpot: boolean): Candidate {
  const size = vmSize(name);
  return {
    name,
    takes: coresOfSize(name, isSpot),
    rank: rank ?? Infinity,
    cores: size?.cores ?? 0,
    memoryGiB: size?.memoryGiB ?? 0,
  };
}

/** Sorting is stable: what is equal stays as declared. */
function preferred(
  { allocationStrategy }: SkuProfile,
  candidates: readonly Candidate[],
  room: Cores,
): readonly Candidate[] {
  switch (allocationStrategy) {
    case 'LowestPrice':
      return candidates.toSorted((a, b) => a.cores - b.cores || a.memoryGiB - b.memoryGiB);
    case 'CapacityOptimized':
      return candidates.toSorted((a, b) => compare(leftOf(b, room), leftOf(a, room)));
    case 'Prioritized':
      return candidates.toSorted((a, b) => compare(a.rank, b.rank));
  }
}

/** Of its own family; of Spot instances, whose cores are counted together, all sizes have the same. */
function leftOf({ takes }: Candidate, room: Cores): number {
  return Math.min(
    ...[...takes.keys()].map((counter) => (counter === TOTAL ? Infinity : leftIn(room, counter))),
  );
}

/** Numbers that may be infinite. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function smallestFirst(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.toSorted((a, b) => a.cores - b.cores);
}

/** All take one unit of count: taking those of the fewest cores first gives the most. */
function mostOf(smallest: readonly Candidate[], room: Cores): number {
  let [left, most] = [room, 0];
  for (const one of smallest) {
    const count = times(one, left);
    if (count === Infinity) return Infinity;
    left = without(left, one, count);
    most += count;
  }
  return most;
}

function times({ takes }: Candidate, room: Cores): number {
  const each = [...takes].map(([counter, cores]) => Math.floor(leftIn(room, counter) / cores));
  return Math.max(0, Math.min(...each));
}

function without(room: Cores, { takes }: Candidate, count = 1): Cores {
  const left = [...takes].map(([counter, cores]): [string, number] => [
    counter,
    leftIn(room, counter) - count * cores,
  ]);
  return new Map([...room, ...left]);
}

function leftIn(room: Cores, counter: string): number {
  return room.get(counter) ?? Infinity;
}
