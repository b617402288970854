// Resource path: the ARM ids of what Muster keeps, in their canonical case, for the activity log and for operations.

import { instanceName } from './instance.ts';

export function groupPath(subscriptionId: string, group: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${group}`;
}

export function scaleSetPath(subscriptionId: string, group: string, name: string): string {
  return `${groupPath(subscriptionId, group)}/providers/Microsoft.Compute/virtualMachineScaleSets/${name}`;
}

export function deploymentPath(subscriptionId: string, group: string, name: string): string {
  return `${groupPath(subscriptionId, group)}/providers/Microsoft.Resources/deployments/${name}`;
}

export function instancePath(subscriptionId: string, group: string, name: string, id: number): string {
  return `${scaleSetPath(subscriptionId, group, name)}/virtualMachines/${id}`;
}

export function diskPath(subscriptionId: string, group: string, name: string): string {
  return `${groupPath(subscriptionId, group)}/providers/Microsoft.Compute/disks/${name}`;
}

/** For sentences: `web_3`, `web_3 and 2 more`. */
export function instanceWords(setName: string, ids: readonly number[]): string {
  const [first] = ids;
  if (first === undefined) return 'no instance';
  const more = ids.length - 1;
  return more === 0 ? instanceName(setName, first) : `${instanceName(setName, first)} and ${more} more`;
}
