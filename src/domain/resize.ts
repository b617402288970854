// Resize: what another version of the model makes of an instance's size. Pure.
// What must hold: an instance keeps its size as long as the version that it is brought to has it, by itself or in its mix; a
// size that was drawn from a mix does not outlive it. Whatever gets another size restarts.

import type { Instance } from './instance.ts';
import { sizeOf, type UpgradeEffect, upgradeEffect } from './model.ts';
import type { ModelVersion } from './scale-set.ts';

type Sized = Pick<Instance, 'size'>;

/** Undefined: its size is not in that version's mix, and another is to be drawn. */
export function sizeUnder(instance: Sized, from: ModelVersion, to: ModelVersion): string | undefined {
  if (to.mix === undefined) return from.mix === undefined ? sizeOf(instance, to) : to.size;
  const has = sizeOf(instance, from).toLowerCase();
  return to.mix.vmSizes.find(({ name }) => name.toLowerCase() === has)?.name;
}

/** What an update asks of this instance, its size included. */
export function effectOn(instance: Sized, from: ModelVersion, to: ModelVersion): UpgradeEffect {
  const effect = upgradeEffect(from, to);
  if (effect === 'reimage') return effect;
  return sizeUnder(instance, from, to) === sizeOf(instance, from) ? effect : 'restart';
}

/**
 * The row as it is under that version.
 * @param drawn from the version's mix, for one that needs another size; undefined where none has room: then it keeps its own
 */
export function resized(
  instance: Instance,
  from: ModelVersion,
  to: ModelVersion,
  drawn: string | undefined,
): Instance {
  if (to.mix !== undefined) {
    return { ...instance, size: sizeUnder(instance, from, to) ?? drawn ?? sizeOf(instance, from) };
  }
  if (from.mix === undefined) return instance;
  const { size: _drawn, ...rest } = instance;
  return rest;
}
