// Rolling upgrades: the latest of a set, the history of those of the OS, starting and cancelling.

import { cancelUpgrade, getLatestUpgrade, listOsUpgrades, startUpgrade } from '../../app/rolling-upgrades.ts';
import { type Handler, setRef } from '../context.ts';
import { longRunning } from '../long-running.ts';
import { json } from '../response.ts';
import { osUpgradeBody, rollingUpgradeBody } from '../views/rolling-upgrade.ts';

export const latestRollingUpgrade: Handler = async (call) => {
  const { set, upgrade } = await getLatestUpgrade(call.context.plane, setRef(call));
  return json(200, rollingUpgradeBody(set, upgrade));
};

export const osUpgradeHistory: Handler = async (call) => {
  const { set, upgrades } = await listOsUpgrades(call.context.plane, setRef(call));
  return json(200, { value: upgrades.map((upgrade) => osUpgradeBody(set, upgrade)) });
};

export const cancelRollingUpgrade: Handler = async (call) => {
  const operation = await cancelUpgrade(call.context.plane, call.origin, setRef(call));
  return longRunning(call, { operation, charge: 0 });
};

export function startRollingUpgrade(kind: 'os' | 'extension'): Handler {
  return async (call) => {
    const operation = await startUpgrade(call.context.plane, call.origin, setRef(call), kind);
    return longRunning(call, { operation, charge: 0 });
  };
}
