// Rolling candidates: whom a rolling upgrade is still to reach. Pure. What must hold: never one that is protected from scale
// set actions, never one that has the target or a newer model already, and nobody twice.

import { type Instance, hasOwnProfile, isMember } from './instance.ts';
import type { UpgradeEffect } from './model.ts';
import { isSkipped, type Metrics } from './rolling-signal.ts';
import { isProtected, type RollingUpgrade } from './rolling-upgrade.ts';

export interface Fleet {
  readonly instances: readonly Instance[];
  /** What an instance must go through to get where the upgrade leads. */
  readonly effectOf: (instance: Instance) => UpgradeEffect;
  readonly metricsOf: (instance: Instance) => Metrics | undefined;
}

/** Members that are still to be upgraded, with a verb in hand or not. */
export function candidatesOf(
  upgrade: RollingUpgrade,
  { instances, effectOf, metricsOf }: Fleet,
): readonly Instance[] {
  const done = new Set([...upgrade.succeeded, ...upgrade.failed, ...(upgrade.batch?.ids ?? [])]);
  return instances.filter(
    (one) =>
      isMember(one) &&
      isBehind(upgrade, one) &&
      !isProtected(one) &&
      !wouldNotGo(upgrade, one) &&
      !done.has(one.id) &&
      (upgrade.kind !== 'extension' || isQuiet(effectOf(one))) &&
      !isSkipped(metricsOf(one)),
  );
}

/**
 * An OS upgrade brings the latest model as well, as every update does, and tries again what has failed. Who has a newer model
 * already is never brought back to an older one, and that one's image may be another.
 */
export function isBehind({ kind, model, image }: RollingUpgrade, instance: Instance): boolean {
  if (hasOwnProfile(instance) || instance.model > model) return false;
  const oldImage = kind === 'os' && image !== undefined && !hasImage(instance, image);
  return oldImage || instance.model < model;
}

/** Of one that failed nobody knows what is on its disk. */
export function hasImage({ imageVersion, failure }: Instance, image: string): boolean {
  return imageVersion === image && failure === undefined;
}

/** It was replaced, and is still there: replacing it again would not end. */
function wouldNotGo({ operation }: RollingUpgrade, one: Instance): boolean {
  return one.failure !== undefined && one.lastVerb === 'delete' && one.lastOperation === operation;
}

function isQuiet(effect: UpgradeEffect): boolean {
  return effect === 'none' || effect === 'extensions';
}

/** Whether an instance is at the target but for the number. What failed or was changed by hand is not. */
export function isOnlyMarked(instance: Instance, effect: UpgradeEffect): boolean {
  const failed = instance.extensions?.records.some(({ state }) => state === 'failed') === true;
  return effect === 'none' && !instance.ownModel && instance.failure === undefined && !failed;
}
