// Verbs: what an operator may do to an instance, and what each does to the instance's serving, as one table.

import type { OrchestrationMode } from './inventory.ts';

export type Verb =
  | 'restart'
  | 'start'
  | 'stop'
  | 'deallocate'
  | 'reimage'
  | 'redeploy'
  | 'update'
  | 'delete'
  | 'protect'
  | 'unprotect'
  | 'run';

export interface VerbFacts {
  /** `never`: the instance goes on serving. `meanwhile`: not until it is done. `afterwards`: not after it is done either. */
  readonly outage: 'never' | 'meanwhile' | 'afterwards';
  /** What it leaves the instance as; `asBefore`: powered as it was. */
  readonly leaves: 'running' | 'stopped' | 'deallocated' | 'gone' | 'asBefore';
  /**
   * The modes in which ARM is known to take it. Instances of a Flexible set have no resource below the set (azure-wire 3), so
   * what is written there, or asked of the set by number, is for Uniform sets.
   */
  readonly modes: readonly OrchestrationMode[];
  /** It is about the protection itself, so neither protection nor a stateful tag stands in its way. */
  readonly mindsProtection: boolean;
  /** `3 instances were restarted`. */
  readonly past: string;
}

const BOTH: readonly OrchestrationMode[] = ['Uniform', 'Flexible'];
const UNIFORM: readonly OrchestrationMode[] = ['Uniform'];

export const VERBS: Readonly<Record<Verb, VerbFacts>> = {
  restart: { outage: 'meanwhile', leaves: 'running', modes: BOTH, mindsProtection: true, past: 'restarted' },
  start: { outage: 'never', leaves: 'running', modes: BOTH, mindsProtection: true, past: 'started' },
  stop: { outage: 'afterwards', leaves: 'stopped', modes: BOTH, mindsProtection: true, past: 'stopped' },
  deallocate: {
    outage: 'afterwards',
    leaves: 'deallocated',
    modes: BOTH,
    mindsProtection: true,
    past: 'deallocated',
  },
  reimage: { outage: 'meanwhile', leaves: 'asBefore', modes: BOTH, mindsProtection: true, past: 'reimaged' },
  redeploy: {
    outage: 'meanwhile',
    leaves: 'running',
    modes: BOTH,
    mindsProtection: true,
    past: 'redeployed',
  },
  update: { outage: 'meanwhile', leaves: 'asBefore', modes: UNIFORM, mindsProtection: true, past: 'updated' },
  delete: { outage: 'afterwards', leaves: 'gone', modes: BOTH, mindsProtection: true, past: 'deleted' },
  protect: { outage: 'never', leaves: 'asBefore', modes: UNIFORM, mindsProtection: false, past: 'protected' },
  unprotect: {
    outage: 'never',
    leaves: 'asBefore',
    modes: UNIFORM,
    mindsProtection: false,
    past: 'released from protection',
  },
  run: { outage: 'never', leaves: 'asBefore', modes: BOTH, mindsProtection: true, past: 'asked to run it' },
};
