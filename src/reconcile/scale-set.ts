// Scale set reconciler: reads a set and its instances, asks `planCapacity`, and commits the plan at once; the instances'
// own loop does the rest. Everything that it makes or removes has a line in the activity log that says why.

import { versionToLay } from '../app/ports/image-versions.ts';
import { requireModel } from '../app/ports/require-model.ts';
import { type Change, put, remove } from '../app/ports/store.ts';
import { type CapacityPlan, type Converge, planCapacity } from '../domain/capacity.ts';
import { type Instance, isMember } from '../domain/instance.ts';
import { upgradeEffect, withModelDisks } from '../domain/model.ts';
import { losers } from '../domain/operation-outcome.ts';
import { newInstance } from '../domain/new-instance.ts';
import { pickSurplus } from '../domain/overprovision.ts';
import { placer } from '../domain/placement.ts';
import { forceDeletion } from '../domain/scale-in.ts';
import { modelsInUse, upgradeStanding } from '../domain/rolling-upgrade.ts';
import type { Declared, ModelVersion, ScaleSet } from '../domain/scale-set.ts';
import type { Time } from '../domain/time.ts';
import { withNotice } from '../domain/terminate-notice.ts';
import { ask, toDelete, undoable } from '../domain/verb.ts';
import { deletionEntries, fleetEntries } from './fleet-entries.ts';
import { promoted } from './promoted.ts';
import type { World } from './world.ts';

/** Rows in one commit at the most, so that a large set does not hold up other requests. */
const BATCH = 200;

/** The key is the set's uid. Conflicts throw: the loop looks again. */
export async function lookAtScaleSet(world: World, uid: string): Promise<Time | undefined> {
  const set = await world.store.scaleSetByUid(uid);
  if (set === undefined) return undefined;
  const instances = await world.store.instances(uid);
  const latest = (await world.store.rollingUpgrades(uid)).at(-1);
  const plan = planCapacity(set, instances, upgradeStanding(set, instances, latest));
  const changes = await changesOf(world, set, instances, plan);
  if (changes.length > 0) await world.store.commit(changes);
  return undefined;
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
  const upgrades = await Promise.all(
    plan.upgrade.slice(0, BATCH).map((instance) => upgraded(world, set, instance, model)),
  );
  const gone = await Promise.all(
    removals.map(({ instance, why }) =>
      givenUp(world, set, instance, why === 'scaleIn' && forceDeletion(set.declared)),
    ),
  );
  const promotions = await Promise.all(plan.promote.map((instance) => promoted(world, set, instance)));
  const born = births(world, set, instances, model, plan);
  const grown = born.length === 0 ? set : withBorn(set, born);
  const next = settled(world, grown, plan);
  const changes: readonly Change[] = [
    ...born.map((instance) => put('instance', instance)),
    ...promotions.map((instance) => put('instance', instance)),
    ...gone.map((instance) => put('instance', instance)),
    ...upgrades.map((instance) => put('instance', instance)),
    ...(plan.settled ? await unusedModels(world, set, instances) : []),
    ...fleetEntries(world, set, { born, removals, upgrades, promoted: plan.promote }),
  ];
  // With any of them the set's row is written too, so that a plan made for an older declaration is refused.
  return changes.length === 0 && next === set ? [] : [put('scaleSet', next), ...changes];
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

/** Members in batches; the surplus comes with the last one. */
function births(
  world: World,
  set: ScaleSet,
  instances: readonly Instance[],
  model: ModelVersion,
  plan: Converge,
): readonly Instance[] {
  const members = Math.min(plan.create.members, BATCH);
  const surplus = members === plan.create.members ? plan.create.surplus : 0;
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
      ...(imageVersion === undefined ? {} : { imageVersion }),
      ...(repair === undefined ? {} : { repair }),
    });
  };
  // Members get their places first: they stay spread evenly when the surplus goes.
  const indexes = Array.from({ length: total }, (_, index) => index);
  const ordered = [...indexes.filter((index) => !picked.has(index)), ...picked];
  return ordered.map(make).toSorted((a, b) => a.id - b.id);
}

/** The ids are used up, and so are the repairs whose replacements are among the new ones. */
function withBorn(set: ScaleSet, born: readonly Instance[]): ScaleSet {
  const nextInstanceId = set.nextInstanceId + born.length;
  const paid = born.filter((instance) => instance.repair !== undefined).length;
  if (set.repairs === undefined || paid === 0) return { ...set, nextInstanceId };
  return { ...set, nextInstanceId, repairs: { ...set.repairs, owed: set.repairs.owed.slice(paid) } };
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
  const { failure: _old, ...rest } = set;
  return {
    ...rest,
    etag: set.etag + 1,
    settled: set.generation,
    settledAt: world.clock.now(),
    // What cannot go now is not waited for: taking a protection away later must not delete anything by itself.
    ...(plan.capacity === undefined ? {} : { declared: withCapacity(set, plan.capacity) }),
    ...(plan.failure === undefined ? {} : { failure: plan.failure }),
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
  instance: Instance,
  model: ModelVersion,
): Promise<Instance> {
  const from = await requireModel(world.store, set.uid, instance.model);
  const imageVersion = versionToLay(world.images, model.profile);
  const asked = ask(withModelDisks(set.name, instance, model), 'update', {
    operation: set.operation,
    now: world.clock.now(),
    graceful: true,
    model: set.model,
    effect: upgradeEffect(from, model),
    ...(imageVersion === undefined ? {} : { imageVersion }),
  });
  return undoable(instance, asked);
}

/** Versions that no instance has or wants any more, and no upgrade leads to or may go back to. */
async function unusedModels(
  world: World,
  set: ScaleSet,
  instances: readonly Instance[],
): Promise<readonly Change[]> {
  const models = await world.store.models(set.uid);
  const used = new Set([
    set.model,
    ...modelsInUse((await world.store.rollingUpgrades(set.uid)).at(-1)),
    ...instances.flatMap((instance) => [instance.model, instance.wanted.model]),
  ]);
  const versions = models.map((model) => model.version).filter((version) => !used.has(version));
  return versions.length === 0 ? [] : [{ kind: 'removeModels', set: set.uid, versions }];
}
