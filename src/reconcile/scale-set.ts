// Scale set reconciler: reads a set and its instances, asks `planCapacity`, and commits the plan at once; the instances'
// own loop does the rest. Everything that it makes or removes has a line in the activity log that says why.

import { versionToLay } from '../app/ports/image-versions.ts';
import { requireModel } from '../app/ports/require-model.ts';
import { type Change, put, remove } from '../app/ports/store.ts';
import { resizing } from '../app/ports/size-room.ts';
import { openSubnets, type Subnets } from '../app/ports/subnets.ts';
import { type CapacityPlan, type Converge, planCapacity } from '../domain/capacity.ts';
import type { OperationError } from '../domain/failure.ts';
import { withDrawn } from '../domain/drawn-sizes.ts';
import { type Instance, isMember } from '../domain/instance.ts';
import { withModelDisks } from '../domain/model.ts';
import { losers } from '../domain/operation-outcome.ts';
import { newInstance } from '../domain/new-instance.ts';
import { pickSurplus } from '../domain/overprovision.ts';
import { placer } from '../domain/placement.ts';
import { addressWishes, subnetIsFull } from '../domain/private-address.ts';
import { effectOn } from '../domain/resize.ts';
import { forceDeletion } from '../domain/scale-in.ts';
import { modelsInUse, upgradeStanding } from '../domain/rolling-upgrade.ts';
import type { Declared, ModelVersion, ScaleSet } from '../domain/scale-set.ts';
import { MINUTE, type Time } from '../domain/time.ts';
import { withNotice } from '../domain/terminate-notice.ts';
import { ask, toDelete, undoable } from '../domain/verb.ts';
import { addressed, bornWith, inTurn } from './addressed.ts';
import { bornSizes } from './born-sizes.ts';
import { deletionEntries, fleetEntries } from './fleet-entries.ts';
import { promoted } from './promoted.ts';
import type { World } from './world.ts';

/** Rows in one commit at the most, so that a large set does not hold up other requests. */
const BATCH = 200;

interface Planned {
  readonly set: ScaleSet;
  readonly instances: readonly Instance[];
  readonly plan: CapacityPlan;
}

/** The key is the set's uid. Conflicts throw: the loop looks again. */
export async function lookAtScaleSet(world: World, uid: string): Promise<Time | undefined> {
  const seen = await planned(world, uid);
  if (seen === undefined) return undefined;
  if (await takesAddresses(world, seen)) {
    await inTurn(world.store, async () => carryOut(world, await planned(world, uid)));
  } else {
    await carryOut(world, seen);
  }
  // Whatever leaves room in the quotas tells nobody here.
  const short = (await world.store.scaleSetByUid(uid))?.failure?.code === 'OperationNotAllowed';
  return short ? world.clock.now() + MINUTE : undefined;
}

async function planned(world: World, uid: string): Promise<Planned | undefined> {
  const set = await world.store.scaleSetByUid(uid);
  if (set === undefined) return undefined;
  const instances = await world.store.instances(uid);
  const latest = (await world.store.rollingUpgrades(uid)).at(-1);
  return { set, instances, plan: planCapacity(set, instances, upgradeStanding(set, instances, latest)) };
}

async function takesAddresses(world: World, { set, plan }: Planned): Promise<boolean> {
  if (plan.kind !== 'converge' || !asksForAddresses(plan)) return false;
  const { profile } = await requireModel(world.store, set.uid, set.model);
  return addressWishes(profile).length > 0;
}

async function carryOut(world: World, seen: Planned | undefined): Promise<void> {
  if (seen === undefined) return;
  const changes = await changesOf(world, seen.set, seen.instances, seen.plan);
  if (changes.length > 0) await world.store.commit(changes);
}

