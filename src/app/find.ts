// Find: the rows that a request names, or Azure's words for what is not there.

import { Failure } from '../domain/failure.ts';
import { type Instance, isMember } from '../domain/instance.ts';
import type { ResourceGroup } from '../domain/resource-group.ts';
import type { ScaleSet } from '../domain/scale-set.ts';
import { parsePathInstanceId } from '../domain/target.ts';
import type { Plane } from './plane.ts';

/** A scale set as a request names it. */
export interface SetRef {
  readonly group: string;
  readonly name: string;
}

export interface InstanceRef extends SetRef {
  readonly instanceId: string;
}

export async function requireGroup(plane: Plane, name: string): Promise<ResourceGroup> {
  const group = await plane.store.group(name);
  if (group === undefined)
    throw new Failure('resourceGroupNotFound', `Resource group '${name}' could not be found.`);
  return group;
}

/** For requests that change something in it. */
export async function requireWritableGroup(plane: Plane, name: string): Promise<ResourceGroup> {
  const group = await requireGroup(plane, name);
  if (group.deleting !== undefined) {
    throw new Failure(
      'groupBeingDeleted',
      `The resource group '${group.name}' is in deprovisioning state and cannot perform this operation.`,
    );
  }
  return group;
}

export async function requireSet(plane: Plane, ref: SetRef): Promise<ScaleSet> {
  const set = await plane.store.scaleSet(ref.group, ref.name);
  if (set !== undefined) return set;
  const group = await requireGroup(plane, ref.group);
  throw resourceNotFound(group.name, ref.name);
}

/** Azure has words of its own for a part whose whole is not there. */
export function parentNotFound(name: string): Failure {
  return new Failure(
    'parentResourceNotFound',
    `Can not perform requested operation on nested resource. Parent resource '${name}' not found.`,
  );
}

/** `path`: of what is not there, from its set's name on. */
export function resourceNotFound(group: string, path: string): Failure {
  return new Failure(
    'resourceNotFound',
    `The Resource 'Microsoft.Compute/virtualMachineScaleSets/${path}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );
}

/** For requests that change it: not while it is being deleted. `what` is Azure's name of the operation. */
export async function requireLiveSet(plane: Plane, ref: SetRef, what: string): Promise<ScaleSet> {
  const set = await requireSet(plane, ref);
  if (set.deleting) throw markedForDeletion(set, what);
  return set;
}

export function markedForDeletion(set: ScaleSet, what: string): Failure {
  return new Failure(
    'operationNotAllowed',
    `Operation '${what}' is not allowed on Virtual Machine Scale Set '${set.name}' since it is marked for deletion. For more information on your operations, please refer to https://aka.ms/activitylog.`,
  );
}

/** An instance that is listed: those on their way out are found until they are gone, surplus ones never. */
export async function requireInstance(plane: Plane, set: ScaleSet, instanceId: string): Promise<Instance> {
  const id = parsePathInstanceId(instanceId);
  const instance = await plane.store.instance(set.uid, id);
  if (instance === undefined || instance.surplus) {
    throw new Failure('notFound', 'The entity was not found in this Azure location.');
  }
  return instance;
}

/** A member: an instance that is not on its way out. */
export async function requireMember(plane: Plane, set: ScaleSet, instanceId: string): Promise<Instance> {
  const id = parsePathInstanceId(instanceId);
  const instance = await plane.store.instance(set.uid, id);
  if (instance === undefined || !isMember(instance)) {
    throw new Failure(
      'invalidParameter',
      `The provided instanceId ${instanceId} is not an active Virtual Machine Scale Set VM instanceId.`,
      { target: 'instanceIds' },
    );
  }
  return instance;
}
