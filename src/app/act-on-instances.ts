// Act on instances: start, restart, reimage, delete and the rest, on all, some or one. One commit holds every chosen
// instance's intent, the operation and its log entry; one instance that may not be asked refuses the whole request when it
// was named.

import { Failure } from '../domain/failure.ts';
import { type Instance, isMember, memberId } from '../domain/instance.ts';
import { withModelDisks } from '../domain/model.ts';
import type { Operation } from '../domain/operation.ts';
import { losers } from '../domain/operation-outcome.ts';
import { rulesOf } from '../domain/orchestration.ts';
import { subnetIsFull } from '../domain/private-address.ts';
import { effectOn } from '../domain/resize.ts';
import type { ScaleSet } from '../domain/scale-set.ts';
import { type Resolved, resolveTarget, type Target } from '../domain/target.ts';
import { acknowledged, withNotice } from '../domain/terminate-notice.ts';
import { type ActionVerb, ask, busy, refusal, undoable, VERBS } from '../domain/verb.ts';
import { addressedInstance } from '../domain/begun-operation.ts';
import { beginOperation } from './begin-operation.ts';
import { findInstance, type InstanceRef, requireLiveSet, requireMember, type SetRef } from './find.ts';
import { versionForReimage, versionForUpdate } from './image-choice.ts';
import { decideAndCommit, type Decision, type Origin, type Plane } from './plane.ts';
import { requireModel } from './ports/require-model.ts';
import { type Change, put } from './ports/store.ts';
import { holdQuota } from './quota.ts';
import { type Resizing, resizing } from './ports/size-room.ts';
import { openSubnets, withAddresses } from './ports/subnets.ts';

/** `name` is that of the set, or of the machine that is the target. */
export interface ActionRequest extends SetRef {
  readonly verb: ActionVerb;
  readonly target: Target;
  /** Power is cut without asking the guest. */
  readonly skipShutdown?: boolean;
  /** A delete that takes over from whatever verb is in hand. */
  readonly force?: boolean;
  /** The version of the image for the new OS disk of a reimage, in place of the one that each has. */
  readonly exactVersion?: string;
}

export interface Acted {
  readonly set: ScaleSet;
  readonly operation: Operation;
  /** How many instances it really changes. */
  readonly changed: number;
}

export async function actOnInstances(plane: Plane, origin: Origin, request: ActionRequest): Promise<Acted> {
  return decideAndCommit(plane, () => decide(plane, origin, request));
}

/**
 * Answers undefined when there is no such instance: deleting what is gone is no failure. One that is on its way out already
 * answers the operation that deletes it.
 */
export async function deleteInstance(
  plane: Plane,
  origin: Origin,
  request: InstanceRef & { readonly force?: boolean },
): Promise<Acted | undefined> {
  return decideAndCommit(plane, async (): Promise<Decision<Acted | undefined>> => {
    const found = await findInstance(plane, request);
    if (found === undefined) return { changes: [], answer: undefined };
    const { set, instance: known } = found;
    const task = known.wanted.exists ? undefined : known.task;
    const under = task && (await plane.store.operation(task.operation));
    if (under !== undefined) {
      // Forced, it does not wait for its notice any longer.
      const hurried = request.force === true ? acknowledged(known, plane.clock.now()) : known;
      const changes = hurried === known ? [] : [put('instance', hurried)];
      return { changes, answer: { set, operation: under, changed: changes.length } };
    }
    const { instanceId } = request;
    const target: Target = instanceId === undefined ? { kind: 'machine' } : { kind: 'one', instanceId };
    return decide(plane, origin, { ...request, verb: 'delete', target });
  });
}

