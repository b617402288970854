// Sku profile: the instance mix of a Flexible set (`properties.skuProfile`): up to five sizes of which each new instance gets
// one, and the strategy by which. Completed as Azure does, or refused in its words.
// What must hold: a set has a profile if and only if its sku is called `Mix`; what was completed once is completed again to
// the same. A change of the profile concerns instances that are made, or brought up to the model, afterwards.
// Source: Azure's pages "instance mix overview", "create", "update", "frequently asked questions and troubleshooting".

import { Failure, type FailureCode } from './failure.ts';
import { asText, at, isObject, type Json, type JsonObject, listAt, objectAt, textAt } from './json.ts';
import { missing } from './parameter-failure.ts';
import { checkVmSize, vmSize } from './vm-size.ts';

/** The sku's name in place of a size. */
export const MIX = 'Mix';

const STRATEGIES = ['LowestPrice', 'CapacityOptimized', 'Prioritized'] as const;
export type AllocationStrategy = (typeof STRATEGIES)[number];

export interface SkuProfile {
  /** As declared, one to five. */
  readonly vmSizes: readonly RankedSize[];
  readonly allocationStrategy: AllocationStrategy;
}

export interface RankedSize {
  /** In the spelling of the table of sizes. */
  readonly name: string;
  /** The lower, the sooner. Only with Prioritized, and there it may be missing too. */
  readonly rank?: number;
}

const MOST_SIZES = 5;

/** What a set with a profile cannot have. */
const UNSUPPORTED: readonly (readonly string[])[] = [
  ['hostGroup'],
  ['proximityPlacementGroup'],
  ['standbyPoolProfile'],
  ['virtualMachineProfile', 'capacityReservation'],
  ['virtualMachineProfile', 'storageProfile', 'osDisk', 'diffDiskSettings'],
];

export function isMix(skuName: string | undefined): boolean {
  return skuName?.toLowerCase() === MIX.toLowerCase();
}

/** Of a declaration that has been completed. */
export function skuProfileOf(properties: JsonObject): SkuProfile | undefined {
  return objectAt(properties, 'skuProfile') as SkuProfile | undefined;
}

/**
 * The profile with everything filled in; undefined for a set of one size.
 * @param sku as declared: its tier undefined, or empty, where none was given
 */
export function completeSkuProfile(
  sku: { readonly name: string; readonly tier?: string },
  properties: JsonObject,
): JsonObject | undefined {
  const given = objectAt(properties, 'skuProfile');
  if (given === undefined) {
    if (isMix(sku.name)) throw missing('skuProfile');
    return undefined;
  }
  checkSku(sku);
  const unsupported = UNSUPPORTED.find((path) => at(properties, ...path) !== undefined);
  if (unsupported !== undefined) throw notSupported(unsupported);
  const allocationStrategy = strategyOf(given);
  return { ...given, vmSizes: sizesOf(given, allocationStrategy), allocationStrategy };
}

function checkSku({ name, tier }: { readonly name: string; readonly tier?: string }): void {
  if (!isMix(name)) {
    throw refused(
      'skuNameMustBeMix',
      `Sku name is ${name}. Virtual Machine Scale Sets with Sku Profile must have the Sku name property set to "Mix".`,
      'sku.name',
    );
  }
  if (tier === undefined || tier === '') return;
  throw refused(
    'skuTierMustNotBeSet',
    `Sku tier is ${tier}. Virtual Machine Scale Sets with Sku Profile must not have the Sku tier property set.`,
    'sku.tier',
  );
}

function strategyOf(given: JsonObject): AllocationStrategy {
  const asked = textAt(given, 'allocationStrategy') ?? 'LowestPrice';
  const strategy = STRATEGIES.find((known) => known.toLowerCase() === asked.toLowerCase());
  if (strategy !== undefined) return strategy;
  throw refused(
    'skuProfileAllocationStrategyInvalid',
    "Sku Profile's Allocation Strategy is invalid.",
    'skuProfile.allocationStrategy',
  );
}

function sizesOf(given: JsonObject, strategy: AllocationStrategy): readonly JsonObject[] {
  const sizes = listAt(given, 'vmSizes');
  if (sizes.length === 0) {
    throw refused(
      'skuProfileVMSizesEmpty',
      'Sku Profile VM Sizes cannot be null or empty. Please provide a valid list of VM Sizes and retry.',
    );
  }
  if (sizes.length > MOST_SIZES) {
    throw refused(
      'skuProfileTooManyVMSizes',
      `Too many VM Sizes were specified in the request. Please provide no more than ${MOST_SIZES} VM Sizes.`,
    );
  }
  const names = new Set<string>();
  return sizes.map((size) => {
    const name = sizeName(size);
    if (names.has(name)) {
      throw refused(
        'skuProfileDuplicateVMSizes',
        `Sku Profile contains duplicate VM Size: ${name}. Please remove any duplicates and retry.`,
      );
    }
    names.add(name);
    const rank = rankOf(size, strategy, sizes.length);
    return rank === undefined ? { name } : { name, rank };
  });
}

function sizeName(size: Json): string {
  const asked = textAt(size, 'name');
  if (asked === undefined) throw missing('vmSizes.name');
  checkVmSize(asked);
  return vmSize(asked)?.name ?? asked;
}

/** From 0 to the number of sizes (the range that Azure's PowerShell documents). */
function rankOf(size: Json, strategy: AllocationStrategy, most: number): number | undefined {
  const given = isObject(size) ? (size['rank'] ?? undefined) : undefined;
  if (given === undefined) return undefined;
  if (strategy !== 'Prioritized') {
    throw refused(
      'invalidParameter',
      `A rank may be given only with the allocation strategy 'Prioritized', not with '${strategy}'. Take the ranks away first.`,
      'skuProfile.vmSizes.rank',
    );
  }
  const rank = Number(given);
  if (asText(given) !== '' && Number.isInteger(rank) && rank >= 0 && rank <= most) return rank;
  throw refused(
    'invalidParameter',
    `The value '${asText(given)}' of parameter 'skuProfile.vmSizes.rank' must be a whole number from 0 to ${most}, the number of sizes.`,
    'skuProfile.vmSizes.rank',
  );
}

function notSupported(path: readonly string[]): Failure {
  return refused(
    'skuProfileScenarioNotSupported',
    `${path.at(-1)} is not supported on Virtual Machine Scale Sets with Sku Profile.`,
    path.join('.'),
  );
}

function refused(code: FailureCode, message: string, target = 'skuProfile.vmSizes'): Failure {
  return new Failure(code, message, { target });
}
