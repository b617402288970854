// Rolling upgrade: one go at bringing a set's instances to a model version or an image version, batch by batch, and how far
// it has come. What must hold: of a set at most one is running; an upgrade that ended stays as it ended.

import type { OperationError, OperationErrorCode } from './failure.ts';
import { type Instance, isBehind, isMember } from './instance.ts';
import type { RollingPolicy } from './rolling-policy.ts';
import { type ScaleSet, upgradeMode } from './scale-set.ts';
import type { Time } from './time.ts';

/** Azure's words. */
export type UpgradeState = 'RollingForward' | 'Completed' | 'Cancelled' | 'Faulted';

/** `model`: after a write of the set; `os`: to the newest image; `extension`: of those that are behind in nothing else. */
export type UpgradeKind = 'model' | 'os' | 'extension';

export interface RollingUpgrade {
  /** `uid` of its set. */
  readonly set: string;
  /** Counts the upgrades of the set; the highest is the latest. */
  readonly number: number;
  readonly revision: number;
  readonly id: string;
  readonly kind: UpgradeKind;
  readonly startedBy: 'User' | 'Platform';
  /** On whose behalf instances are asked; it ends with the upgrade. */
  readonly operation: string;
  readonly policy: RollingPolicy;
  /** The model version that instances get. */
  readonly model: number;
  /** The exact version of the image that they get, where the upgrade is about that. */
  readonly image?: string;
  readonly state: UpgradeState;
  /** Cancel: no other batch begins. */
  readonly lastAction: 'Start' | 'Cancel';
  readonly lastActionTime: Time;
  /** Of an OS upgrade that did not reach all because a newer model came: it may begin again for the same image. */
  readonly overtaken?: true;
  readonly started: Time;
  readonly ended?: Time;
  /** The set's generation when it ended: a later write is not to be blamed for it. */
  readonly endedFor?: number;
  readonly error?: UpgradeError;
  /** The one in hand. */
  readonly batch?: Batch;
  /** The next batch begins no earlier. */
  readonly notBefore: Time;
  /** Until then it watches those that were upgraded. */
  readonly baking: boolean;
  /** Ids, in the order in which they were upgraded; of replaced ones, those of the new. */
  readonly succeeded: readonly number[];
  readonly failed: readonly number[];
  /** What became of the first that failed. */
  readonly impact?: string;
  /** How many are left, when it was last written. */
  readonly pending: number;
  /** By id: what each instance that was upgraded in its place was before. */
  readonly previous: Readonly<Record<string, Previous>>;
  readonly rollback?: Rollback;
  readonly rolledBack: readonly number[];
  readonly notRolledBack: readonly number[];
  /** The stop signal's mean before the first batch. */
  readonly baseline?: number;
}

export interface Batch {
  readonly ids: readonly number[];
  readonly begun: Time;
  /** Those that were not running: they are upgraded, and not waited for to be healthy. */
  readonly off: readonly number[];
  /** Those that are replaced instead, each with the id of its replacement. */
  readonly surge: readonly Replacement[];
  /** The first batch, of the canary alone. */
  readonly canary: boolean;
}

export interface Replacement {
  readonly old: number;
  readonly fresh: number;
}

export interface Previous {
  readonly model: number;
  readonly image?: string;
  /** It was not running, and is not to be when it goes back. */
  readonly off?: true;
}

/** What failed goes back, in parts no larger than a batch; then the upgrade ends as `error` says. */
export interface Rollback {
  readonly inHand: readonly number[];
  readonly left: readonly number[];
}

export interface UpgradeError {
  readonly code: OperationErrorCode;
  readonly message: string;
  readonly details?: readonly { readonly code: string; readonly message: string; readonly target: string }[];
}

export interface Beginning {
  readonly number: number;
  readonly id: string;
  readonly kind: UpgradeKind;
  readonly startedBy: RollingUpgrade['startedBy'];
  readonly operation: string;
  readonly policy: RollingPolicy;
  readonly image?: string;
}

export function newUpgrade(
  set: Pick<ScaleSet, 'uid' | 'model'>,
  now: Time,
  beginning: Beginning,
): RollingUpgrade {
  return {
    set: set.uid,
    revision: 0,
    ...beginning,
    model: set.model,
    state: 'RollingForward',
    lastAction: 'Start',
    lastActionTime: now,
    started: now,
    notBefore: now,
    baking: false,
    succeeded: [],
    failed: [],
    pending: 0,
    previous: {},
    rolledBack: [],
    notRolledBack: [],
  };
}

export function isRunning(
  upgrade: RollingUpgrade | undefined,
): upgrade is RollingUpgrade & { readonly state: 'RollingForward' } {
  return upgrade?.state === 'RollingForward';
}

/** Instances that a running upgrade is at work on: nobody else takes them up. */
export function inHand(upgrade: RollingUpgrade | undefined): ReadonlySet<number> {
  if (!isRunning(upgrade)) return new Set();
  const fresh = upgrade.batch?.surge.map((pair) => pair.fresh) ?? [];
  return new Set([...(upgrade.batch?.ids ?? []), ...fresh, ...(upgrade.rollback?.inHand ?? [])]);
}

/** Model versions that a running upgrade leads to, or may have to go back to. */
export function modelsInUse(upgrade: RollingUpgrade | undefined): readonly number[] {
  if (!isRunning(upgrade)) return [];
  return [upgrade.model, ...Object.values(upgrade.previous).map(({ model }) => model)];
}

/** Left alone by whatever is asked of the set as a whole. */
export function isProtected({ protection }: Instance): boolean {
  return protection?.protectFromScaleSetActions === true;
}

/** How the latest upgrade, and what is still to be begun, bears on the write that the set is at. */
export interface Standing {
  /** The set has not settled before it ended. */
  readonly open: boolean;
  readonly failure?: OperationError;
}

export function upgradeStanding(
  set: ScaleSet,
  instances: readonly Instance[],
  latest: RollingUpgrade | undefined,
): Standing {
  if (isRunning(latest) && latest.kind === 'model') return { open: true };
  const untried = upgradeMode(set) === 'Rolling' && latest?.model !== set.model;
  if (untried && instances.some((one) => isMember(one) && isBehind(one, set.model) && !isProtected(one))) {
    return { open: true };
  }
  const ours = latest?.kind === 'model' && latest.model === set.model && latest.endedFor === set.generation;
  const failure = ours ? upgradeFailure(latest) : undefined;
  return { open: false, ...(failure === undefined ? {} : { failure }) };
}

/** How the operation of an upgrade that ended without success fails: with the detail, where there is one. */
export function upgradeFailure({ state, error }: RollingUpgrade): OperationError | undefined {
  if (state === 'Completed' || error === undefined) return undefined;
  return state === 'Cancelled'
    ? { code: 'RollingUpgradeCanceled', message: CANCELED }
    : { code: error.code, message: error.message };
}

export const CANCELED = 'Rolling Upgrade failed as upgrade was canceled while it was in progress.';

/** So many upgrades of each sort are kept of a set: those of the OS are its history. */
const KEPT = { os: 20, other: 5 };

/** Those that are forgotten when another begins. `upgrades`: oldest first. */
export function outdated(upgrades: readonly RollingUpgrade[]): readonly RollingUpgrade[] {
  const os = upgrades.filter(({ kind }) => kind === 'os');
  const other = upgrades.filter(({ kind }) => kind !== 'os');
  return [
    ...os.slice(0, Math.max(0, os.length - KEPT.os)),
    ...other.slice(0, Math.max(0, other.length - KEPT.other)),
  ];
}
