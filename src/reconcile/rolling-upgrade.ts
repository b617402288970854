// Rolling upgrade reconciler: reads a set, its instances and its upgrades, asks whether one begins or what the one that runs
// does now, and commits the plan at once: the upgrade's row, the set's, the instances and the log's lines. The set's row is
// always among it, so that a plan made before somebody changed the declaration is refused.

import { versionToLay } from '../app/ports/image-versions.ts';
import { requireModel } from '../app/ports/require-model.ts';
import { resizing } from '../app/ports/size-room.ts';
import { type Change, put, remove } from '../app/ports/store.ts';
import { operationEntry } from '../domain/activity-entry.ts';
import { PLANE } from '../domain/activity.ts';
import { handleOf } from '../domain/guest.ts';
import type { Instance } from '../domain/instance.ts';
import type { Operation } from '../domain/operation.ts';
import { setPath } from '../domain/resource-path.ts';
import { planRollingUpgrade } from '../domain/rolling-plan.ts';
import {
  automaticOsPolicy,
  automaticOsUpgrade,
  type RollingPolicy,
  rollingPolicy,
} from '../domain/rolling-policy.ts';
import type { Metrics } from '../domain/rolling-signal.ts';
import {
  effectsTo,
  shouldStartModelUpgrade,
  shouldStartOsUpgrade,
  toBeMarked,
} from '../domain/rolling-start.ts';
import { inHand, isRunning, newUpgrade, outdated, type RollingUpgrade } from '../domain/rolling-upgrade.ts';
import { type ScaleSet, upgradeMode } from '../domain/scale-set.ts';
import type { Time } from '../domain/time.ts';
import { roundOf } from './health-probe.ts';
import { carriedOut, dropped, marked } from './rolling-deeds.ts';
import { surgeRoom } from './surge-room.ts';
import type { World } from './world.ts';

const SETS = 'Microsoft.Compute/virtualMachineScaleSets';

/** What a guest said last beside its health, by its handle. */
export type MetricsOf = (handle: string) => Metrics | undefined;

/** What to look with: the key is the set's uid. Conflicts throw: the loop looks again. */
export function watchUpgrades(
  metricsOf: MetricsOf,
  since: () => Time,
): (world: World, uid: string) => Promise<Time | undefined> {
  return (world, uid) => look(world, { metricsOf, since }, uid);
}

/** What is known only to the plane that runs. */
interface Watch {
  readonly metricsOf: MetricsOf;
  /** Since when it looks without a gap: it may have slept. */
  readonly since: () => Time;
}

async function look(world: World, watch: Watch, uid: string): Promise<Time | undefined> {
  const set = await world.store.scaleSetByUid(uid);
  if (set === undefined) return undefined;
  const upgrades = await world.store.rollingUpgrades(uid);
  const latest = upgrades.at(-1);
  const instances = await world.store.instances(uid);
  if (isRunning(latest)) return proceed(world, set, instances, latest, watch);
  const changes = await beginning(world, set, instances, upgrades);
  if (changes.length > 0) await world.store.commit([put('scaleSet', set), ...changes]);
  return undefined;
}

async function proceed(
  world: World,
  set: ScaleSet,
  instances: readonly Instance[],
  upgrade: RollingUpgrade,
  { metricsOf, since }: Watch,
): Promise<Time | undefined> {
  const models = await world.store.models(set.uid);
  const target = await requireModel(world.store, set.uid, upgrade.model);
  const effectOf = effectsTo(upgrade, models);
  const mayBegin = upgrade.policy.surge && upgrade.batch === undefined;
  const surge = mayBegin ? await surgeRoom(world, set, target, models) : undefined;
  const plan = planRollingUpgrade(upgrade, {
    set,
    instances,
    now: world.clock.now(),
    effectOf,
    round: await roundOf(world, target),
    metricsOf: (instance) => metricsOf(handleOf(instance)),
    isAwaited: (instance) => world.balancer.isAwaited(handleOf(instance)),
    watched: since(),
    ...(surge === undefined ? {} : { room: surge.room }),
  });
  const changes = await carriedOut(world, { set, plan, target, models, effectOf });
  if (plan.upgrade === upgrade && changes.length === 0) return plan.due;
  await world.store.commit([
    put('rollingUpgrade', plan.upgrade),
    put('scaleSet', setAfter(set, plan.upgrade, plan.surge.length)),
    ...(plan.surge.length > 0 ? (surge?.held ?? []) : []),
    ...changes,
  ]);
  return plan.due;
}

