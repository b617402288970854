// The set's instance view: how many instances are in which provisioning state. Power states are never in it (azure-wire 4).

import type { JsonObject } from '../../arm/json.ts';
import { type Instance, instanceProvisioningState } from '../../domain/instance.ts';
import { provisioningState, type ProvisioningState, type ScaleSet } from '../../domain/scale-set.ts';
import { provisioningCode, provisioningStatus } from './statuses.ts';

const ORDER: readonly ProvisioningState[] = ['Succeeded', 'Creating', 'Updating', 'Failed', 'Deleting'];

export function scaleSetViewBody(set: ScaleSet, instances: readonly Instance[]): JsonObject {
  const counts = new Map<ProvisioningState, number>();
  for (const instance of instances) {
    const state = instanceProvisioningState(instance);
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  const statusesSummary = ORDER.filter((state) => counts.has(state)).map((state) => ({
    code: provisioningCode(state),
    count: counts.get(state) ?? 0,
  }));
  return {
    virtualMachine: { statusesSummary },
    statuses: [provisioningStatus(provisioningState(set), set.settledAt ?? set.created, set.failure)],
  };
}
