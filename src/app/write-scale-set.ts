// Write a scale set: PUT makes it or merges into it, PATCH changes it. One commit holds the declaration, the model version
// when there is a new one, the operation and the log entry; the loop makes it so.

import { merge, type MergeStyle } from '../domain/declaration.ts';
import { checkScaleSetName, complete } from '../domain/declaration-rules.ts';
import type { JsonObject } from '../domain/json.ts';
import { type Identities, identitiesOf } from '../domain/managed-identity.ts';
import { changesModel, modelOf } from '../domain/model.ts';
import type { Operation } from '../domain/operation.ts';
import { isRunning } from '../domain/rolling-upgrade.ts';
import type { ResourceGroup } from '../domain/resource-group.ts';
import type { Declared, ModelVersion, ScaleSet } from '../domain/scale-set.ts';
import { holdReferences } from './balancer-references.ts';
import { beginOperation } from './begin-operation.ts';
import { checkConditions, type Conditions } from './conditions.ts';
import { markedForDeletion, requireSet, requireWritableGroup, type SetRef } from './find.ts';
import { requireImage } from './image-choice.ts';
import { holdNetworkOf } from './network-references.ts';
import { checkKeptLocation } from './kept-location.ts';
import { decideAndCommit, type Origin, type Plane } from './plane.ts';
import { type Change, put } from './ports/store.ts';
import { grant, type Granted } from './quota.ts';
import { checkSubnetRoom } from './subnet-room.ts';

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
    return holding(
      plane,
      current,
      current === undefined
        ? await create(plane, origin, group, request)
        : await update(plane, origin, current, request, 'put'),
    );
  });
}

export async function patchScaleSet(plane: Plane, origin: Origin, request: WriteRequest): Promise<Written> {
  return decideAndCommit(plane, async () => {
    await requireWritableGroup(plane, request.group);
    const current = await requireSet(plane, request);
    checkConditions(current.etag, request);
    return holding(plane, current, await update(plane, origin, current, request, 'patch'));
  });
}

/** With the balancers and network resources that the set's model names, where there is room for its instances. */
async function holding(
  plane: Plane,
  current: ScaleSet | undefined,
  write: { changes: readonly Change[]; answer: Written },
): Promise<{ changes: readonly Change[]; answer: Written }> {
  const { set } = write.answer;
  const balancers = await holdReferences(plane, set);
  const networks = await holdNetworkOf(plane, set, current);
  await checkSubnetRoom(plane, set);
  return { ...write, changes: [...write.changes, ...balancers, ...networks] };
}

/** A part of the model that is a resource of its own: what it is called, and where it stands below the set. */
export interface PartOfModel {
  readonly name: string;
  readonly below: string;
}

/** The set with this body merged in, on behalf of a request about a part of its model. */
export async function editModel(
  plane: Plane,
  origin: Origin,
  current: ScaleSet,
  edit: { readonly body: JsonObject; readonly part: PartOfModel },
): Promise<{ changes: readonly Change[]; answer: Written }> {
  const { group, name } = current;
  return update(plane, origin, current, { group, name, body: edit.body, part: edit.part }, 'put');
}

async function create(
  plane: Plane,
  origin: Origin,
  group: ResourceGroup,
  request: WriteRequest,
): Promise<{ changes: readonly Change[]; answer: Written }> {
  const declared = complete(request.name, merge(undefined, request.body, 'put'), undefined);
  requireImage(plane.images, declared);
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
    ...identitiesFor(plane, declared, undefined),
  };
  const { operation, changes } = begin(plane, origin, set);
  const model = modelOf(set.uid, 1, declared, now);
  const granted = await grant(plane, undefined, { set, instances: [] }, model);
  return {
    // The group's row is written too, so that a delete of the group at the same moment sees the set or refuses it.
    changes: [
      put('group', group),
      put('scaleSet', granted.set),
      { kind: 'putModel', model },
      ...granted.held,
      ...changes,
    ],
    answer: { set: granted.set, created: true, operation },
  };
}

async function update(
  plane: Plane,
  origin: Origin,
  current: ScaleSet,
  request: WriteRequest & { readonly part?: PartOfModel },
  style: MergeStyle,
): Promise<{ changes: readonly Change[]; answer: Written }> {
  if (current.deleting) throw markedForDeletion(current, 'Update Virtual Machine Scale Set');
  const draft = merge(current.declared, request.body, style);
  checkKeptLocation({ ...current, location: current.declared.location }, draft.location);
  const declared: Declared = complete(current.name, draft, current.declared);
  requireImage(plane.images, declared, current.declared);
  const newModel = changesModel(current.declared, declared);
  const { failure: _cleared, identities: before, ...rest } = current;
  const set: ScaleSet = {
    ...rest,
    etag: current.etag + 1,
    declared,
    model: current.model + (newModel ? 1 : 0),
    generation: current.generation + 1,
    operation: plane.ids.guid(),
    ...identitiesFor(plane, declared, before),
  };
  const beside = newModel ? undefined : await upgradeUnderWay(plane, current);
  const { operation, changes } = begin(plane, origin, set, { ...request.part, ...beside });
  const model = modelOf(set.uid, set.model, declared, plane.clock.now());
  const granted = await grantUpdate(plane, current, set, model);
  return {
    changes: [
      put('scaleSet', granted.set),
      ...(newModel ? [{ kind: 'putModel', model } as const] : []),
      ...granted.held,
      ...changes,
    ],
    answer: { set: granted.set, created: false, operation },
  };
}

async function grantUpdate(
  plane: Plane,
  current: ScaleSet,
  set: ScaleSet,
  model: ModelVersion,
): Promise<Granted> {
  const { sku } = current.declared;
  const next = set.declared.sku;
  const isMixed = model.mix !== undefined || current.drawn !== undefined;
  if (next.capacity <= sku.capacity && next.name === sku.name && !isMixed) return { set, held: [] };
  const instances = await plane.store.instances(set.uid);
  return grant(plane, { set: current, instances }, { set, instances }, model);
}

/** Nothing where nobody is declared, so that a row without an identity looks as it always did. */
function identitiesFor(
  plane: Plane,
  declared: Declared,
  before: Identities | undefined,
): Pick<ScaleSet, 'identities'> {
  if (declared.extra['identity'] === undefined) return {};
  return { identities: identitiesOf(declared, before, () => plane.ids.guid()) };
}

/** Nothing where none runs. One that has just ended does no harm: the set then settles without its failure. */
async function upgradeUnderWay(
  plane: Plane,
  set: ScaleSet,
): Promise<{ readonly beside: number } | undefined> {
  const latest = (await plane.store.rollingUpgrades(set.uid)).at(-1);
  return isRunning(latest) ? { beside: latest.number } : undefined;
}

const WHOLE: PartOfModel = { name: 'Microsoft.Compute/virtualMachineScaleSets/write', below: '' };

function begin(
  plane: Plane,
  origin: Origin,
  set: ScaleSet,
  { beside, ...part }: Partial<PartOfModel> & { readonly beside?: number } = {},
): { operation: Operation; changes: readonly Change[] } {
  return beginOperation(plane, origin, {
    id: set.operation,
    ...WHOLE,
    ...part,
    awaits: {
      kind: 'scaleSet',
      generation: set.generation,
      ...(beside === undefined ? {} : { beside }),
    },
    group: set.group,
    location: set.declared.location,
    set,
  });
}
