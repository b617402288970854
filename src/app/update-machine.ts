// Update a machine: a PUT or PATCH of a virtual machine that is there. Tags are kept at once; what its guest must be given is a verb
// and waits its turn; a change of its set moves its row.

import { aboutInstance } from '../domain/begun-operation.ts';
import { sameGuestDisks } from '../domain/disk-plan.ts';
import { Failure } from '../domain/failure.ts';
import { hasOwnProfile, type Instance, nameOf, type Turn } from '../domain/instance.ts';
import {
  changedIdentities,
  type MachineChange,
  machineChange,
  type WriteStyle,
} from '../domain/machine-change.ts';
import { guestIdentities } from '../domain/managed-identity.ts';
import { notChangeable } from '../domain/parameter-failure.ts';
import { scaleSetPath } from '../domain/resource-path.ts';
import { isSolo, type ModelVersion, type ScaleSet } from '../domain/scale-set.ts';
import { busy, newTask, undoable, withTask } from '../domain/verb.ts';
import { attachMachine, detachMachine, type MovedTo } from './attach-machine.ts';
import { beginOperation } from './begin-operation.ts';
import { changeDisks } from './change-disks.ts';
import { type Found, requireMember } from './find.ts';
import { checkKeptLocation } from './kept-location.ts';
import { changedInterfaces } from './machine-interfaces.ts';
import type { Decision, Origin, Plane } from './plane.ts';
import { requireModel } from './ports/require-model.ts';
import { type Change, put } from './ports/store.ts';
import type { MachineRequest, WrittenMachine } from './put-machine.ts';
import { holdQuota } from './quota.ts';

const UPDATE = 'Create or Update Virtual Machine';

/** Of the machine that the request names. To be decided and committed with others' changes in view. */
export async function updateMachine(
  plane: Plane,
  origin: Origin,
  request: MachineRequest & { readonly style: WriteStyle },
): Promise<Decision<WrittenMachine>> {
  const found = await requireMember(plane, { group: request.group, name: request.name }, UPDATE);
  const { set, instance: before } = found;
  const model = await requireModel(plane.store, set.uid, before.model);
  const change = machineChange(
    { subscriptionId: plane.subscriptionId, set, instance: before, model },
    request.body,
  );
  checkKeptLocation(
    { name: nameOf(set.name, before), group: set.group, location: set.declared.location },
    change.location,
  );
  const operation = plane.ids.guid();
  const changed = await changedRows(plane, { found, model, change, operation, style: request.style });
  const moved = await movedAs(plane, found, changed, { change, operation });
  const { changes, ...answer } = moved ?? changed;
  const begun = beginOperation(
    plane,
    origin,
    aboutInstance(answer.set, answer.instance, { id: operation, action: 'write' }),
  );
  return {
    changes: [...changes, ...begun.changes],
    answer: { ...answer, operation: begun.operation, created: false },
  };
}

interface Asked {
  readonly found: Found;
  /** That it has. */
  readonly model: ModelVersion;
  readonly change: MachineChange;
  readonly operation: string;
  readonly style: WriteStyle;
}

interface Changed {
  readonly set: ScaleSet;
  readonly instance: Instance;
  readonly model: ModelVersion;
  readonly changes: readonly Change[];
}

async function changedRows(plane: Plane, asked: Asked): Promise<Changed> {
  const { found, model, change, operation } = asked;
  const { set, instance: before } = found;
  const { row, profile, changes } = await attachedRow(plane, asked);
  const next = nextModel(plane, asked, profile);
  const instance = withVerb(before, ownRow(plane, asked, row), {
    next: next?.model,
    change,
    operation,
    now: plane.clock.now(),
  });
  const granted =
    change.size === undefined ? [] : await quotaOfSize(plane, set, { before, after: instance }, next?.model);
  return {
    set: next?.set ?? set,
    instance,
    // What is answered is what it is to be.
    model: next?.model ?? model,
    changes: [...(next?.changes ?? []), put('instance', instance), ...changes, ...granted],
  };
}

/** With the network interfaces and data disks that are asked for; with what it has where nothing is said of them. */
async function attachedRow(
  plane: Plane,
  { found, model, change }: Asked,
): Promise<{ row: Instance; profile: ModelVersion['profile']; changes: readonly Change[] }> {
  const { set, instance } = found;
  const profile = change.profile ?? model.profile;
  const interfaces =
    change.interfaces &&
    (await changedInterfaces(plane, { set, instance, model, profile }, change.interfaces));
  const disks = change.dataDisks && (await changeDisks(plane, { set, instance, model }, change.dataDisks));
  const { instance: row, profile: networked, changes } = interfaces ?? { instance, profile, changes: [] };
  if (disks === undefined) return { row, profile: networked, changes };
  return {
    row: { ...row, dataDisks: disks.dataDisks },
    profile: networked,
    changes: [...changes, ...disks.changes],
  };
}

