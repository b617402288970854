// A sku profile: what is filled in, and what is refused in Azure's words.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { Failure } from './failure.ts';
import type { JsonObject } from './json.ts';
import { completeSkuProfile, isMix, skuProfileOf } from './sku-profile.ts';
import { VM_SIZES } from './vm-size.ts';

const SIZES = [{ name: 'Standard_D2s_v5' }, { name: 'Standard_D2as_v5' }, { name: 'Standard_D2s_v4' }];

function completed(skuProfile: JsonObject, sku: { name: string; tier?: string } = { name: 'Mix' }) {
  return completeSkuProfile(sku, { skuProfile });
}

function refusal(run: () => unknown): Pick<Failure, 'code' | 'message' | 'target'> {
  try {
    run();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { code, message, target } = error;
    return { code, message, target };
  }
  throw new Error('was not refused');
}

describe('a profile', () => {
  test('is completed with the lowest price, and names are spelled as the table does', () => {
    expect(completed({ vmSizes: [{ name: 'standard_d2S_V5' }] })).toEqual({
      vmSizes: [{ name: 'Standard_D2s_v5' }],
      allocationStrategy: 'LowestPrice',
    });
    expect(completed({ vmSizes: SIZES, allocationStrategy: 'capacityoptimized' }, { name: 'mix' })).toEqual({
      vmSizes: SIZES,
      allocationStrategy: 'CapacityOptimized',
    });
  });

  test('has ranks only where they count, and keeps members that nobody here knows', () => {
    const vmSizes = [{ name: 'Standard_B2s', rank: 1 }, { name: 'Standard_B1s', rank: 0 }, SIZES[0] ?? {}];
    const profile = completed({ vmSizes, allocationStrategy: 'Prioritized', later: { enabled: false } });
    expect(profile).toEqual({ vmSizes, allocationStrategy: 'Prioritized', later: { enabled: false } });
  });

  test('is not needed by a set of one size', () => {
    expect(completeSkuProfile({ name: 'Standard_B1s', tier: 'Standard' }, {})).toBeUndefined();
    expect(completeSkuProfile({ name: 'Standard_B1s' }, {})).toBeUndefined();
    expect(skuProfileOf({})).toBeUndefined();
    expect([isMix('MIX'), isMix('Standard_B1s'), isMix(undefined)]).toEqual([true, false, false]);
  });

  test('that was completed is completed to the same again', () => {
    const size = fc.constantFrom(...VM_SIZES.map(({ name }) => name));
    const strategy = fc.constantFrom('LowestPrice', 'CAPACITYOPTIMIZED', 'prioritized');
    fc.assert(
      fc.property(fc.uniqueArray(size, { minLength: 1, maxLength: 5 }), strategy, (names, how) => {
        const ranked = how === 'prioritized';
        const vmSizes = names.map((name, index) => (ranked && index > 0 ? { name, rank: index } : { name }));
        const once = completed({ vmSizes, allocationStrategy: how });
        expect(completed(once ?? {})).toEqual(once);
        expect(skuProfileOf({ skuProfile: once })?.vmSizes.map(({ name }) => name)).toEqual(names);
      }),
    );
  });
});

