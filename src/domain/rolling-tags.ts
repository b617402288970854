// Rolling tags: what a set's tags add to its rolling upgrades that Azure does not have: a canary first, checkpoints with a
// time to bake, and a health signal that stops the upgrade when it worsens. What must hold: a tag that could not be
// followed is refused with the write that brings it.

import { parseDuration } from './duration.ts';
import { Failure } from './failure.ts';
import { MINUTE } from './time.ts';

type Tags = Readonly<Record<string, string>>;

export interface RollingTags {
  /** The first batch: so many instances, or that one. */
  readonly canary?: { readonly count: number } | { readonly id: number };
  /** Percentages of the instances to upgrade, ascending. */
  readonly checkpoints: readonly number[];
  /** How long it rests after the canary and at each checkpoint, in milliseconds. */
  readonly bake: number;
  readonly stopSignal?: StopSignal;
}

export interface StopSignal {
  /** Of a number among the custom metrics of the health answer. */
  readonly name: string;
  /** Worse by more than that many percent stops the upgrade. */
  readonly percent: number;
}

export const CANARY_TAG = 'muster:rollingUpgradeCanary';
export const CHECKPOINTS_TAG = 'muster:rollingUpgradeCheckpoints';
export const BAKE_TAG = 'muster:rollingUpgradeBakeTime';
export const SIGNAL_TAG = 'muster:rollingUpgradeStopSignal';
export const SIGNAL_PERCENT_TAG = 'muster:rollingUpgradeStopSignalPercent';

const MOST_BAKE = 48 * 60 * MINUTE;
const USUAL_WORSENING = 10;
const MOST_WORSENING = 10_000;

/** Of tags that have passed `checkRollingTags`. */
export function rollingTags(tags: Tags): RollingTags {
  const canary = canaryOf(tags[CANARY_TAG]);
  const name = tags[SIGNAL_TAG];
  const percent = Number(tags[SIGNAL_PERCENT_TAG] ?? USUAL_WORSENING);
  return {
    ...(canary === undefined ? {} : { canary }),
    checkpoints: checkpointsOf(tags[CHECKPOINTS_TAG]) ?? [],
    bake: parseDuration(tags[BAKE_TAG] ?? '') ?? 0,
    ...(name === undefined ? {} : { stopSignal: { name, percent } }),
  };
}

export function checkRollingTags(tags: Tags): void {
  const canary = tags[CANARY_TAG];
  if (canary !== undefined && canaryOf(canary) === undefined) {
    throw wrong(CANARY_TAG, canary, "a number of instances from 1 on, or an instance id as 'id:3'");
  }
  const checkpoints = tags[CHECKPOINTS_TAG];
  if (checkpoints !== undefined && checkpointsOf(checkpoints) === undefined) {
    throw wrong(CHECKPOINTS_TAG, checkpoints, "ascending percentages from 1 to 100, as '20,50'");
  }
  const bake = tags[BAKE_TAG];
  const time = bake === undefined ? undefined : parseDuration(bake);
  if (bake !== undefined && (time === undefined || time > MOST_BAKE)) {
    throw wrong(BAKE_TAG, bake, 'an ISO 8601 duration of at most two days');
  }
  if (checkpoints !== undefined && bake === undefined) {
    throw new Failure('invalidParameter', `The tag '${CHECKPOINTS_TAG}' needs the tag '${BAKE_TAG}'.`, {
      target: 'tags',
    });
  }
  checkSignal(tags);
}

function checkSignal(tags: Tags): void {
  const name = tags[SIGNAL_TAG];
  if (name !== undefined && !/^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/.test(name)) {
    throw wrong(SIGNAL_TAG, name, 'the name of a number among the custom metrics of the health answer');
  }
  const percent = tags[SIGNAL_PERCENT_TAG];
  if (percent === undefined) return;
  if (!/^\d{1,5}$/.test(percent) || Number(percent) > MOST_WORSENING) {
    throw wrong(SIGNAL_PERCENT_TAG, percent, `a whole number from 0 to ${MOST_WORSENING}`);
  }
  if (name === undefined) {
    throw new Failure('invalidParameter', `The tag '${SIGNAL_PERCENT_TAG}' needs the tag '${SIGNAL_TAG}'.`, {
      target: 'tags',
    });
  }
}

function canaryOf(text: string | undefined): RollingTags['canary'] {
  const [, id, count] = /^(?:id:(\d{1,9})|(\d{1,4}))$/.exec(text ?? '') ?? [];
  if (id !== undefined) return { id: Number(id) };
  return count === undefined || Number(count) === 0 ? undefined : { count: Number(count) };
}

function checkpointsOf(text: string | undefined): readonly number[] | undefined {
  if (text === undefined || !/^\d{1,3}( *, *\d{1,3})*$/.test(text)) return undefined;
  const all = text.split(',').map(Number);
  const ascend = all.every((percent, index) => percent > (all[index - 1] ?? 0) && percent <= 100);
  return ascend ? all : undefined;
}

function wrong(tag: string, value: string, must: string): Failure {
  return new Failure('invalidParameter', `The value '${value}' of the tag '${tag}' must be ${must}.`, {
    target: 'tags',
  });
}
