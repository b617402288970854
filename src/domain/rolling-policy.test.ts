// The policy as numbers, and which one an OS upgrade of the plane's own has.
import { describe, expect, test } from 'vitest';
import type { JsonObject } from './json.ts';
import { automaticOsPolicy, automaticOsUpgrade, rollingPolicy } from './rolling-policy.ts';
import { BAKE_TAG, CANARY_TAG } from './rolling-tags.ts';
import { SECOND } from './time.ts';

const OWN = {
  maxBatchInstancePercent: 50,
  maxUnhealthyInstancePercent: 60,
  maxUnhealthyUpgradedInstancePercent: 0,
  pauseTimeBetweenBatches: 'PT30S',
  enableCrossZoneUpgrade: true,
  prioritizeUnhealthyInstances: true,
  maxSurge: true,
  rollbackFailedInstancesOnPolicyBreach: true,
};

function declared(automaticOSUpgradePolicy: JsonObject, tags: Record<string, string> = {}) {
  const upgradePolicy = { mode: 'Manual', rollingUpgradePolicy: OWN, automaticOSUpgradePolicy };
  return { properties: { upgradePolicy }, tags };
}

describe('the policy of a set', () => {
  test('is read with what its tags add', () => {
    const tags = { [CANARY_TAG]: '1', [BAKE_TAG]: 'PT1M' };
    expect(rollingPolicy(declared({}, tags))).toEqual({
      declared: OWN,
      batchPercent: 50,
      unhealthyPercent: 60,
      unhealthyUpgradedPercent: 0,
      pause: 30 * SECOND,
      crossZone: true,
      unhealthyFirst: true,
      surge: true,
      rollback: true,
      canary: { count: 1 },
      checkpoints: [],
      bake: 60 * SECOND,
    });
  });

  test('that has none is Azure’s', () => {
    expect(rollingPolicy({ properties: {}, tags: {} })).toMatchObject({
      batchPercent: 20,
      unhealthyPercent: 20,
      unhealthyUpgradedPercent: 20,
      pause: 0,
      surge: false,
      rollback: false,
    });
  });
});

describe('an OS upgrade of the plane’s own', () => {
  test('has the set’s policy only where that is said', () => {
    expect(automaticOsPolicy(declared({ useRollingUpgradePolicy: true })).batchPercent).toBe(50);
    expect(automaticOsPolicy(declared({})).batchPercent).toBe(20);
  });

  test('is rolled back unless that is turned off, whatever the set’s policy says', () => {
    expect(automaticOsPolicy(declared({})).rollback).toBe(true);
    const off = { useRollingUpgradePolicy: true, disableAutomaticRollback: true };
    expect(automaticOsPolicy(declared(off)).rollback).toBe(false);
  });

  test('is had where it is enabled', () => {
    expect(automaticOsUpgrade(declared({ enableAutomaticOSUpgrade: true }))).toBe(true);
    expect(automaticOsUpgrade(declared({ enableAutomaticOSUpgrade: false }))).toBe(false);
    expect(automaticOsUpgrade({ properties: {} })).toBe(false);
  });
});
