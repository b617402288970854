// The set's instance view: how many instances are in which provisioning state. Power states are never in it (azure-wire 4).

import type { JsonObject } from '../../arm/json.ts';
import { type Instance, instanceProvisioningState } from '../../domain/instance.ts';
import { repairService } from '../../domain/repair.ts';
import { repairPolicy } from '../../domain/repair-policy.ts';
import { provisioningState, type ProvisioningState, type ScaleSet } from '../../domain/scale-set.ts';
import { extensionSummary } from './extension.ts';
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
  const extensions = extensionSummary(instances);
  return {
    virtualMachine: { statusesSummary },
    ...orchestrationServices(set),
    ...(extensions.length === 0 ? {} : { extensions }),
    statuses: [provisioningStatus(provisioningState(set), set.settledAt ?? set.created, set.failure)],
  };
}

/** Only where a policy exists. */
function orchestrationServices(set: ScaleSet): JsonObject {
  const policy = repairPolicy(set.declared);
  if (policy === undefined) return {};
  const running = repairService(set).state === 'running' ? 'Running' : 'Suspended';
  const serviceState = policy.enabled ? running : 'NotRunning';
  return { orchestrationServices: [{ serviceName: 'AutomaticRepairs', serviceState }] };
}
