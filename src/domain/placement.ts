// Placement: which zone, fault domain and update domain the next instance gets. Spreading is even: a zone never has two
// members more than another while instances are only added, and the same holds for the domains inside a zone.

import type { Instance } from './instance.ts';
import { flagAt } from './json.ts';
import { rulesOf } from './orchestration.ts';
import type { Declared } from './scale-set.ts';

export const UPDATE_DOMAINS = 5;
/** Every location has these. */
export const ZONES: readonly string[] = ['1', '2', '3'];

export interface Place {
  readonly zone?: string;
  readonly faultDomain: number;
  readonly updateDomain: number;
}

/** Hands out places one after another, each counted at once. */
export interface Placer {
  next(): Place;
}

export function placer(declared: Declared, present: readonly Instance[]): Placer {
  const zones: readonly (string | undefined)[] = declared.zones.length === 0 ? [undefined] : declared.zones;
  const faultDomains = Number(declared.properties['platformFaultDomainCount'] ?? 1);
  const isWide = flagAt(declared.properties, 'singlePlacementGroup') === false;
  const updateDomains = isWide || !rulesOf(declared).updateDomains ? 1 : UPDATE_DOMAINS;
  const counts = zones.map((zone) => ({
    zone,
    total: 0,
    fault: zeros(faultDomains),
    update: zeros(updateDomains),
  }));
  const take = (count: (typeof counts)[number], fault: number, update: number): void => {
    count.total += 1;
    count.fault[fault] = (count.fault[fault] ?? 0) + 1;
    count.update[update] = (count.update[update] ?? 0) + 1;
  };
  for (const instance of present) {
    const count = counts.find((candidate) => candidate.zone === instance.zone);
    if (count !== undefined) take(count, instance.faultDomain, instance.updateDomain);
  }
  return {
    next() {
      const count = counts.reduce((least, candidate) => (candidate.total < least.total ? candidate : least));
      const faultDomain = leastUsed(count.fault, faultDomains);
      const updateDomain = leastUsed(count.update, updateDomains);
      take(count, faultDomain, updateDomain);
      return { ...(count.zone === undefined ? {} : { zone: count.zone }), faultDomain, updateDomain };
    },
  };
}

/** So many of `candidates`, each from the zone that has the fewest by then, so that those that stay and they are spread evenly. */
export function evenly(
  staying: readonly Instance[],
  candidates: readonly Instance[],
  count: number,
): readonly Instance[] {
  const counts = new Map<string | undefined, number>();
  const add = ({ zone }: Instance): Map<string | undefined, number> =>
    counts.set(zone, (counts.get(zone) ?? 0) + 1);
  staying.forEach(add);
  const left = [...candidates];
  const taken: Instance[] = [];
  while (taken.length < count && left.length > 0) {
    const fewest = Math.min(...left.map(({ zone }) => counts.get(zone) ?? 0));
    const index = left.findIndex(({ zone }) => (counts.get(zone) ?? 0) === fewest);
    for (const one of left.splice(index, 1)) {
      add(one);
      taken.push(one);
    }
  }
  return taken;
}

function leastUsed(counts: readonly number[], length: number): number {
  let best = 0;
  for (let index = 1; index < length; index += 1) {
    if ((counts[index] ?? 0) < (counts[best] ?? 0)) best = index;
  }
  return best;
}

function zeros(length: number): number[] {
  return Array.from({ length }, () => 0);
}