describe('Azure refuses', () => {
  const many = VM_SIZES.slice(0, 6).map(({ name }) => ({ name }));
  test.each<[string, JsonObject, string, string]>([
    [
      'another strategy',
      { vmSizes: SIZES, allocationStrategy: 'Cheap' },
      'skuProfileAllocationStrategyInvalid',
      "Sku Profile's Allocation Strategy is invalid.",
    ],
    ['no sizes', { vmSizes: [] }, 'skuProfileVMSizesEmpty', 'cannot be null or empty'],
    [
      'sizes left out',
      { allocationStrategy: 'LowestPrice' },
      'skuProfileVMSizesEmpty',
      'cannot be null or empty',
    ],
    ['six sizes', { vmSizes: many }, 'skuProfileTooManyVMSizes', 'no more than 5 VM Sizes'],
    [
      'a size twice',
      { vmSizes: [{ name: 'Standard_B1s' }, { name: 'standard_b1S' }] },
      'skuProfileDuplicateVMSizes',
      'duplicate VM Size: Standard_B1s.',
    ],
    [
      'an unknown size',
      { vmSizes: [{ name: 'Standard_ND96' }] },
      'invalidParameter',
      'The value Standard_ND96 provided for the VM size is not valid',
    ],
    ['a mix in a mix', { vmSizes: [{ name: 'Mix' }] }, 'invalidParameter', 'The value Mix provided'],
    [
      'a size without a name',
      { vmSizes: [{ rank: 1 }] },
      'invalidParameter',
      "Required parameter 'name' is missing",
    ],
    [
      'a rank with another strategy',
      { vmSizes: [{ name: 'Standard_B1s', rank: 0 }] },
      'invalidParameter',
      "only with the allocation strategy 'Prioritized', not with 'LowestPrice'",
    ],
  ])('%s', (_, profile, code, words) => {
    const said = refusal(() => completed(profile));
    expect(said.code).toBe(code);
    expect(said.message).toContain(words);
  });

  test.each<[JsonObject]>([
    [{ rank: -1 }],
    [{ rank: 3 }],
    [{ rank: 0.5 }],
    [{ rank: 'first' }],
    [{ rank: '' }],
  ])('the rank %j of two sizes', (rank) => {
    const vmSizes = [{ name: 'Standard_B1s', ...rank }, { name: 'Standard_B2s' }];
    const said = refusal(() => completed({ vmSizes, allocationStrategy: 'Prioritized' }));
    expect(said.message).toContain('must be a whole number from 0 to 2');
  });

  test('a sku that is not called Mix, or has a tier, beside a profile', () => {
    expect(refusal(() => completed({ vmSizes: SIZES }, { name: 'Standard_B1s' }))).toEqual({
      code: 'skuNameMustBeMix',
      message:
        'Sku name is Standard_B1s. Virtual Machine Scale Sets with Sku Profile must have the Sku name property set to "Mix".',
      target: 'sku.name',
    });
    expect(refusal(() => completed({ vmSizes: SIZES }, { name: 'Mix', tier: 'Standard' })).message).toBe(
      'Sku tier is Standard. Virtual Machine Scale Sets with Sku Profile must not have the Sku tier property set.',
    );
  });

  test('Mix without a profile', () => {
    const said = refusal(() => completeSkuProfile({ name: 'Mix' }, {}));
    expect(said).toMatchObject({ code: 'invalidParameter', target: 'skuProfile' });
  });

  test.each<[string, JsonObject]>([
    ['hostGroup', { hostGroup: { id: 'x' } }],
    ['proximityPlacementGroup', { proximityPlacementGroup: { id: 'x' } }],
    ['standbyPoolProfile', { standbyPoolProfile: {} }],
    ['capacityReservation', { virtualMachineProfile: { capacityReservation: {} } }],
    ['diffDiskSettings', { virtualMachineProfile: { storageProfile: { osDisk: { diffDiskSettings: {} } } } }],
  ])('%s beside a profile', (name, properties) => {
    const whole = { ...properties, skuProfile: { vmSizes: SIZES } };
    const said = refusal(() => completeSkuProfile({ name: 'Mix' }, whole));
    expect(said.code).toBe('skuProfileScenarioNotSupported');
    expect(said.message).toBe(`${name} is not supported on Virtual Machine Scale Sets with Sku Profile.`);
  });
});

// Azure mixes sizes of the families A, B, D, E and F, and of one architecture. With a table of sizes that has others these
// would have to be refused.
test('every size that there is may be mixed with every other', () => {
  for (const { name } of VM_SIZES) expect(name).toMatch(/^Standard_[ABDEF]S?\d+[a-oq-z]*(_v\d)?$/);
});
