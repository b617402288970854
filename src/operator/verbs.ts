// Verbs: what an operator may do to an instance, and what each does to the instance's serving, as one table.

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
  /** It is about the protection itself, so neither protection nor a stateful tag stands in its way. */
  readonly mindsProtection: boolean;
  /** `3 instances were restarted`. */
  readonly past: string;
}

export const VERBS: Readonly<Record<Verb, VerbFacts>> = {
  restart: { outage: 'meanwhile', leaves: 'running', mindsProtection: true, past: 'restarted' },
  start: { outage: 'never', leaves: 'running', mindsProtection: true, past: 'started' },
  stop: { outage: 'afterwards', leaves: 'stopped', mindsProtection: true, past: 'stopped' },
  deallocate: {
    outage: 'afterwards',
    leaves: 'deallocated',

    mindsProtection: true,
    past: 'deallocated',
  },
  reimage: { outage: 'meanwhile', leaves: 'asBefore', mindsProtection: true, past: 'reimaged' },
  redeploy: {
    outage: 'meanwhile',
    leaves: 'running',

    mindsProtection: true,
    past: 'redeployed',
  },
  update: { outage: 'meanwhile', leaves: 'asBefore', mindsProtection: true, past: 'updated' },
  delete: { outage: 'afterwards', leaves: 'gone', mindsProtection: true, past: 'deleted' },
  protect: { outage: 'never', leaves: 'asBefore', mindsProtection: false, past: 'protected' },
  unprotect: {
    outage: 'never',
    leaves: 'asBefore',

    mindsProtection: false,
    past: 'released from protection',
  },
  run: { outage: 'never', leaves: 'asBefore', mindsProtection: true, past: 'asked to run it' },
};
