// Resource path: the ARM ids of what Muster keeps, in their canonical case, for the activity log and for operations.

import { type Instance, type MemberId, memberName } from './instance.ts';
import type { InstanceNames } from './orchestration.ts';

export function groupPath(subscriptionId: string, group: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${group}`;
}

export function scaleSetPath(subscriptionId: string, group: string, name: string): string {
  return `${groupPath(subscriptionId, group)}/providers/Microsoft.Compute/virtualMachineScaleSets/${name}`;
}

/** Of a set, or of the machine that is a set of one. */
export function setPath(
  subscriptionId: string,
  set: { readonly group: string; readonly name: string; readonly type?: 'solo' },
): string {
  const of = set.type === 'solo' ? machinePath : scaleSetPath;
  return of(subscriptionId, set.group, set.name);
}

export function deploymentPath(subscriptionId: string, group: string, name: string): string {
  return `${groupPath(subscriptionId, group)}/providers/Microsoft.Resources/deployments/${name}`;
}

export function machinePath(subscriptionId: string, group: string, name: string): string {
  return `${groupPath(subscriptionId, group)}/providers/Microsoft.Compute/virtualMachines/${name}`;
}

/** Of the machine that it is, or below its set. */
export function instancePath(
  subscriptionId: string,
  set: { readonly group: string; readonly name: string },
  { id, machine }: Pick<Instance, 'id' | 'machine'>,
): string {
  if (machine !== undefined) return machinePath(subscriptionId, machine.group, machine.name);
  return `${scaleSetPath(subscriptionId, set.group, set.name)}/virtualMachines/${id}`;
}

/** ARM's type of an instance: of the machine that it is, or of what stands below its set. */
export function instanceType({ machine }: Pick<Instance, 'machine'>): string {
  return machine === undefined ? NUMBERED : MACHINES;
}

/** The same of all that are in that set. */
export function memberType(names: InstanceNames): string {
  return names === 'numbered' ? NUMBERED : MACHINES;
}

const NUMBERED = 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines';
const MACHINES = 'Microsoft.Compute/virtualMachines';

export function diskPath(subscriptionId: string, group: string, name: string): string {
  return `${groupPath(subscriptionId, group)}/providers/Microsoft.Compute/disks/${name}`;
}

/** For sentences: `web_3`, `web_3 and 2 more`. */
export function instanceWords(setName: string, ids: readonly MemberId[]): string {
  const [first] = ids;
  if (first === undefined) return 'no instance';
  const more = ids.length - 1;
  return more === 0 ? memberName(setName, first) : `${memberName(setName, first)} and ${more} more`;
}
