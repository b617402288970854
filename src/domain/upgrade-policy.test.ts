// The upgrade policy of a declaration: Azure's defaults, its read-back and its refusals.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { healthExtension, profileWith } from '../../test/testing/health.ts';
import { Failure } from './failure.ts';
import type { JsonObject } from './json.ts';
import { rollingPolicy } from './rolling-policy.ts';
import { completeRollingPolicy, completeUpgradePolicy } from './upgrade-policy.ts';

const BARE = profileWith();
const WITH_EXTENSION = profileWith(healthExtension());
const PROBE = { networkProfile: { healthProbe: { id: '/x/loadBalancers/lb/probes/p' } } };
const WITH_PROBE = { ...BARE, ...PROBE };

function complete(upgradePolicy: JsonObject, profile: JsonObject = WITH_EXTENSION): JsonObject {
  return completeUpgradePolicy({ upgradePolicy }, profile);
}

describe('a policy', () => {
  test('that was not given is Manual, and no more', () => {
    expect(completeUpgradePolicy({}, BARE)).toEqual({ mode: 'Manual' });
  });

  test('of rolling upgrades has Azure’s defaults, in its order', () => {
    const policy = complete({ mode: 'rolling' });
    expect(JSON.stringify(policy)).toBe(
      '{"mode":"Rolling","rollingUpgradePolicy":{"maxBatchInstancePercent":20,"maxUnhealthyInstancePercent":20,"maxUnhealthyUpgradedInstancePercent":20,"pauseTimeBetweenBatches":"PT0S","maxSurge":false,"rollbackFailedInstancesOnPolicyBreach":false}}',
    );
  });

  test('keeps what was given, unknown members too', () => {
    const rollingUpgradePolicy = {
      maxBatchInstancePercent: '40',
      maxUnhealthyUpgradedInstancePercent: 0,
      pauseTimeBetweenBatches: 'PT30S',
      enableCrossZoneUpgrade: 'true',
      prioritizeUnhealthyInstances: false,
      later: 1,
    };
    expect(complete({ mode: 'Manual', rollingUpgradePolicy }, BARE)).toEqual({
      mode: 'Manual',
      rollingUpgradePolicy: {
        ...rollingUpgradePolicy,
        maxBatchInstancePercent: 40,
        maxUnhealthyInstancePercent: 20,
        enableCrossZoneUpgrade: true,
        maxSurge: false,
        rollbackFailedInstancesOnPolicyBreach: false,
      },
    });
  });

  test('of automatic OS upgrades is whole', () => {
    const given = { mode: 'Manual', automaticOSUpgradePolicy: { enableAutomaticOSUpgrade: true } };
    expect(complete(given)['automaticOSUpgradePolicy']).toEqual({
      enableAutomaticOSUpgrade: true,
      useRollingUpgradePolicy: false,
      disableAutomaticRollback: false,
    });
  });
});

describe('refused is', () => {
  test.each<readonly [string, unknown]>([
    ['maxBatchInstancePercent', 4],
    ['maxBatchInstancePercent', 101],
    ['maxBatchInstancePercent', 'many'],
    ['maxBatchInstancePercent', 20.5],
    ['maxUnhealthyInstancePercent', 0],
    ['maxUnhealthyUpgradedInstancePercent', -1],
    ['pauseTimeBetweenBatches', '5 minutes'],
    ['pauseTimeBetweenBatches', 5],
    ['maxSurge', 'maybe'],
  ])('%s: %j', (name, value) => {
    const policy = { mode: 'Rolling', rollingUpgradePolicy: { [name]: value as number } };
    expect(() => complete(policy)).toThrow(
      expect.objectContaining({
        code: 'invalidParameter',
        target: `upgradePolicy.rollingUpgradePolicy.${name}`,
      }),
    );
  });

  test('another mode', () => {
    expect(() => complete({ mode: 'Sometimes' })).toThrow(
      expect.objectContaining({ target: 'upgradePolicy.mode' }),
    );
  });

  test.each([
    [
      { mode: 'Rolling' },
      'Rolling Upgrade mode is not supported for this Virtual Machine Scale Set because a health probe or health extension was not provided.',
    ],
    [
      { mode: 'Manual', automaticOSUpgradePolicy: { enableAutomaticOSUpgrade: true } },
      'Automatic OS Upgrade is not supported for this Virtual Machine Scale Set because a health probe or health extension was not specified.',
    ],
  ])('%j without a source of health, in Azure’s words', (policy, words) => {
    expect(() => complete(policy, BARE)).toThrow(
      expect.objectContaining({ code: 'badRequest', message: words }),
    );
    expect(() => complete(policy, WITH_EXTENSION)).not.toThrow();
    expect(() => complete(policy, WITH_PROBE)).not.toThrow();
    expect(() => complete(policy, { ...WITH_EXTENSION, ...PROBE })).toThrow('both a health probe and');
  });
});

test('whatever is given is refused as a whole or completed once and for all', () => {
  const value = fc.oneof(fc.integer({ min: -5, max: 120 }), fc.string(), fc.boolean(), fc.constant(null));
  const names = [
    'maxBatchInstancePercent',
    'maxUnhealthyInstancePercent',
    'maxUnhealthyUpgradedInstancePercent',
  ];
  let completed = 0;
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names, 'maxSurge'), value), (given) => {
      let whole: JsonObject;
      try {
        whole = completeRollingPolicy(given);
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
        return;
      }
      completed += 1;
      expect(completeRollingPolicy(whole)).toEqual(whole);
      const properties = { upgradePolicy: { mode: 'Rolling', rollingUpgradePolicy: whole } };
      const policy = rollingPolicy({ properties, tags: {} });
      expect(policy.batchPercent).toBeGreaterThanOrEqual(5);
      expect(policy.unhealthyPercent).toBeGreaterThanOrEqual(5);
      expect(policy.unhealthyUpgradedPercent).toBeGreaterThanOrEqual(0);
      for (const name of names) expect(Number(whole[name])).toBeLessThanOrEqual(100);
    }),
    { numRuns: 1000 },
  );
  expect(completed).toBeGreaterThan(10);
});
