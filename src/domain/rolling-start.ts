// Rolling start: when an upgrade begins without having been asked for, and what it asks of each instance. Pure.
// What must hold: none begins while one runs; of one that ended without success none follows for the same version by itself.

import { type Instance, isBehind, isMember } from './instance.ts';
import type { UpgradeEffect } from './model.ts';
import { effectOn } from './resize.ts';
import { hasImage, isOnlyMarked } from './rolling-candidates.ts';
import { automaticOsUpgrade } from './rolling-policy.ts';
import { isProtected, isRunning, type RollingUpgrade } from './rolling-upgrade.ts';
import { type ModelVersion, type ScaleSet, upgradeMode } from './scale-set.ts';

export type EffectOf = (instance: Instance) => UpgradeEffect;

export interface Target {
  /** The model version. */
  readonly model: number;
  /** The exact version of the image, where the upgrade is about that. */
  readonly image?: string | undefined;
}

/** What an update to the target asks of an instance. `models`: all versions that instances have, and the target. */
export function effectsTo(target: Target, models: readonly ModelVersion[]): EffectOf {
  const byVersion = new Map(models.map((model) => [model.version, model]));
  const known = new Map<string, UpgradeEffect>();
  const ofModel = (instance: Instance): UpgradeEffect => {
    const { model, size } = instance;
    const key = `${model} ${size ?? ''}`;
    const [from, to] = [byVersion.get(model), byVersion.get(target.model)];
    const effect =
      known.get(key) ?? (from === undefined || to === undefined ? 'reimage' : effectOn(instance, from, to));
    known.set(key, effect);
    return effect;
  };
  return (instance) =>
    target.image !== undefined && !hasImage(instance, target.image) ? 'reimage' : ofModel(instance);
}

/** Members that a new model version of a set whose upgrades are rolling is to reach, and no upgrade has tried to bring it to. */
function untried(
  set: ScaleSet,
  instances: readonly Instance[],
  latest: RollingUpgrade | undefined,
): readonly Instance[] {
  if (set.deleting || upgradeMode(set) !== 'Rolling' || isRunning(latest) || latest?.model === set.model)
    return [];
  return instances.filter((one) => isMember(one) && isBehind(one, set.model) && !isProtected(one));
}

/** Whether a model upgrade begins now. One that would touch no guest does not. */
export function shouldStartModelUpgrade(
  set: ScaleSet,
  instances: readonly Instance[],
  latest: RollingUpgrade | undefined,
  effectOf: EffectOf,
): boolean {
  return untried(set, instances, latest).some((one) => !isOnlyMarked(one, effectOf(one)));
}

/** Where no upgrade is needed: those that have the new model already, but for its number. */
export function toBeMarked(
  set: ScaleSet,
  instances: readonly Instance[],
  latest: RollingUpgrade | undefined,
  effectOf: EffectOf,
): readonly Instance[] {
  const behind = untried(set, instances, latest);
  if (behind.some((one) => !isOnlyMarked(one, effectOf(one)))) return [];
  return behind.filter(({ task }) => task === undefined);
}

/**
 * Whether the plane begins an OS upgrade by itself: a newer image is there, and none was begun for it by the plane before,
 * but for such as a newer model overtook.
 */
export function shouldStartOsUpgrade(
  set: ScaleSet,
  instances: readonly Instance[],
  upgrades: readonly RollingUpgrade[],
  newest: string | undefined,
): boolean {
  if (set.deleting || newest === undefined || !automaticOsUpgrade(set.declared)) return false;
  if (upgrades.some(isRunning)) return false;
  const tried = upgrades.some(
    ({ kind, startedBy, image, overtaken }) =>
      kind === 'os' && startedBy === 'Platform' && image === newest && overtaken !== true,
  );
  if (tried) return false;
  return instances.some((one) => isMember(one) && !isProtected(one) && one.imageVersion !== newest);
}
