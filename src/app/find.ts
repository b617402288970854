// Find: the rows that a request names, or Azure's words for what is not there.

import { Failure } from '../domain/failure.ts';
import { type Instance, isMember } from '../domain/instance.ts';
import { rulesOf } from '../domain/orchestration.ts';
import type { ResourceGroup } from '../domain/resource-group.ts';
import type { ScaleSet } from '../domain/scale-set.ts';
import { notInSet, parsePathInstanceId } from '../domain/target.ts';
import { busy } from '../domain/verb.ts';
import type { Plane } from './plane.ts';

/** A scale set as a request names it. */
export interface SetRef {
  readonly group: string;
  readonly name: string;
}

/** An instance as a request names it: below its set, or as the machine that it is. */
export interface InstanceRef extends SetRef {
  /** Absent: `name` is that of a machine, in whichever set it is. */
  readonly instanceId?: string;
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
  return notThere(group, `virtualMachineScaleSets/${path}`);
}

/** `path`: from its type on. */
function notThere(group: string, path: string): Failure {
  return new Failure(
    'resourceNotFound',
    `The Resource 'Microsoft.Compute/${path}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
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

/** What a request names, with the set that it is in: for a machine without a set, the set of one that it is. */
export interface Found {
  readonly set: ScaleSet;
  readonly instance: Instance;
}

/** An instance that is listed: those on their way out are found until they are gone, surplus ones never. */
export async function requireInstance(plane: Plane, ref: InstanceRef): Promise<Found> {
  if (ref.instanceId === undefined) return requireMachine(plane, ref);
  const set = await requireSet(plane, ref);
  const instance = await findByPath(plane, set, ref.instanceId);
  if (instance === undefined || instance.surplus) {
    throw new Failure('notFound', 'The entity was not found in this Azure location.');
  }
  return { set, instance };
}

/** Azure's name of a write of it. */
export function updateWord({ instanceId }: InstanceRef): string {
  return instanceId === undefined ? 'Update VM' : 'Update Virtual Machine Scale Set VM';
}

/**
 * For paths below an instance of a set that only numbered instances have: where the set's are machines, what stands below one
 * is found below the machine itself, and Azure refuses its name here (azure-sdk-for-go#19707).
 */
export async function requireNumbered(plane: Plane, { group, name, instanceId }: InstanceRef): Promise<void> {
  const set = await plane.store.scaleSet(group, name);
  if (set === undefined || instanceId === undefined) return;
  if (rulesOf(set.declared).instances === 'machines') parsePathInstanceId(instanceId);
}

/** A member of a set that is there to stay: an instance that is not on its way out. `what` is Azure's name of the operation. */
export async function requireMember(plane: Plane, ref: InstanceRef, what: string): Promise<Found> {
  if (ref.instanceId === undefined) return requireLiveMachine(plane, ref, what);
  const set = await requireLiveSet(plane, ref, what);
  const instance = await findByPath(plane, set, ref.instanceId);
  if (instance === undefined || !isMember(instance))
    throw notInSet(ref.instanceId, rulesOf(set.declared).instances);
  return { set, instance };
}

/** The same, or undefined where it is not there. The group must be. */
export async function findInstance(plane: Plane, ref: InstanceRef): Promise<Found | undefined> {
  await requireGroup(plane, ref.group);
  const set = ref.instanceId === undefined ? undefined : await plane.store.scaleSet(ref.group, ref.name);
  const instance =
    ref.instanceId === undefined
      ? await plane.store.machine(ref.group, ref.name)
      : set && (await findByPath(plane, set, ref.instanceId));
  const owner = set ?? (instance && (await plane.store.scaleSetByUid(instance.set)));
  return instance === undefined || owner === undefined || instance.surplus
    ? undefined
    : { set: owner, instance };
}

async function findByPath(plane: Plane, set: ScaleSet, instanceId: string): Promise<Instance | undefined> {
  if (rulesOf(set.declared).instances === 'numbered') {
    return plane.store.instance(set.uid, parsePathInstanceId(instanceId));
  }
  const machine = await plane.store.machine(set.group, instanceId);
  return machine?.set === set.uid ? machine : undefined;
}

export async function requireMachine(plane: Plane, ref: SetRef): Promise<Found> {
  const instance = await plane.store.machine(ref.group, ref.name);
  const set = instance && (await plane.store.scaleSetByUid(instance.set));
  if (instance !== undefined && set !== undefined) return { set, instance };
  throw machineNotFound((await requireGroup(plane, ref.group)).name, ref.name);
}

async function requireLiveMachine(plane: Plane, ref: SetRef, what: string): Promise<Found> {
  const found = await requireMachine(plane, ref);
  const { set, instance } = found;
  if (set.deleting || !instance.wanted.exists) throw leavingFailure(set, instance, what);
  // Its upgrade has not put it in another's place yet: until then it is nobody else's, and counts for nothing.
  if (instance.surge === true) throw busy();
  return found;
}

/** Of one that goes, with its set or by itself. */
export function leavingFailure(set: ScaleSet, instance: Instance, what: string): Failure {
  if (instance.machine === undefined) return markedForDeletion(set, what);
  return new Failure(
    'operationNotAllowed',
    `Operation '${what}' is not allowed on VM '${instance.machine.name}' since the VM is marked for deletion. You can only retry the Delete operation (or wait for an ongoing one to complete).`,
  );
}

/** `below`: of what is not there, from its instance on. */
export function instanceNotFound(
  set: ScaleSet,
  { id, machine }: Pick<Instance, 'id' | 'machine'>,
  below: string,
): Failure {
  if (machine !== undefined) return machineNotFound(machine.group, `${machine.name}${below}`);
  return resourceNotFound(set.group, `${set.name}/virtualMachines/${id}${below}`);
}

/** `path`: of what is not there, from its machine's name on. */
function machineNotFound(group: string, path: string): Failure {
  return notThere(group, `virtualMachines/${path}`);
}
