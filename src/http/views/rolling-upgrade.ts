// A rolling upgrade as clients see it: the latest one of a set, and the history of those of the OS (recorded shapes).

import type { JsonObject } from '../../arm/json.ts';
import { objectAt } from '../../domain/json.ts';
import { isRunning, type RollingUpgrade } from '../../domain/rolling-upgrade.ts';
import type { ScaleSet } from '../../domain/scale-set.ts';
import { azureTime } from '../../domain/time.ts';

const TYPE = 'Microsoft.Compute/virtualMachineScaleSets/rollingUpgrades';

/** Neither name nor id, as recorded. */
export function rollingUpgradeBody(set: ScaleSet, upgrade: RollingUpgrade): JsonObject {
  const { state, lastAction, lastActionTime, started } = upgrade;
  return {
    type: TYPE,
    location: set.declared.location,
    properties: {
      policy: upgrade.policy.declared,
      runningStatus: {
        code: state,
        startTime: azureTime(started),
        lastAction,
        lastActionTime: azureTime(lastActionTime),
      },
      progress: progressOf(upgrade),
      ...errorOf(upgrade),
    },
  };
}

/** `startedBy` and the image that it went to; the swagger and Azure's answers name the end differently, so both are there. */
export function osUpgradeBody(set: ScaleSet, upgrade: RollingUpgrade): JsonObject {
  const { state, started, ended, image } = upgrade;
  const asked = objectAt(
    set.declared.properties,
    'virtualMachineProfile',
    'storageProfile',
    'imageReference',
  );
  return {
    type: TYPE,
    location: set.declared.location,
    properties: {
      runningStatus: {
        code: state,
        startTime: azureTime(started),
        ...(ended === undefined ? {} : { endTime: azureTime(ended), completedTime: azureTime(ended) }),
      },
      progress: progressOf(upgrade),
      ...errorOf(upgrade),
      startedBy: upgrade.startedBy,
      targetImageReference: {
        ...asked,
        ...(image === undefined ? {} : { version: image, exactVersion: image }),
      },
      rollbackInfo: {
        successfullyRolledbackInstanceCount: upgrade.rolledBack.length,
        failedRolledbackInstanceCount: upgrade.notRolledBack.length,
      },
    },
  };
}

function progressOf({ succeeded, failed, batch, pending }: RollingUpgrade): JsonObject {
  return {
    successfulInstanceCount: succeeded.length,
    failedInstanceCount: failed.length,
    inProgressInstanceCount: batch?.ids.length ?? 0,
    pendingInstanceCount: pending,
  };
}

function errorOf(upgrade: RollingUpgrade): JsonObject {
  const { error } = upgrade;
  if (error === undefined || isRunning(upgrade)) return {};
  const details = error.details?.map((detail) => ({ ...detail }));
  return {
    error: { ...(details === undefined ? {} : { details }), code: error.code, message: error.message },
  };
}
