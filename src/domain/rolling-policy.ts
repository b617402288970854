// Rolling policy: what a set's declaration says about its rolling upgrades, as numbers that a plan works with. An upgrade
// keeps the policy that it began with.
// Sources: azure-wire section 2 and Azure's page on rolling upgrades; what comes of tags is Muster's own.

import { parseDuration } from './duration.ts';
import { flagAt, type JsonObject, objectAt, textAt } from './json.ts';
import { completeRollingPolicy } from './upgrade-policy.ts';
import { type RollingTags, rollingTags } from './rolling-tags.ts';
import type { Declared } from './scale-set.ts';

export interface RollingPolicy extends RollingTags {
  /** As it is shown. */
  readonly declared: JsonObject;
  readonly batchPercent: number;
  readonly unhealthyPercent: number;
  readonly unhealthyUpgradedPercent: number;
  /** Between two batches, in milliseconds. */
  readonly pause: number;
  readonly crossZone: boolean;
  readonly unhealthyFirst: boolean;
  /** New instances take the place of old ones. */
  readonly surge: boolean;
  /** Those that failed go back to what they were when the upgrade stops. */
  readonly rollback: boolean;
}

/** The policy of the set, with Azure's defaults where it has none. */
export function rollingPolicy({ properties, tags }: Pick<Declared, 'properties' | 'tags'>): RollingPolicy {
  return readPolicy(objectAt(properties, 'upgradePolicy', 'rollingUpgradePolicy') ?? {}, tags);
}

/** Of an OS upgrade that the plane starts by itself: the set's own policy only where it says so; rolled back unless it says no. */
export function automaticOsPolicy(declared: Pick<Declared, 'properties' | 'tags'>): RollingPolicy {
  const automatic = objectAt(declared.properties, 'upgradePolicy', 'automaticOSUpgradePolicy') ?? {};
  const own = flagAt(automatic, 'useRollingUpgradePolicy') === true;
  const policy = own ? rollingPolicy(declared) : readPolicy({}, declared.tags);
  return { ...policy, rollback: flagAt(automatic, 'disableAutomaticRollback') !== true };
}

export function automaticOsUpgrade({ properties }: Pick<Declared, 'properties'>): boolean {
  return flagAt(properties, 'upgradePolicy', 'automaticOSUpgradePolicy', 'enableAutomaticOSUpgrade') === true;
}

function readPolicy(given: JsonObject, tags: Declared['tags']): RollingPolicy {
  const declared = completeRollingPolicy(given);
  return {
    ...rollingTags(tags),
    declared,
    batchPercent: Number(declared['maxBatchInstancePercent']),
    unhealthyPercent: Number(declared['maxUnhealthyInstancePercent']),
    unhealthyUpgradedPercent: Number(declared['maxUnhealthyUpgradedInstancePercent']),
    pause: parseDuration(textAt(declared, 'pauseTimeBetweenBatches') ?? '') ?? 0,
    crossZone: flagAt(declared, 'enableCrossZoneUpgrade') === true,
    unhealthyFirst: flagAt(declared, 'prioritizeUnhealthyInstances') === true,
    surge: flagAt(declared, 'maxSurge') === true,
    rollback: flagAt(declared, 'rollbackFailedInstancesOnPolicyBreach') === true,
  };
}
