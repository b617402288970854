// Finding: one trouble, the instances that have it, why it matters, and the smallest action that would help.
// What must hold: instances with the same trouble are one finding, and no instance is named by two actions that would disturb it.

import type { Correlation } from './correlation.ts';

/**
 * `urgent`: requests are lost or capacity is missing now. `soon`: nothing is lost yet, but less is left than was asked for, or
 * nobody can tell. `later`: drift, which costs something at the next change.
 */
export type Severity = 'urgent' | 'soon' | 'later';

interface Rule {
  readonly severity: Severity;
  /** How a list of findings names it. */
  readonly title: string;
  /** Why it stands where it stands. */
  readonly why: string;
}

/** By severity, and within one causes before what follows from them: an instance is acted on for the first that it has. */
export const KINDS = {
  extensionFailed: {
    severity: 'urgent',
    title: 'extension failed',
    why: 'what the extension installs or starts is not there',
  },
  provisioningFailed: {
    severity: 'urgent',
    title: 'provisioning failed',
    why: 'they did not become what the model asks for',
  },
  unhealthy: {
    severity: 'urgent',
    title: 'unhealthy',
    why: 'they run and answer wrongly or not at all',
  },
  outOfBalancer: {
    severity: 'urgent',
    title: 'out of the balancer',
    why: 'they run and get no requests: the others carry their share',
  },
  setFailed: {
    severity: 'urgent',
    title: 'the set itself failed',
    why: 'the last change of the set did not come to its end',
  },
  capacityShort: {
    severity: 'urgent',
    title: 'capacity short',
    why: 'there are fewer instances than were asked for',
  },
  stuck: {
    severity: 'soon',
    title: 'stuck',
    why: 'a verb has been in hand for longer than it may take, and no other is accepted meanwhile',
  },
  healthUnknown: {
    severity: 'soon',
    title: 'health unknown',
    why: 'upgrades and repairs count them as unhealthy',
  },
  agentNotReady: {
    severity: 'soon',
    title: 'agent not ready',
    why: 'extensions and run commands do not reach them',
  },
  heartbeatStale: {
    severity: 'soon',
    title: 'heartbeat stale',
    why: 'the application has not been heard of while the others have',
  },
  heartbeatMissing: {
    severity: 'soon',
    title: 'heartbeat missing',
    why: 'they run, and the application’s data does not have them',
  },
  heartbeatOutlier: {
    severity: 'soon',
    title: 'outlier',
    why: 'they differ from the rest by more than chance explains, which an average does not show',
  },
  stopped: {
    severity: 'soon',
    title: 'stopped',
    why: 'they are counted as capacity and serve nothing',
  },
  behind: {
    severity: 'later',
    title: 'behind the model',
    why: 'they differ from what the set would make today',
  },
  protectedBehind: {
    severity: 'later',
    title: 'protected and behind',
    why: 'no upgrade of the set reaches them',
  },
  surplus: {
    severity: 'later',
    title: 'beyond the capacity',
    why: 'there are more instances than were asked for',
  },
  noHealthSource: {
    severity: 'later',
    title: 'no source of health',
    why: 'nothing tells whether an instance that runs also serves',
  },
} as const satisfies Readonly<Record<string, Rule>>;

export type FindingKind = keyof typeof KINDS;

/** `none`: what helps is to wait, or is no verb of this tool. */
export type ActionVerb =
  | 'restart'
  | 'reimage'
  | 'redeploy'
  | 'update'
  | 'start'
  | 'protect'
  | 'inspect'
  | 'none';

export interface Action {
  readonly verb: ActionVerb;
  /** Every one of them, in the order of the inventory. Never all instances of the set. */
  readonly ids: readonly string[];
  readonly reason: string;
  /** `muster reimage 4 9 12`; empty where the verb is `none`. */
  readonly command: string;
}

export interface Finding {
  readonly kind: FindingKind;
  readonly severity: Severity;
  /** Empty where it is about the set. */
  readonly ids: readonly string[];
  /** What it says, with numbers. */
  readonly sentence: string;
  /** What these have in common, where that was asked. */
  readonly correlation?: Correlation;
  /** In the order in which they are to be taken. */
  readonly actions: readonly Action[];
}

export const KIND_ORDER = Object.keys(KINDS) as readonly FindingKind[];

export function severityOf(kind: FindingKind): Severity {
  return KINDS[kind].severity;
}
