// Resource groups: make, change, read, and delete with everything inside.

import { normalLocation } from '../domain/declaration.ts';
import { checkTags } from '../domain/declaration-rules.ts';
import { missing } from '../domain/parameter-failure.ts';
import { isActive } from '../domain/deployment.ts';
import { Failure } from '../domain/failure.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Operation } from '../domain/operation.ts';
import type { ResourceGroup } from '../domain/resource-group.ts';
import { groupPath } from '../domain/resource-path.ts';
import { beginOperation } from './begin-operation.ts';
import { finalEntry } from './final-entry.ts';
import { requireGroup, requireWritableGroup } from './find.ts';
import { releasable } from './group-resources.ts';
import { decideAndCommit, type Origin, type Plane } from './plane.ts';
import { cancelChanges } from './ports/deployment-end.ts';
import { kept } from './ports/group-resources.ts';
import { type Change, put } from './ports/store.ts';

export interface GroupRequest {
  readonly name: string;
  readonly location?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly managedBy?: string | undefined;
  readonly extra?: JsonObject | undefined;
}

export async function putGroup(
  plane: Plane,
  origin: Origin,
  request: GroupRequest,
): Promise<{ group: ResourceGroup; created: boolean }> {
  checkGroupName(request.name);
  return decideAndCommit(plane, async () => {
    const current = await plane.store.group(request.name);
    if (current?.deleting !== undefined) await requireWritableGroup(plane, request.name);
    const group = declared(plane, current, request);
    return { changes: write(plane, origin, group), answer: { group, created: current === undefined } };
  });
}

export async function patchGroup(
  plane: Plane,
  origin: Origin,
  request: GroupRequest,
): Promise<ResourceGroup> {
  return decideAndCommit(plane, async () => {
    const current = await requireWritableGroup(plane, request.name);
    const group = declared(plane, current, {
      ...request,
      tags: request.tags ?? current.tags,
      managedBy: request.managedBy ?? current.managedBy,
      extra: request.extra ?? current.extra,
    });
    return { changes: write(plane, origin, group), answer: group };
  });
}

export async function getGroup(plane: Plane, name: string): Promise<ResourceGroup> {
  return requireGroup(plane, name);
}

export async function groupExists(plane: Plane, name: string): Promise<boolean> {
  return (await plane.store.group(name)) !== undefined;
}

export async function listGroups(plane: Plane): Promise<readonly ResourceGroup[]> {
  return plane.store.groups();
}

/** Answers the operation that is under way when the group is being deleted already. */
export async function deleteGroup(plane: Plane, origin: Origin, name: string): Promise<Operation> {
  return decideAndCommit(plane, async () => {
    const group = await requireGroup(plane, name);
    const under = group.deleting === undefined ? undefined : await plane.store.operation(group.deleting);
    if (under !== undefined) return { changes: [], answer: under };
    const { operation, changes } = beginOperation(plane, origin, {
      id: plane.ids.guid(),
      name: 'Microsoft.Resources/subscriptions/resourceGroups/delete',
      awaits: { kind: 'group' },
      group: group.name,
      location: group.location,
    });
    // Written again, so that what another group puts to use one at this moment sees the deletion or refuses it.
    const resources = await releasable(plane, group.name);
    return {
      changes: [
        put('group', { ...group, deleting: operation.id }),
        ...resources.map(kept),
        ...(await canceledDeployments(plane, group.name)),
        ...changes,
      ],
      answer: operation,
    };
  });
}

/** Nothing is made any more in a group that goes away. */
async function canceledDeployments(plane: Plane, group: string): Promise<readonly Change[]> {
  const active = (await plane.store.deployments(group)).filter(isActive);
  return cancelChanges(plane, active, plane.clock.now());
}

function declared(plane: Plane, current: ResourceGroup | undefined, request: GroupRequest): ResourceGroup {
  const location = request.location === undefined ? current?.location : normalLocation(request.location);
  if (location === undefined) throw missing('location');
  if (current !== undefined && location !== current.location) {
    throw new Failure(
      'invalidGroupLocation',
      `Invalid resource group location '${location}'. The Resource group already exists in location '${current.location}'.`,
    );
  }
  const tags = request.tags ?? {};
  checkTags(tags);
  return {
    name: current?.name ?? request.name,
    revision: current?.revision ?? 0,
    created: current?.created ?? plane.clock.now(),
    location,
    tags,
    ...(request.managedBy === undefined ? {} : { managedBy: request.managedBy }),
    ...(request.extra === undefined ? {} : { extra: request.extra }),
  };
}

/** A group is there as soon as it is written: no operation, one entry in the log. */
function write(plane: Plane, origin: Origin, group: ResourceGroup): readonly Change[] {
  const entry = finalEntry(plane, origin, {
    operationName: 'Microsoft.Resources/subscriptions/resourceGroups/write',
    resourceId: groupPath(plane.subscriptionId, group.name),
    group: group.name,
  });
  return [put('group', group), entry];
}

/** Source: Azure's naming rules for resource groups. */
function checkGroupName(name: string): void {
  if (/^[\p{L}\p{N}_().-]{1,90}$/u.test(name) && !name.endsWith('.')) return;
  throw new Failure(
    'invalidParameter',
    `The provided resource group name '${name}' has these invalid characters: a name has 1 to 90 letters, digits, underscores, parentheses, hyphens and periods, and does not end in a period.`,
    { target: 'resourceGroupName' },
  );
}
