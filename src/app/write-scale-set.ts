// Write a scale set: PUT makes it or merges into it, PATCH changes it. One commit holds the declaration, the model version
// when there is a new one, the operation and the log entry; the loop makes it so.

import { merge, type MergeStyle } from '../domain/declaration.ts';
import { checkScaleSetName, complete } from '../domain/declaration-rules.ts';
import { Failure } from '../domain/failure.ts';
import type { JsonObject } from '../domain/json.ts';
import { changesModel, modelOf } from '../domain/model.ts';
import type { Operation } from '../domain/operation.ts';
import type { ResourceGroup } from '../domain/resource-group.ts';
import type { Declared, ScaleSet } from '../domain/scale-set.ts';
import { beginOperation } from './begin-operation.ts';
import { checkConditions, type Conditions } from './conditions.ts';
import { markedForDeletion, requireSet, requireWritableGroup, type SetRef } from './find.ts';
import { decideAndCommit, type Origin, type Plane } from './plane.ts';
import { type Change, put } from './ports/store.ts';

export interface WriteRequest extends SetRef, Conditions {
  /** The ARM body; it has passed the wire's schema. */
  readonly body: JsonObject;
}

export interface Written {
  readonly set: ScaleSet;
  readonly created: boolean;
  readonly operation: Operation;
}

export async function putScaleSet(plane: Plane, origin: Origin, request: WriteRequest): Promise<Written> {
  checkScaleSetName(request.name);
  return decideAndCommit(plane, async () => {
    const group = await requireWritableGroup(plane, request.group);
    const current = await plane.store.scaleSet(group.name, request.name);
    checkConditions(current?.etag, request);
    return current === undefined
      ? create(plane, origin, group, request)
      : update(plane, origin, current, request, 'put');
  });
}

export async function patchScaleSet(plane: Plane, origin: Origin, request: WriteRequest): Promise<Written> {
  return decideAndCommit(plane, async () => {
    await requireWritableGroup(plane, request.group);
    const current = await requireSet(plane, request);
    checkConditions(current.etag, request);
    return update(plane, origin, current, request, 'patch');
  });
}

/** A part of the model that is a resource of its own: what it is called, and where it stands below the set. */
export interface PartOfModel {
  readonly name: string;
  readonly below: string;
}

/** The set with this body merged in, on behalf of a request about a part of its model. */
export function editModel(
  plane: Plane,
  origin: Origin,
  current: ScaleSet,
  edit: { readonly body: JsonObject; readonly part: PartOfModel },
): { changes: readonly Change[]; answer: Written } {
  const { group, name } = current;
  return update(plane, origin, current, { group, name, body: edit.body, part: edit.part }, 'put');
}

function create(
  plane: Plane,
  origin: Origin,
  group: ResourceGroup,
  request: WriteRequest,
): { changes: readonly Change[]; answer: Written } {
  const declared = complete(request.name, merge(undefined, request.body, 'put'), undefined);
  const now = plane.clock.now();
  const set: ScaleSet = {
    uid: plane.ids.guid(),
    group: group.name,
    name: request.name,
    revision: 0,
    etag: 1,
    created: now,
    declared,
    model: 1,
    nextInstanceId: 0,
    generation: 1,
    settled: 0,
    operation: plane.ids.guid(),
  };
  const { operation, changes } = begin(plane, origin, set);
  const model = modelOf(set.uid, 1, declared, now);
  return {
    // The group's row is written too, so that a delete of the group at the same moment sees the set or refuses it.
    changes: [put('group', group), put('scaleSet', set), { kind: 'putModel', model }, ...changes],
    answer: { set, created: true, operation },
  };
}

function update(
  plane: Plane,
  origin: Origin,
  current: ScaleSet,
  request: WriteRequest & { readonly part?: PartOfModel },
  style: MergeStyle,
): { changes: readonly Change[]; answer: Written } {
  if (current.deleting) throw markedForDeletion(current, 'Update Virtual Machine Scale Set');
  const draft = merge(current.declared, request.body, style);
  checkLocation(current, draft.location);
  const declared: Declared = complete(current.name, draft, current.declared);
  const newModel = changesModel(current.declared, declared);
  const { failure: _cleared, ...rest } = current;
  const set: ScaleSet = {
    ...rest,
    etag: current.etag + 1,
    declared,
    model: current.model + (newModel ? 1 : 0),
    generation: current.generation + 1,
    operation: plane.ids.guid(),
  };
  const { operation, changes } = begin(plane, origin, set, request.part);
  const model = modelOf(set.uid, set.model, declared, plane.clock.now());
  return {
    changes: [put('scaleSet', set), ...(newModel ? [{ kind: 'putModel', model } as const] : []), ...changes],
    answer: { set, created: false, operation },
  };
}

function begin(
  plane: Plane,
  origin: Origin,
  set: ScaleSet,
  part: PartOfModel = { name: 'Microsoft.Compute/virtualMachineScaleSets/write', below: '' },
): { operation: Operation; changes: readonly Change[] } {
  return beginOperation(plane, origin, {
    id: set.operation,
    ...part,
    awaits: { kind: 'scaleSet', generation: set.generation },
    group: set.group,
    location: set.declared.location,
    set,
  });
}

function checkLocation(current: ScaleSet, asked: string | undefined): void {
  const { location } = current.declared;
  if (asked === undefined || asked === location) return;
  throw new Failure(
    'invalidResourceLocation',
    `The resource '${current.name}' already exists in location '${location}' in resource group '${current.group}'. A resource with the same name cannot be created in location '${asked}'. Please select a new resource name.`,
  );
}
