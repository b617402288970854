// Rolling verdict: whether an instance of the batch in hand has come up as it should, and when an upgrade stops. Pure.
// Sources: azure-fleet (five minutes to become healthy), azure-wire section 6 (the codes and sentences); what comes of
// tags is Muster's own.

import type { OperationErrorCode } from './failure.ts';
import { type Instance, type MemberId, memberId, nameOf } from './instance.ts';
import { isOut } from './rolling-batch.ts';
import { CANCELED, type UpgradeError } from './rolling-upgrade.ts';
import { MINUTE, SECOND, type Time } from './time.ts';

export type Verdict =
  | { readonly is: 'good' }
  /** Why, in the words of Azure's message. */
  | { readonly is: 'bad'; readonly why: string }
  /** It was deleted meanwhile. */
  | { readonly is: 'gone' }
  /** `until`: when time alone decides. */
  | { readonly is: 'waiting'; readonly until?: Time };

export interface Standard {
  readonly model: number;
  readonly now: Time;
  /** A round of probes, in milliseconds; undefined when nothing tells the health of the instances. */
  readonly round: number | undefined;
  /** How long an instance may take to become healthy after its verb has ended, in milliseconds. */
  readonly patience: number;
  /** Whether a balancer that it stands behind is still to find it well: then it does not serve yet. */
  readonly isAwaited: (instance: Instance) => boolean;
  /** When somebody began to look: time in which no plane ran counts neither against an instance nor for it. */
  readonly watched: Time;
}

/** A balancer finds an instance well without a word: as often is looked. */
const BALANCER_LOOK = SECOND;
/** Azure's limit. */
export const PATIENCE = 5 * MINUTE;
export const UNHEALTHY = 'Instance found to be unhealthy or unreachable.';

/** `off`: it was not running when its turn came. */
export function verdict(instance: Instance | undefined, off: boolean, standard: Standard): Verdict {
  if (instance === undefined || !instance.wanted.exists) return { is: 'gone' };
  if (instance.task !== undefined) return { is: 'waiting' };
  if (instance.failure !== undefined) return { is: 'bad', why: instance.failure.message };
  if (instance.model < standard.model) return { is: 'bad', why: 'The instance did not get the model.' };
  if (off) return { is: 'good' };
  const found = served(instance, standard);
  return found.is === 'good' ? carried(instance, standard) : found;
}

/** Ours: the next batch does not leave before this one carries connections. A probe that never answers keeps nobody up for good. */
function carried(instance: Instance, { now, patience, watched, isAwaited }: Standard): Verdict {
  const end = Math.max(instance.settledAt ?? instance.created, watched) + patience;
  if (now >= end || !isAwaited(instance)) return { is: 'good' };
  return { is: 'waiting', until: Math.min(end, now + BALANCER_LOOK) };
}

function served(instance: Instance, { now, round, patience, watched }: Standard): Verdict {
  const settled = instance.settledAt ?? instance.created;
  const up = instance.observed.power === 'running' && instance.observed.ready;
  if (up && round === undefined) return { is: 'good' };
  const asked = Math.max(settled, watched);
  const proved = asked + (round ?? 0);
  if (up && instance.health?.state === 'healthy') {
    // A state from before the verb ended, or that an earlier plane saw, says something only when it was asked for again.
    return instance.health.since >= asked || now >= proved
      ? { is: 'good' }
      : { is: 'waiting', until: proved };
  }
  const end = asked + patience;
  return now < end ? { is: 'waiting', until: end } : { is: 'bad', why: UNHEALTHY };
}

type UpgradeCode = Extract<OperationErrorCode, `${string}RollingUpgrade`>;

function exceeded(code: UpgradeCode, message: string): UpgradeError {
  return { code, message };
}

const wholePercent = (part: number, all: number): number => (all === 0 ? 0 : Math.floor((part * 100) / all));

/** Before a batch: too many of all members are unhealthy. `begun`: a batch was before it. */
export function tooManyUnhealthy(
  members: readonly Instance[],
  most: number,
  begun: boolean,
): UpgradeError | undefined {
  const out = members.filter(isOut);
  if (out.length * 100 <= most * members.length) return undefined;
  const percent = wholePercent(out.length, members.length);
  const impact = out[0]?.failure?.message ?? UNHEALTHY;
  return begun
    ? exceeded(
        'MaxUnhealthyInstancePercentExceededInRollingUpgrade',
        `Rolling Upgrade failed after exceeding the MaxUnhealthyInstancePercent value defined in the RollingUpgradePolicy. ${percent}% of instances are in an unhealthy state after being upgraded - more than the threshold of ${most}%. The most impactful error is: ${impact}. First failed instance ID is: ${out[0] && memberId(out[0])}.`,
      )
    : exceeded(
        'MaxUnhealthyInstancePercentExceededBeforeRollingUpgrade',
        `Rolling Upgrade failed due to exceeding the MaxUnhealthyInstancePercent value (defined in the RollingUpgradePolicy) before any batch was attempted. ${percent}% of instances are in an unhealthy state, more than the threshold of ${most}% configured in the RollingUpgradePolicy. The most impactful error is: ${impact}`,
      );
}

export interface Upgraded {
  readonly count: number;
  /** Those of them that failed or are unhealthy now, and what clients call the first. */
  readonly unhealthy: number;
  readonly first: MemberId;
  readonly impact: string;
}

/** After a batch: too many of those upgraded so far. */
export function tooManyFailed(
  { count, unhealthy, first, impact }: Upgraded,
  most: number,
): UpgradeError | undefined {
  if (unhealthy * 100 <= most * count) return undefined;
  return exceeded(
    'MaxUnhealthyUpgradedInstancePercentExceededInRollingUpgrade',
    `Rolling Upgrade failed after exceeding the MaxUnhealthyUpgradedInstancePercent value defined in the RollingUpgradePolicy. ${wholePercent(unhealthy, count)}% of instances are in an unhealthy state after being upgraded - more than the threshold of ${most}%. The most impactful error is: ${impact}. First failed instance ID is: ${first}.`,
  );
}

export function signalWorsened(name: string, upgraded: number, compared: number): UpgradeError {
  return exceeded(
    'StopSignalWorsenedInRollingUpgrade',
    `The health signal '${name}' has worsened: its mean is ${shown(upgraded)} where it was upgraded, ${shown(compared)} otherwise.`,
  );
}

export function unhealthyWhileBaking(setName: string, instance: Instance): UpgradeError {
  return exceeded(
    'UnhealthyInBakeTimeOfRollingUpgrade',
    `${nameOf(setName, instance)} was upgraded and became unhealthy in the bake time that followed.`,
  );
}

function shown(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** As recorded; `first`: the instance that it names. */
export function canceled(setName: string, first: MemberId | undefined): UpgradeError {
  return {
    code: 'RollingUpgradeInternalError',
    message: 'An internal error occured while executing the rolling upgrade.',
    ...(first === undefined
      ? {}
      : {
          details: [
            {
              code: 'RollingUpgradeCanceled',
              message: CANCELED,
              target: `${setName}/virtualMachines/${first}`,
            },
          ],
        }),
  };
}
