// Put a machine: PUT of a `Microsoft.Compute/virtualMachines` makes one, without a scale set or as a member of a Flexible one, or
// changes the one that there is. One commit holds the machine with its own model, the set that it is in, what it takes of quotas,
// subnets and disks, and the operation; the loops make it so.

import type { JsonObject } from '../domain/json.ts';
import { aboutInstance } from '../domain/begun-operation.ts';
import { checkMachineName, declareMachine, type MachineDeclaration } from '../domain/machine-declaration.ts';
import { identitiesOf } from '../domain/managed-identity.ts';
import { newMachine, ownModel } from '../domain/new-machine.ts';
import type { Operation } from '../domain/operation.ts';
import type { Instance } from '../domain/instance.ts';
import type { ResourceGroup } from '../domain/resource-group.ts';
import type { ModelVersion, ScaleSet } from '../domain/scale-set.ts';
import { beginOperation } from './begin-operation.ts';
import { changeDisks } from './change-disks.ts';
import { checkConditions, type Conditions } from './conditions.ts';
import { findInstance, type SetRef, requireMachine, requireWritableGroup } from './find.ts';
import { holdMachineReferences, requireMachineImage } from './machine-references.ts';
import { givenAddresses } from './machine-addresses.ts';
import { type Home, homeFor } from './machine-home.ts';
import { withInterfaces } from './machine-interfaces.ts';
import { decideAndCommit, type Decision, type Origin, type Plane } from './plane.ts';
import { versionToLay } from './ports/image-versions.ts';
import { type Change, put } from './ports/store.ts';
import { holdQuota } from './quota.ts';
import { updateMachine } from './update-machine.ts';

export interface MachineRequest extends SetRef, Conditions {
  /** The ARM body; it has passed the wire's schema. */
  readonly body: JsonObject;
}

export interface WrittenMachine {
  readonly set: ScaleSet;
  readonly instance: Instance;
  readonly model: ModelVersion;
  readonly operation: Operation;
  readonly created: boolean;
}

export async function putMachine(
  plane: Plane,
  origin: Origin,
  request: MachineRequest,
): Promise<WrittenMachine> {
  return decideAndCommit(plane, async () => {
    const group = await requireWritableGroup(plane, request.group);
    const current = await findInstance(plane, { group: request.group, name: request.name });
    checkConditions(current?.instance.etag, request);
    return current === undefined
      ? createMachine(plane, origin, group, request)
      : updateMachine(plane, origin, { ...request, style: 'put' });
  });
}

export async function patchMachine(
  plane: Plane,
  origin: Origin,
  request: MachineRequest,
): Promise<WrittenMachine> {
  return decideAndCommit(plane, async () => {
    await requireWritableGroup(plane, request.group);
    const { instance } = await requireMachine(plane, request);
    checkConditions(instance.etag, request);
    return updateMachine(plane, origin, { ...request, style: 'patch' });
  });
}

async function createMachine(
  plane: Plane,
  origin: Origin,
  group: ResourceGroup,
  request: MachineRequest,
): Promise<Decision<WrittenMachine>> {
  checkMachineName(request.name);
  const declaration = declareMachine(request.name, request.body);
  const now = plane.clock.now();
  const operation = plane.ids.guid();
  const home = await homeFor(plane, group, { name: request.name, declaration, operation, now });
  const bareModel = ownModel(home.set, declaration, now);
  requireMachineImage(plane, home.set, bareModel);
  const bare = bareMachine(plane, home, { model: bareModel, declaration, name: request.name, operation });
  const references = await holdMachineReferences(plane, home.set, bare, bareModel);
  const {
    instance: placed,
    model,
    changes: network,
  } = await networked(plane, home.set, {
    instance: bare,
    model: bareModel,
    declaration,
  });
  const disks = await changeDisks(plane, { set: home.set, instance: placed, model }, declaration.dataDisks);
  const instance = { ...placed, dataDisks: disks.dataDisks };
  const granted = await quotaOf(plane, home, instance, model);
  const about = aboutInstance(home.set, instance, { id: operation, action: 'write' });
  const begun = beginOperation(plane, origin, about);
  return {
    changes: [
      // Written too, so that a delete of the group at the same moment sees the machine or refuses it.
      put('group', group),
      ...home.changes,
      put('scaleSet', home.set),
      { kind: 'putModel', model },
      put('instance', instance),
      ...once([...references, ...network]),
      ...disks.changes.filter((change) => !isGroup(change)),
      ...granted,
      ...begun.changes,
    ],
    answer: { set: home.set, instance, model, operation: begun.operation, created: true },
  };
}

/** With the network interfaces that it names, or with addresses for those that come with it. */
async function networked(
  plane: Plane,
  set: ScaleSet,
  {
    instance,
    model,
    declaration,
  }: {
    readonly instance: Instance;
    readonly model: ModelVersion;
    readonly declaration: MachineDeclaration;
  },
): Promise<{ instance: Instance; model: ModelVersion; changes: readonly Change[] }> {
  const { named } = declaration.interfaces;
  if (named.length === 0) return { ...(await givenAddresses(plane, instance, model)), model };
  const attached = await withInterfaces(plane, { set, instance, profile: model.profile }, named);
  return {
    instance: attached.instance,
    model: { ...model, profile: attached.profile },
    changes: attached.changes,
  };
}

/** A network that is named and gives an address is written once. */
function once(changes: readonly Change[]): readonly Change[] {
  const networks = new Map(
    changes.flatMap((change) =>
      change.kind === 'put' && change.table === 'network' ? [[change.row.uid, change]] : [],
    ),
  );
  return [
    ...changes.filter((change) => change.kind !== 'put' || change.table !== 'network'),
    ...networks.values(),
  ];
}

/** The group's row is written once. */
function isGroup(change: Change): boolean {
  return change.kind === 'put' && change.table === 'group';
}

function bareMachine(
  plane: Plane,
  { set, place, group }: Home,
  {
    model,
    declaration,
    name,
    operation,
  }: {
    readonly model: ModelVersion;
    readonly declaration: MachineDeclaration;
    readonly name: string;
    readonly operation: string;
  },
): Instance {
  const imageVersion = versionToLay(plane.images, model.profile);
  return newMachine(model, declaration, {
    id: set.nextInstanceId - 1,
    vmId: plane.ids.guid(),
    group,
    name,
    place,
    operation,
    now: model.created,
    ...(imageVersion === undefined ? {} : { imageVersion }),
    ...(declaration.extra['identity'] === undefined
      ? {}
      : { identities: identitiesOf(declaration, undefined, () => plane.ids.guid()) }),
  });
}

async function quotaOf(
  plane: Plane,
  { set, before, instances }: Home,
  instance: Instance,
  model: ModelVersion,
): Promise<readonly Change[]> {
  const was = before === undefined ? undefined : { set: before, instances };
  return holdQuota(plane, was, { set, instances: [...instances, instance] }, model);
}