async function changesOf(
  world: World,
  set: ScaleSet,
  instances: readonly Instance[],
  plan: CapacityPlan,
): Promise<readonly Change[]> {
  switch (plan.kind) {
    case 'gone':
      return [
        remove('scaleSet', set),
        { kind: 'removeModels', set: set.uid },
        ...(await world.store.rollingUpgrades(set.uid)).map((row) => remove('rollingUpgrade', row)),
      ];
    case 'empty':
      return empty(world, set, plan.remove.slice(0, BATCH));
    case 'stuck':
      return [put('scaleSet', undeleted(world, set, plan))];
    case 'converge':
      return converge(world, set, instances, plan);
  }
}

async function converge(
  world: World,
  set: ScaleSet,
  instances: readonly Instance[],
  plan: Converge,
): Promise<readonly Change[]> {
  const model = await requireModel(world.store, set.uid, set.model);
  const removals = plan.remove.slice(0, BATCH);
  const subnets = await subnetsFor(world, plan, model);
  const sized = await bornSizes(world, set, instances, model);
  const makeable = atMost(plan, plan.create.members - sized.held);
  const { create, lacking = sized.failure } = roomFor(makeable, subnets, model, instances);
  const born = births(world, sized.set, instances, model, create).map((one) => bornWith(one, subnets, model));
  // One draw from the quotas' room at a time: what is behind waits for the next look.
  const behind = sized.changes.length > 0 ? [] : plan.upgrade.slice(0, BATCH);
  const { rows, held: sizesHeld } = await upgraded(world, set, behind, model);
  const upgrades = rows.map((row) => addressed(row, subnets, model));
  const gone = await Promise.all(
    removals.map(({ instance, why }) =>
      givenUp(world, set, instance, why === 'scaleIn' && forceDeletion(set.declared)),
    ),
  );
  const promotions = await Promise.all(plan.promote.map((instance) => promoted(world, set, instance)));
  const grown = born.length === 0 ? sized.set : withBorn(sized.set, born);
  const next = lacking === undefined ? settled(world, grown, plan) : unfilled(set, instances, lacking);
  const changes: readonly Change[] = [
    ...born.map((instance) => put('instance', instance)),
    ...promotions.map((instance) => put('instance', instance)),
    ...gone.map((instance) => put('instance', instance)),
    ...upgrades.map((instance) => put('instance', instance)),
    ...(subnets?.changes() ?? []),
    ...sized.changes,
    ...sizesHeld,
    ...(await unusedModels(world, set, instances, plan)),
    ...fleetEntries(world, set, { born, removals, upgrades, promoted: plan.promote }),
  ];
  // With any of them the set's row is written too, so that a plan made for an older declaration is refused.
  return changes.length === 0 && next === set ? [] : [put('scaleSet', next), ...changes];
}

async function subnetsFor(world: World, plan: Converge, model: ModelVersion): Promise<Subnets | undefined> {
  return asksForAddresses(plan) ? openSubnets(world.store, world.subscriptionId, [model]) : undefined;
}

function asksForAddresses({ create, upgrade }: Converge): boolean {
  return create.members + create.surplus + upgrade.length > 0;
}

/** All members that are missing get an address, or none is made. What goes beyond the capacity is left out where there is no room. */
function roomFor(
  create: Converge['create'],
  subnets: Subnets | undefined,
  model: ModelVersion,
  instances: readonly Instance[],
): { create: Converge['create']; lacking?: OperationError } {
  const wishes = subnets?.wishes(model) ?? [];
  const lacks = (count: number): ReturnType<Subnets['shortage']> => subnets?.shortage(wishes, count);
  const short = lacks(create.members);
  if (short !== undefined) {
    const none = { members: 0, surplus: 0 };
    // What an instance on its way out has is free when it has gone, and its going wakes the set.
    const isFreed = instances.some((instance) => !instance.wanted.exists && instance.addresses !== undefined);
    return isFreed ? { create: none } : { create: none, lacking: subnetIsFull(short.subnet, short.needed) };
  }
  const isCrowded = lacks(create.members + create.surplus) !== undefined;
  return { create: isCrowded ? { ...create, surplus: 0 } : create };
}