async function decide(plane: Plane, origin: Origin, request: ActionRequest): Promise<Decision<Acted>> {
  const { set, instances, resolved } = await resolve(plane, request);
  const chosen = allowed(set, resolved, request);
  const id = plane.ids.guid();
  const asked: { before: Instance; after: Instance }[] = [];
  const sizes = request.verb === 'update' ? await sizesOfUpdate(plane, set, chosen) : undefined;
  for (const before of chosen) {
    const sized = sizes?.resize(before) ?? before;
    const after = await askOne(plane, set, { before, sized }, request, id);
    if (after !== before) asked.push({ before, after });
  }
  const { operation, changes } = begin(plane, origin, id, { set, request, resolved, chosen });
  const before = asked.map((one) => one.before);
  const { after, network } = await withAddressesFor(
    plane,
    set,
    request.verb,
    asked.map((one) => one.after),
  );
  const granted = request.verb === 'start' ? await quotaOfStart(plane, set, instances, after) : [];
  return {
    changes: [
      ...granted,
      ...(sizes?.held ?? []),
      ...(request.verb === 'delete'
        ? leaving(set, instances, after)
        : after.map((one) => put('instance', one))),
      ...(await takeOver(plane, before, id)),
      ...network,
      ...changes,
    ],
    answer: { set, operation, changed: asked.length },
  };
}

async function resolve(
  plane: Plane,
  request: ActionRequest,
): Promise<{ set: ScaleSet; instances: readonly Instance[]; resolved: Resolved }> {
  const { word } = VERBS[request.verb];
  if (request.target.kind === 'machine') {
    const { set, instance } = await requireMember(plane, { group: request.group, name: request.name }, word);
    const resolved = { instances: [instance], named: true, addressed: true };
    return { set, instances: await plane.store.instances(set.uid), resolved };
  }
  const set = await requireLiveSet(plane, request, word);
  const instances = await plane.store.instances(set.uid);
  const resolved = resolveTarget(instances, request.target, rulesOf(set.declared).instances);
  return { set, instances, resolved };
}

/** One that was deallocated takes its cores again. No other verb takes more than its instance, or its set, has already. */
async function quotaOfStart(
  plane: Plane,
  set: ScaleSet,
  instances: readonly Instance[],
  started: readonly Instance[],
): Promise<readonly Change[]> {
  const byId = new Map(started.map((one) => [one.id, one]));
  const after = instances.map((one) => byId.get(one.id) ?? one);
  return holdQuota(plane, { set, instances }, { set, instances: after });
}

/** An update may lead to a mix that does not have an instance's size. */
async function sizesOfUpdate(plane: Plane, set: ScaleSet, chosen: readonly Instance[]): Promise<Resizing> {
  const behind = chosen.filter(({ model }) => model !== set.model);
  return resizing(plane, set, behind, await requireModel(plane.store, set.uid, set.model));
}

/** An update may lead into another subnet. Where that has too few addresses, nothing is updated. */
async function withAddressesFor(
  plane: Plane,
  set: ScaleSet,
  verb: ActionVerb,
  asked: readonly Instance[],
): Promise<{ after: readonly Instance[]; network: readonly Change[] }> {
  if (verb !== 'update' || asked.length === 0) return { after: asked, network: [] };
  const model = await requireModel(plane.store, set.uid, set.model);
  const subnets = await openSubnets(plane.store, plane.subscriptionId, [model]);
  const after = asked.map((one) => {
    const given = subnets?.give(one, model) ?? { addresses: [] };
    if (given.full === undefined) return withAddresses(one, given.addresses);
    throw new Failure('subnetIsFull', subnetIsFull(given.full, asked.length).message);
  });
  return { after, network: subnets?.changes() ?? [] };
}

/**
 * Those that may be asked. Named ones must all be. Of "all", those that cannot be asked are passed over, and so are those that
 * go through the same verb already (az 2.45 asks for the whole set right after it asked for one); any other verb is a conflict.
 */
function allowed(set: ScaleSet, resolved: Resolved, request: ActionRequest): readonly Instance[] {
  const force = request.verb === 'delete' && request.force === true;
  return resolved.instances.filter((instance) => {
    if (instance.task !== undefined && force) return true;
    if (!resolved.named && goesThroughIt(set, instance, request.verb)) return false;
    if (instance.task !== undefined) throw busy();
    const reason = refusal(set.name, instance, request.verb, resolved.addressed);
    if (reason !== undefined && resolved.named) throw reason;
    return reason === undefined;
  });
}

/** An update to a version that is not the latest any more is another verb. */
function goesThroughIt(set: ScaleSet, { task, wanted }: Instance, verb: ActionVerb): boolean {
  return task?.verb === verb && (verb !== 'update' || wanted.model === set.model);
}

