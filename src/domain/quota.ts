// Quota: how many cores a region and each family of sizes may take there, how many a set takes, and Azure's refusal of more.
// Counted are the instances that hold a host and those that are still to be made: so what was granted is counted from the
// moment that it was accepted. Surplus instances do not count (Azure's page on overprovisioning), nor do deallocated ones.
// What must hold: no request is granted that takes a counter above its limit, and none is refused that takes no more.

import { Failure } from './failure.ts';
import { hasOwnProfile, type Instance, isMember } from './instance.ts';
import type { ModelVersion, ScaleSet } from './scale-set.ts';
import { priorityOf } from './spot.ts';
import { vmSize } from './vm-size.ts';

/** Cores by counter: a family, `cores` for all of them together, or `lowPriorityCores` for those of Spot instances. */
export type Cores = ReadonlyMap<string, number>;

export const TOTAL = 'cores';
export const SPOT = 'lowPriorityCores';

export interface RegionQuota {
  /** Of all families together, and of Spot instances beside them. */
  readonly cores?: number;
  readonly families?: Readonly<Record<string, number>>;
}

export interface Quotas extends RegionQuota {
  /** By the location's name: what it says goes before the rest. */
  readonly regions?: Readonly<Record<string, RegionQuota>>;
}

/** Enough for ten thousand instances of a common size. */
export const DEFAULT_CORES = 100_000;

/** A row of the store that everything is written with that takes more of a region's quotas, so that no two take the same. */
export interface Region {
  readonly name: string;
  readonly revision: number;
}

export function limitOf(quotas: Quotas, location: string, counter: string): number {
  const region = quotas.regions?.[location];
  const total = region?.cores ?? quotas.cores ?? DEFAULT_CORES;
  if (counter === TOTAL || counter === SPOT) return total;
  return region?.families?.[counter] ?? quotas.families?.[counter] ?? total;
}

/**
 * What a set takes. An instance that is to get another size takes, until it has it, the larger of the two; so does one that is
 * behind the set's model: whoever brings it up to the model later takes no more.
 * @param models at least the versions that its instances have and are to get, and the set's latest
 */
export function coresOf(
  set: ScaleSet,
  instances: readonly Instance[],
  models: readonly ModelVersion[],
): Cores {
  const cores = new Map<string, number>();
  // Those that are alike are counted together: there may be ten thousand.
  const alike = new Map<string, { readonly one: Instance; count: number }>();
  for (const one of instances) {
    if (!holdsHost(one)) continue;
    const { model, wanted, size, task } = one;
    const before = task?.undo === undefined ? '-' : (task.undo.size ?? '');
    const key = `${model} ${wanted.model} ${size ?? ''} ${before}`;
    const known = alike.get(key);
    if (known === undefined) alike.set(key, { one, count: 1 });
    else known.count += 1;
  }
  for (const { one, count } of alike.values()) addTo(cores, coresOfInstance(set, one, models), count);
  addTo(cores, coresOfMissing(set, instances, models), 1);
  return cores;
}

function coresOfInstance(set: ScaleSet, instance: Instance, models: readonly ModelVersion[]): Cores {
  const { model, wanted, size, task } = instance;
  const versions = [model, wanted.model, ...(hasOwnProfile(instance) ? [] : [set.model])];
  const isMixed = (version: number): boolean => mixOf(models, version) !== undefined;
  // What was drawn from a mix is not its size under a version without one.
  const bare = isMixed(model) ? versions.filter((version) => !isMixed(version)) : [];
  return mostOf([
    coresOfVersions(
      models,
      versions.filter((version) => !bare.includes(version)),
      size,
    ),
    coresOfVersions(models, bare),
    // What it had before the verb in hand, and has again when that fails.
    ...(task?.undo === undefined ? [] : [coresOfVersions(models, [model], task.undo.size)]),
  ]);
}

/** Of an instance mix the sizes that were drawn for them; for any beyond those the smallest that they may get. */
function coresOfMissing(
  set: ScaleSet,
  instances: readonly Instance[],
  models: readonly ModelVersion[],
): Cores {
  const missing = missingMembers(set, instances);
  const model = models.find(({ version }) => version === set.model);
  const cores = new Map<string, number>();
  if (model?.mix === undefined) {
    addTo(cores, coresOfVersions(models, [set.model]), missing);
    return cores;
  }
  const drawn = (set.drawn ?? []).slice(0, missing);
  const [smallest] = model.mix.vmSizes.toSorted((a, b) => coresIn(a.name) - coresIn(b.name));
  for (const size of drawn) addTo(cores, coresOfSize(size, isSpot(model)), 1);
  if (smallest !== undefined) {
    addTo(cores, coresOfSize(smallest.name, isSpot(model)), missing - drawn.length);
  }
  return cores;
}

function coresIn(size: string): number {
  return vmSize(size)?.cores ?? 0;
}

function mixOf(models: readonly ModelVersion[], version: number): ModelVersion['mix'] {
  return models.find((one) => one.version === version)?.mix;
}

