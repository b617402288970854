// What a set's row says of its provisioning and of its upgrade mode.
import { describe, expect, test } from 'vitest';
import { scaleSetRow } from '../../test/testing/rows.ts';
import { provisioningState, upgradeMode } from './scale-set.ts';

const failure = { code: 'AllocationFailed', message: 'no room' } as const;

describe('the provisioning state', () => {
  test('is Creating until the set has settled for the first time, also when it was written again meanwhile', () => {
    expect(provisioningState(scaleSetRow({ generation: 1, settled: 0 }))).toBe('Creating');
    expect(provisioningState(scaleSetRow({ generation: 3, settled: 0 }))).toBe('Creating');
  });

  test('is Updating from an accepted write until it has settled', () => {
    expect(provisioningState(scaleSetRow({ generation: 3, settled: 2 }))).toBe('Updating');
    expect(provisioningState(scaleSetRow({ generation: 3, settled: 3 }))).toBe('Succeeded');
  });

  test('is Failed when the latest write did not come true', () => {
    expect(provisioningState(scaleSetRow({ generation: 3, settled: 3, failure }))).toBe('Failed');
  });

  test('is Deleting whatever else holds', () => {
    expect(provisioningState(scaleSetRow({ generation: 1, settled: 0, deleting: true }))).toBe('Deleting');
    expect(provisioningState(scaleSetRow({ failure, deleting: true }))).toBe('Deleting');
  });
});

describe('the upgrade mode', () => {
  test.each([
    [{ mode: 'Automatic' }, 'Automatic'],
    [{ mode: 'automatic' }, 'Automatic'],
    [{ mode: 'Rolling' }, 'Rolling'],
    [{ mode: 'Manual' }, 'Manual'],
    [{}, 'Manual'],
    [null, 'Manual'],
    ['Automatic', 'Manual'],
  ])('of the policy %j is %s', (upgradePolicy, mode) => {
    expect(upgradeMode(scaleSetRow({ properties: { upgradePolicy } }))).toBe(mode);
  });
});
