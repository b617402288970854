// Spot: whether a model's priority and eviction policy are ones that Azure knows and that fit each other. Pure. What must
// hold: what passes can be followed as it was written, and a set never turns from one priority to another.
// Sources: the swagger's values (VirtualMachinePriorityTypes, VirtualMachineEvictionPolicyTypes), Azure's page of Spot errors.

import { Failure } from './failure.ts';
import { type JsonObject, textAt } from './json.ts';

const PRIORITIES = ['Regular', 'Low', 'Spot'] as const;
const EVICTIONS = ['Deallocate', 'Delete'] as const;

/** The profile with both in Azure's own spelling, or its refusal. What was not given stays away. */
export function completeSpot(profile: JsonObject): JsonObject {
  const priority = known(profile, 'priority', PRIORITIES);
  const evictionPolicy = known(profile, 'evictionPolicy', EVICTIONS);
  if (evictionPolicy !== undefined && (priority ?? 'Regular') === 'Regular') {
    throw new Failure(
      'operationNotAllowed',
      'Eviction policy can be set only on Azure Spot Virtual Machines.',
      { target: 'evictionPolicy' },
    );
  }
  return {
    ...profile,
    ...(priority === undefined ? {} : { priority }),
    ...(evictionPolicy === undefined ? {} : { evictionPolicy }),
  };
}

/** Azure's default where none is written. */
export function priorityOf(profile: JsonObject): string {
  return textAt(profile, 'priority') ?? 'Regular';
}

function known(profile: JsonObject, name: string, values: readonly string[]): string | undefined {
  const asked = textAt(profile, name);
  if (asked === undefined) return undefined;
  const value = values.find((one) => one.toLowerCase() === asked.toLowerCase());
  if (value !== undefined) return value;
  throw new Failure(
    'invalidParameter',
    `The value '${asked}' of parameter 'virtualMachineProfile.${name}' is not allowed. Allowed values are: ${values.join(', ')}.`,
    { target: name },
  );
}