async function askOne(
  plane: Plane,
  set: ScaleSet,
  { before: instance, sized }: { readonly before: Instance; readonly sized: Instance },
  request: ActionRequest,
  operation: string,
): Promise<Instance> {
  const verbRequest = {
    operation,
    now: plane.clock.now(),
    // A forced delete waits for nobody, neither for the guest nor for its connections.
    graceful: request.skipShutdown !== true && !(request.verb === 'delete' && request.force === true),
    model: set.model,
  };
  if (request.verb === 'reimage' || request.verb === 'reimageAll') {
    const { profile } = await requireModel(plane.store, set.uid, instance.wanted.model);
    const version = versionForReimage(plane.images, set.declared, profile, instance, request.exactVersion);
    return ask(instance, request.verb, { ...verbRequest, effect: 'none', ...version });
  }
  if (request.verb === 'delete') {
    const gone = ask(instance, 'delete', { ...verbRequest, effect: 'none' });
    if (request.force === true) return gone;
    const model = await requireModel(plane.store, set.uid, instance.model);
    return withNotice(gone, model, () => plane.ids.guid());
  }
  if (request.verb !== 'update' || instance.model === set.model) {
    return ask(instance, request.verb, { ...verbRequest, effect: 'none' });
  }
  const to = await requireModel(plane.store, set.uid, set.model);
  const from = await requireModel(plane.store, set.uid, instance.model);
  const effect = effectOn(instance, from, to);
  return undoable(
    instance,
    ask(withModelDisks(set.name, sized, to), 'update', {
      ...verbRequest,
      effect,
      ...versionForUpdate(plane.images, to.profile, effect),
    }),
  );
}

interface Begun {
  readonly set: ScaleSet;
  readonly request: ActionRequest;
  readonly resolved: Resolved;
  /** Of the resolved ones, those that it touches. */
  readonly chosen: readonly Instance[];
}

function begin(
  plane: Plane,
  origin: Origin,
  id: string,
  { set, request, resolved, chosen }: Begun,
): { operation: Operation; changes: readonly Change[] } {
  const [only] = resolved.instances;
  const action = resolved.addressed && request.verb === 'delete' ? 'delete' : VERBS[request.verb].action;
  return beginOperation(plane, origin, {
    id,
    name: `Microsoft.Compute/virtualMachineScaleSets/${action}`,
    awaits: { kind: 'instances' },
    group: set.group,
    location: set.declared.location,
    set,
    instances: chosen.map(memberId),
    ...(resolved.addressed && only !== undefined ? addressedInstance(only, action) : {}),
  });
}

/**
 * Deleting instances by name lowers the capacity with them (azure-wire section 3). Members beyond the capacity, which
 * wait for their scale-in or are protected from it, do not count: they were not asked to stay, nor is any other to go.
 */
function withLessCapacity(set: ScaleSet, instances: readonly Instance[], count: number): ScaleSet {
  const excess = Math.max(0, instances.filter(isMember).length - set.declared.sku.capacity);
  const capacity = Math.max(0, set.declared.sku.capacity - Math.max(0, count - excess));
  return {
    ...set,
    etag: set.etag + 1,
    declared: { ...set.declared, sku: { ...set.declared.sku, capacity } },
  };
}

/** Those that leave by name, and the set with the capacity that goes with them. */
export function leaving(
  set: ScaleSet,
  instances: readonly Instance[],
  gone: readonly Instance[],
): readonly Change[] {
  if (gone.length === 0) return [];
  const lower = withLessCapacity(set, instances, gone.length);
  const taken = set.declared.sku.capacity - lower.declared.sku.capacity;
  const marked = gone.map((one, index) =>
    index < taken && one.task !== undefined ? { ...one, task: { ...one.task, tookCapacity: true } } : one,
  );
  return [...marked.map((one) => put('instance', one)), put('scaleSet', lower)];
}

/** The operations whose verb a forced delete takes over end Failed for those instances. */
async function takeOver(
  plane: Plane,
  before: readonly Instance[],
  winner: string,
): Promise<readonly Change[]> {
  const changes: Change[] = [];
  for (const [id, failures] of losers(before, winner)) {
    const operation = await plane.store.operation(id);
    if (operation?.status !== 'InProgress') continue;
    changes.push(put('operation', { ...operation, failures: [...operation.failures, ...failures] }));
  }
  return changes;
}
