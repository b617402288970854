// Action plan: what will be done to which instances, in which order, and what it does to the capacity that serves. A value:
// it is shown, recorded and carried out as it stands.
// What must hold: an action comes to an instance once, a repair to its one instance rung by rung; what is not touched is
// listed, with the reason.

import type { Outage } from './outage.ts';
import type { Protection, Place } from './requests.ts';
import type { Verb } from './verbs.ts';

export type Deed = Verb | 'diagnose' | 'capacity';

export interface Step {
  /** Names it within the plan: `restart 3`. */
  readonly key: string;
  readonly deed: Deed;
  /** The instance; for `capacity` the one whose place is to be filled. */
  readonly id: string;
}

export interface Stage {
  /** `canary`, `batch 2`, `restart`, … */
  readonly name: string;
  /** Done at the same time. */
  readonly steps: readonly Step[];
  /**
   * `must`: the plan goes on when it is verified, else it stops. `heals`: the plan is done when it is verified, else it goes on.
   * `none`: nothing is verified.
   */
  readonly gate: 'must' | 'heals' | 'none';
}

export interface ServingForecast {
  readonly all: number;
  readonly before: number;
  /** The fewest at any time, if everything goes as planned. */
  readonly during: number;
  readonly after: number;
  readonly floor: number;
}

export interface ActionPlan {
  readonly place: Place;
  readonly verb: Verb | 'repair';
  readonly stages: readonly Stage[];
  readonly touched: readonly string[];
  readonly untouched: readonly { readonly id: string; readonly why: string }[];
  readonly serving: ServingForecast;
  readonly radius: {
    /** So many at once may be unavailable by this plan. */
    readonly limit: number;
    /** A twentieth of the set, at least one: what is allowed without being asked for. */
    readonly usual: number;
    /** So many are at once, at most. */
    readonly peak: number;
    /** What earlier actions took out and is out still, where there is any. */
    readonly standing?: readonly Outage[];
    /** So many are out at once with those, at most. */
    readonly together?: number;
  };
  /** What a person is asked before it begins: nothing, yes or no, or the set's name. */
  readonly confirmation: 'none' | 'question' | 'name';
  /** `sku.capacity` when it was planned. */
  readonly capacity: number;
  readonly protection?: Protection;
  readonly run?: { readonly script: string; readonly timeoutSeconds: number };
  /** How long a stage may take to come true after ARM has said that it is done. */
  readonly verifySeconds: number;
  /** What a person should know besides. */
  readonly notes: readonly string[];
}

export function stepOf(deed: Deed, id: string): Step {
  return { key: `${deed} ${id}`, deed, id };
}

/** The first alone, as a canary; then batches of that size. */
export function stagesOf(verb: Verb, ids: readonly string[], batch: number): readonly Stage[] {
  const stages: Stage[] = [];
  for (let at = 0; at < ids.length; at += at === 0 ? 1 : batch) {
    const part = ids.slice(at, at === 0 ? 1 : at + batch);
    stages.push({
      name: at === 0 ? 'canary' : `batch ${stages.length + 1}`,
      steps: part.map((id) => stepOf(verb, id)),
      gate: 'must',
    });
  }
  return stages;
}