/** How many members are still to be made. */
export function missingMembers(set: ScaleSet, instances: readonly Instance[]): number {
  return set.deleting ? 0 : Math.max(0, set.declared.sku.capacity - instances.filter(isMember).length);
}

/** One that is on its way out, or is being deallocated, does until it has gone. */
export function holdsHost({ surplus, wanted, observed }: Instance): boolean {
  if (surplus) return false;
  return wanted.power !== 'deallocated' || observed.power !== 'deallocated';
}

/** Of one instance of this size. A set that was declared before sizes were checked may have one that is not known: it takes nothing. */
export function coresOfSize(name: string, spot: boolean): Cores {
  const size = vmSize(name);
  if (size === undefined) return new Map();
  const { cores, family } = size;
  return new Map(
    spot
      ? [[SPOT, cores]]
      : [
          [TOTAL, cores],
          [family, cores],
        ],
  );
}

/** What a region has left of these counters. */
export function coresLeft(quotas: Quotas, location: string, used: Cores, counters: Iterable<string>): Cores {
  return new Map(
    [...counters].map((counter) => [counter, limitOf(quotas, location, counter) - (used.get(counter) ?? 0)]),
  );
}

/** Of one instance that has, or is to have, these versions of its model, and maybe a size of its own. */
export function coresOfVersions(
  models: readonly ModelVersion[],
  versions: readonly number[],
  own?: string,
): Cores {
  return mostOf(
    [...new Set(versions)].map((version) => {
      const model = models.find((one) => one.version === version);
      return model === undefined ? new Map() : coresOfSize(own ?? model.size, isSpot(model));
    }),
  );
}

/** Of one that is to be made of such versions, whichever size it gets. */
export function coresOfAnySize(models: readonly ModelVersion[], versions: readonly number[]): Cores {
  const mixed = models.filter(({ version }) => versions.includes(version));
  return mostOf([
    coresOfVersions(models, versions),
    ...mixed.flatMap((model) =>
      (model.mix?.vmSizes ?? []).map(({ name }) => coresOfSize(name, isSpot(model))),
    ),
  ]);
}

/** The largest of each counter. */
function mostOf(all: readonly Cores[]): Cores {
  const most = new Map<string, number>();
  for (const cores of all) {
    for (const [counter, count] of cores) most.set(counter, Math.max(count, most.get(counter) ?? 0));
  }
  return most;
}

/** What is taken when one part of it is counted otherwise. */
export function replaced(total: Cores, part: Cores, by: Cores): Cores {
  const cores = new Map<string, number>();
  addTo(cores, total, 1);
  addTo(cores, part, -1);
  addTo(cores, by, 1);
  return cores;
}

export function isSpot({ profile }: ModelVersion): boolean {
  return priorityOf(profile).toLowerCase() !== 'regular';
}

function addTo(sum: Map<string, number>, cores: Cores, times: number): void {
  for (const [counter, count] of cores) sum.set(counter, (sum.get(counter) ?? 0) + times * count);
}

export function sumOf(all: readonly Cores[]): Cores {
  const sum = new Map<string, number>();
  for (const cores of all) addTo(sum, cores, 1);
  return sum;
}

/** What is taken in addition; empty when nothing is. */
export function additional(before: Cores, after: Cores): Cores {
  const more = [...after].map(([counter, count]): [string, number] => [
    counter,
    count - (before.get(counter) ?? 0),
  ]);
  return new Map(more.filter(([, count]) => count > 0));
}

/** @param used in the region, all that was granted before */
export function checkQuota(quotas: Quotas, location: string, used: Cores, more: Cores): void {
  // The total first, as Azure does.
  const counters = [...more.keys()].toSorted((a, b) => Number(b === TOTAL) - Number(a === TOTAL));
  for (const counter of counters) {
    const [usage, required] = [used.get(counter) ?? 0, more.get(counter) ?? 0];
    const limit = limitOf(quotas, location, counter);
    if (usage + required <= limit) continue;
    throw new Failure(
      'operationNotAllowed',
      `Operation could not be completed as it results in exceeding approved ${words(counter)} quota. Additional details - Deployment Model: Resource Manager, Location: ${location}, Current Limit: ${limit}, Current Usage: ${usage}, Additional Required: ${required}, (Minimum) New Limit Required: ${usage + required}. Whoever runs this plane raises it, by 'muster up --cores' or in quotas.json in its data directory.`,
    );
  }
}

/** How many times `each` may be taken in addition. */
export function roomFor(quotas: Quotas, location: string, used: Cores, each: Cores): number {
  const times = [...each]
    .filter(([, cores]) => cores > 0)
    .map(([counter, cores]) =>
      Math.floor((limitOf(quotas, location, counter) - (used.get(counter) ?? 0)) / cores),
    );
  return Math.max(0, Math.min(...times));
}

function words(counter: string): string {
  if (counter === TOTAL) return 'Total Regional Cores';
  return counter === SPOT ? 'LowPriorityCores' : `${counter} Cores`;
}