/** With the ids that are used up; and without the failure of an earlier upgrade when this one has reached the model after all. */
function setAfter(set: ScaleSet, upgrade: RollingUpgrade, born: number): ScaleSet {
  const { failure, ...rest } = set;
  const isMended =
    upgrade.state === 'Completed' && upgrade.model === set.model && failure?.code.includes('RollingUpgrade');
  return {
    ...(isMended ? { ...rest, etag: set.etag + 1 } : set),
    nextInstanceId: set.nextInstanceId + born,
  };
}

/** What begins by itself where no upgrade runs, and what an upgrade has left behind. */
async function beginning(
  world: World,
  set: ScaleSet,
  instances: readonly Instance[],
  upgrades: readonly RollingUpgrade[],
): Promise<readonly Change[]> {
  const latest = upgrades.at(-1);
  const strays = latest === undefined || set.deleting ? [] : strayReplacements(set, instances, latest);
  if (strays.length > 0) {
    return dropped(world, { set, models: await world.store.models(set.uid) }, strays);
  }
  if (upgradeMode(set) === 'Rolling' && latest?.model !== set.model) {
    const effectOf = effectsTo(set, await world.store.models(set.uid));
    if (shouldStartModelUpgrade(set, instances, latest, effectOf)) {
      return begun(world, set, upgrades, { kind: 'model', policy: rollingPolicy(set.declared) });
    }
    const marks = toBeMarked(set, instances, latest, effectOf);
    if (marks.length > 0) {
      const model = await requireModel(world.store, set.uid, set.model);
      const { resize } = await resizing(world, set, marks, model);
      return marked(world, set, marks.map(resize), set.model);
    }
  }
  if (!automaticOsUpgrade(set.declared)) return [];
  const { profile } = await requireModel(world.store, set.uid, set.model);
  const newest = versionToLay(world.images, profile);
  if (newest === undefined || !shouldStartOsUpgrade(set, instances, upgrades, newest)) return [];
  return begun(world, set, upgrades, { kind: 'os', policy: automaticOsPolicy(set.declared), image: newest });
}

/** Replacements that no upgrade waits for. One that would not go is asked again with a later write of the set. */
function strayReplacements(
  set: ScaleSet,
  instances: readonly Instance[],
  latest: RollingUpgrade,
): readonly Instance[] {
  const held = inHand(latest);
  const asked = new Set([set.operation, latest.operation]);
  return instances.filter(
    (one) =>
      one.surge === true &&
      one.wanted.exists &&
      one.task === undefined &&
      !held.has(one.id) &&
      !(one.failure !== undefined && one.lastVerb === 'delete' && asked.has(one.lastOperation ?? '')),
  );
}

interface Begun {
  readonly kind: 'model' | 'os';
  readonly policy: RollingPolicy;
  readonly image?: string;
}

function begun(
  world: World,
  set: ScaleSet,
  upgrades: readonly RollingUpgrade[],
  { kind, policy, image }: Begun,
): readonly Change[] {
  const now = world.clock.now();
  const number = (upgrades.at(-1)?.number ?? 0) + 1;
  const operation: Operation = {
    id: world.ids.guid(),
    revision: 0,
    awaits: { kind: 'rollingUpgrade', number, cancel: false },
    group: set.group,
    set: set.uid,
    setName: set.name,
    instances: [],
    failures: [],
    location: set.declared.location,
    name: `${SETS}/${kind === 'os' ? 'osRollingUpgrade' : 'rollingUpgrades/start'}/action`,
    resourceId: setPath(world.subscriptionId, set),
    caller: PLANE,
    correlationId: world.ids.guid(),
    started: now,
    status: 'InProgress',
  };
  const upgrade = newUpgrade(set, now, {
    number,
    id: world.ids.guid(),
    kind,
    // A model upgrade is what comes of somebody's write.
    startedBy: kind === 'os' ? 'Platform' : 'User',
    operation: operation.id,
    policy,
    ...(image === undefined ? {} : { image }),
  });
  const why =
    kind === 'os'
      ? `A rolling upgrade of ${set.name} to image version ${image} begins.`
      : `A rolling upgrade of ${set.name} to model version ${set.model} begins.`;
  const accepted = {
    ...operationEntry(operation, 'Accepted', world.ids.guid(), now),
    description: why,
  };
  return [
    put('rollingUpgrade', upgrade),
    put('operation', operation),
    { kind: 'append', activity: accepted },
    ...outdated([...upgrades, upgrade]).map((row) => remove('rollingUpgrade', row)),
  ];
}