/** Whatever verb an instance still has in hand loses it, and its operation ends Failed. */
async function empty(world: World, set: ScaleSet, leaving: readonly Instance[]): Promise<readonly Change[]> {
  const gone = await Promise.all(leaving.map((instance) => givenUp(world, set, instance, set.forced)));
  const changes: Change[] = [
    ...gone.map((instance) => put('instance', instance)),
    ...deletionEntries(world, set, leaving),
  ];
  for (const [id, failures] of losers(leaving, set.operation)) {
    const operation = await world.store.operation(id);
    if (operation?.status !== 'InProgress') continue;
    changes.push(put('operation', { ...operation, failures: [...operation.failures, ...failures] }));
  }
  return changes;
}

/** The surplus comes with the last members. */
function atMost({ create }: Converge, members: number): Converge['create'] {
  return members >= create.members ? create : { members: Math.max(0, members), surplus: 0 };
}

/** Members in batches; the surplus comes with the last one. */
function births(
  world: World,
  set: ScaleSet,
  instances: readonly Instance[],
  model: ModelVersion,
  create: Converge['create'],
): readonly Instance[] {
  const members = Math.min(create.members, BATCH);
  const surplus = members === create.members ? create.surplus : 0;
  const total = members + surplus;
  const picked = pickSurplus(total, surplus, world.random);
  // What is surplus or still to take another's place goes again: those that stay are to be spread evenly.
  const places = placer(set.declared, instances.filter(isMember));
  const now = world.clock.now();
  const owed = [...(set.repairs?.owed ?? [])];
  const imageVersion = versionToLay(world.images, model.profile);
  const make = (index: number): Instance => {
    const repair = picked.has(index) ? undefined : owed.shift();
    return newInstance(set, model, {
      id: set.nextInstanceId + index,
      vmId: world.ids.guid(),
      place: places.next(),
      surplus: picked.has(index),
      now,
      ...sizeFor(set, index),
      ...(imageVersion === undefined ? {} : { imageVersion }),
      ...(repair === undefined ? {} : { repair }),
    });
  };
  // Members get their places first: they stay spread evenly when the surplus goes.
  const indexes = Array.from({ length: total }, (_, index) => index);
  const ordered = [...indexes.filter((index) => !picked.has(index)), ...picked];
  return ordered.map(make).toSorted((a, b) => a.id - b.id);
}

/** Of an instance mix, which has no surplus, the sizes as they were drawn. */
function sizeFor({ drawn }: ScaleSet, index: number): { readonly size?: string } {
  const size = drawn?.[index];
  return size === undefined ? {} : { size };
}

/** The ids are used up, and so are the repairs whose replacements are among the new ones. */
function withBorn(given: ScaleSet, born: readonly Instance[]): ScaleSet {
  const set = withDrawn(withoutShortage(given), (given.drawn ?? []).slice(born.length));
  const nextInstanceId = set.nextInstanceId + born.length;
  const paid = born.filter((instance) => instance.repair !== undefined).length;
  if (set.repairs === undefined || paid === 0) return { ...set, nextInstanceId };
  return { ...set, nextInstanceId, repairs: { ...set.repairs, owed: set.repairs.owed.slice(paid) } };
}

/** What was missing although nobody had asked for it, a replacement for one, has been made after all. */
function withoutShortage(set: ScaleSet): ScaleSet {
  if (!isShortage(set.failure) || set.settled < set.generation) return set;
  const { failure: _over, ...rest } = set;
  return { ...rest, etag: set.etag + 1 };
}

function isShortage(failure: OperationError | undefined): boolean {
  return failure?.code === 'SubnetIsFull' || failure?.code === 'OperationNotAllowed';
}

/**
 * A write that asked for more than there is room for fails, and the set keeps what it has: nothing is tried behind anybody's
 * back. Where nobody wrote anything, the capacity stands and the set says why it is not reached.
 */