/** What it is the plane's to keep. */
function ownRow(plane: Plane, { change, style, found }: Asked, row: Instance): Instance {
  const { tags = row.tags, userData = row.userData, identity } = change;
  const isOther = !hasOwnProfile(row) && userData !== row.userData;
  const before = guestIdentities(found.set, row);
  return {
    ...row,
    etag: row.etag + 1,
    tags,
    ...(userData === undefined ? {} : { userData }),
    ...(change.size === undefined || hasOwnProfile(row) ? {} : { size: change.size }),
    ownModel: row.ownModel || isOther,
    ...(identity === undefined
      ? {}
      : { identities: changedIdentities(before, identity, style, () => plane.ids.guid()) }),
  };
}

interface NextModel {
  readonly model: ModelVersion;
  readonly set: ScaleSet;
  readonly changes: readonly Change[];
}

/** A version of its own that says what it is to be; nothing where that is what its model says, or its set's profile is its own. */
function nextModel(
  plane: Plane,
  { found, model, change }: Asked,
  profile: ModelVersion['profile'],
): NextModel | undefined {
  const { set, instance } = found;
  if (!hasOwnProfile(instance)) return undefined;
  if (profile === model.profile && change.size === undefined) return undefined;
  const version = (set.lastOwnModel ?? 0) - 1;
  const next = { ...model, version, created: plane.clock.now(), size: change.size ?? model.size, profile };
  const grown = { ...set, lastOwnModel: version };
  // The version before goes when nobody has it any more: the set's loop sees to that.
  return { model: next, set: grown, changes: [put('scaleSet', grown), { kind: 'putModel', model: next }] };
}

/** With the verb that gives its guest what is different for it; at once where nothing is. */
function withVerb(
  before: Instance,
  quiet: Instance,
  asked: {
    readonly next: ModelVersion | undefined;
    readonly change: MachineChange;
    readonly operation: string;
    readonly now: number;
  },
): Instance {
  const { next, change, operation, now } = asked;
  const kind = turnFor(before, quiet, change);
  const model = next?.version ?? before.wanted.model;
  const tagsAlone = next === undefined && kind === undefined && quiet.addresses === before.addresses;
  if (tagsAlone) return quiet;
  if (before.task !== undefined) throw busy();
  if (kind === undefined) return { ...quiet, model, wanted: { ...quiet.wanted, model } };
  const turn = { kind, generation: before.generation + 1 } as const;
  const wanted = { ...before.wanted, model, turn };
  return undoable(
    before,
    withTask({ ...quiet, etag: before.etag }, wanted, newTask('configure', operation, now)),
  );
}

/** Another size is another host: its guest is restarted. */
function turnFor(before: Instance, after: Instance, change: MachineChange): Turn['kind'] | undefined {
  if (change.size !== undefined) return 'restart';
  const isSame = sameGuestDisks(before.dataDisks, after.dataDisks) && before.userData === after.userData;
  return isSame ? undefined : 'reconfigure';
}

async function quotaOfSize(
  plane: Plane,
  set: ScaleSet,
  { before, after }: { readonly before: Instance; readonly after: Instance },
  model: ModelVersion | undefined,
): Promise<readonly Change[]> {
  const instances = await plane.store.instances(set.uid);
  const others = instances.filter(({ id }) => id !== before.id);
  return holdQuota(plane, { set, instances }, { set, instances: [...others, after] }, model);
}

/** Undefined where it stays in its set, or in none. */
async function movedAs(
  plane: Plane,
  { set, instance: before }: Found,
  changed: Changed,
  { change, operation }: Pick<Asked, 'change' | 'operation'>,
): Promise<MovedTo | undefined> {
  const { membership } = change;
  if (membership === undefined) return undefined;
  const isIn = !isSolo(set);
  if (!isIn && membership.id === undefined) return undefined;
  if (isIn && membership.id !== undefined) {
    const path = scaleSetPath(plane.subscriptionId, set.group, set.name);
    if (membership.id.toLowerCase() === path.toLowerCase()) return undefined;
    throw notChangeable('virtualMachineScaleSet.id');
  }
  if (before.task !== undefined) throw busy();
  const { instance, model } = changed;
  if (instance.task !== undefined || changed.changes.length > 1) {
    throw new Failure(
      'operationNotAllowed',
      `Virtual machine '${nameOf(set.name, before)}' is attached to or detached from a scale set by a request that changes nothing else of it but its tags.`,
      { target: 'virtualMachineScaleSet.id' },
    );
  }
  const moving = { before, instance, model, from: set, operation };
  return membership.id === undefined
    ? detachMachine(plane, moving)
    : attachMachine(plane, moving, membership.id);
}