function unfilled(set: ScaleSet, instances: readonly Instance[], failure: OperationError): ScaleSet {
  const isAsked = set.settled < set.generation;
  if (!isAsked && set.failure?.code === failure.code) return set;
  const declared = isAsked ? withCapacity(set, instances.filter(isMember).length) : set.declared;
  return { ...set, etag: set.etag + 1, declared, failure };
}

/** What would not go is what the set has now: nothing is made anew in a set that was to be deleted. */
function undeleted(world: World, set: ScaleSet, plan: Extract<CapacityPlan, { kind: 'stuck' }>): ScaleSet {
  const { deleting: _given, forced: _too, ...rest } = set;
  return {
    ...rest,
    etag: set.etag + 1,
    declared: withCapacity(set, plan.left),
    settled: set.generation,
    settledAt: world.clock.now(),
    failure: plan.failure,
  };
}

function withCapacity({ declared }: ScaleSet, capacity: number): Declared {
  return { ...declared, sku: { ...declared.sku, capacity } };
}

function settled(world: World, set: ScaleSet, plan: Converge): ScaleSet {
  if (!plan.settled) return set;
  // A failure that is there already is this write's own: a subnet was full.
  const failure = plan.failure ?? set.failure;
  return {
    ...set,
    etag: set.etag + 1,
    settled: set.generation,
    settledAt: world.clock.now(),
    // What cannot go now is not waited for: taking a protection away later must not delete anything by itself.
    ...(plan.capacity === undefined ? {} : { declared: withCapacity(set, plan.capacity) }),
    ...(failure === undefined ? {} : { failure }),
  };
}

/** `unannounced`: its guest is not told beforehand, whatever its model says. */
async function givenUp(
  world: World,
  set: ScaleSet,
  instance: Instance,
  unannounced = false,
): Promise<Instance> {
  const leaving = toDelete(instance, set.operation, world.clock.now());
  if (unannounced) return leaving;
  const model = await requireModel(world.store, set.uid, instance.model);
  return withNotice(leaving, model, () => world.ids.guid());
}

async function upgraded(
  world: World,
  set: ScaleSet,
  behind: readonly Instance[],
  model: ModelVersion,
): Promise<{ readonly rows: readonly Instance[]; readonly held: readonly Change[] }> {
  const { resize, held } = await resizing(world, set, behind, model);
  const imageVersion = versionToLay(world.images, model.profile);
  const rows = behind.map(async (instance): Promise<Instance> => {
    const from = await requireModel(world.store, set.uid, instance.model);
    const asked = ask(withModelDisks(set.name, resize(instance), model), 'update', {
      operation: set.operation,
      now: world.clock.now(),
      graceful: true,
      model: set.model,
      effect: effectOn(instance, from, model),
      ...(imageVersion === undefined ? {} : { imageVersion }),
    });
    return undoable(instance, asked);
  });
  return { rows: await Promise.all(rows), held };
}

/**
 * Versions that no instance has or wants any more, and no upgrade leads to or may go back to: the set's when it settles, those that
 * machines had of their own at every look. Who makes a version writes the set's row, as this does: none goes that is just being given.
 */
async function unusedModels(
  world: World,
  set: ScaleSet,
  instances: readonly Instance[],
  { settled: hasSettled }: Converge,
): Promise<readonly Change[]> {
  if (!hasSettled && set.lastOwnModel === undefined) return [];
  const models = await world.store.models(set.uid);
  const used = new Set([
    set.model,
    ...modelsInUse((await world.store.rollingUpgrades(set.uid)).at(-1)),
    ...instances.flatMap((instance) => [instance.model, instance.wanted.model]),
  ]);
  const versions = models
    .map((model) => model.version)
    .filter((version) => !used.has(version) && (hasSettled || version < 0));
  return versions.length === 0 ? [] : [{ kind: 'removeModels', set: set.uid, versions }];
}
