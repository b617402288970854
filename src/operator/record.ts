// Record: how far an action is, as its entries say. Applying an entry is pure; the same entries give the same record.

import type { ActionPlan, Stage, Step } from './action-plan.ts';
import type { Sealed } from './evidence.ts';
import type { Flags } from './guard.ts';
import type { Entry, OperationProblem, Outcome } from './record-entry.ts';
import type { Sighting } from './sighting.ts';

type Of<K extends Entry['kind']> = Extract<Sealed, { kind: K }>;

/** `doubtful`: it was about to be sent, and no answer is on record. */
export interface StepProgress {
  readonly state: 'doubtful' | 'accepted' | 'over';
  readonly sentAt: string;
  readonly correlationId: string;
  readonly status?: number;
  readonly follow?: Readonly<Record<string, string>>;
  /** When it was over. */
  readonly overAt?: string;
  readonly problem?: OperationProblem;
  readonly output?: Of<'output'>;
}

export interface ActionRecord {
  readonly intent?: Of<'intent'>;
  readonly plan?: ActionPlan;
  readonly flags: Flags;
  readonly before?: Sighting;
  readonly after?: Sighting;
  readonly steps: Readonly<Record<string, StepProgress>>;
  /** By the stage's name. */
  readonly verdicts: Readonly<Record<string, Of<'verified'>>>;
  readonly resumedAt?: string;
  /** Commands are run by version 1: version 2 was refused. */
  readonly isPlain?: boolean;
  readonly done?: { readonly outcome: Outcome; readonly summary: string };
  readonly last?: Sealed;
}

const EMPTY: ActionRecord = { flags: {}, steps: {}, verdicts: {} };

export function recordOf(entries: readonly Sealed[]): ActionRecord {
  let record = EMPTY;
  for (const entry of entries) record = applied(record, entry);
  return record;
}

export function applied(before: ActionRecord, entry: Sealed): ActionRecord {
  const record = { ...before, last: entry };
  switch (entry.kind) {
    case 'intent':
      return { ...record, intent: entry };
    case 'plan':
      return { ...record, plan: entry.plan, flags: entry.flags };
    case 'sighting':
      return { ...record, [entry.when]: entry.sighting };
    case 'verified':
      return { ...record, verdicts: { ...record.verdicts, [entry.stage]: entry } };
    case 'resumed':
      return { ...record, resumedAt: entry.at, flags: withFlags(record.flags, entry.flags) };
    case 'done':
      return { ...record, done: { outcome: entry.outcome, summary: entry.summary } };
    case 'interrupted':
    case 'cleared':
    case 'request':
      return record;
    default: {
      const isPlain = entry.kind === 'answered' && entry.instead !== undefined;
      return { ...record, ...(isPlain ? { isPlain } : {}), steps: stepsAfter(record.steps, entry) };
    }
  }
}

/** Those given later are added; one that is off takes nothing back. */
export function withFlags(flags: Flags, more: Flags = {}): Flags {
  return { ...flags, ...Object.fromEntries(Object.entries(more).filter(([, value]) => value !== false)) };
}

type StepEntry = Of<'sending' | 'answered' | 'traced' | 'skipped' | 'ended' | 'output'>;

function stepsAfter(steps: ActionRecord['steps'], entry: StepEntry): ActionRecord['steps'] {
  const { [entry.step]: step, ...others } = steps;
  const next = progressed(step, entry);
  return next === undefined ? others : { ...others, [entry.step]: next };
}

/** Undefined: it is known not to have been sent. */
function progressed(before: StepProgress | undefined, entry: StepEntry): StepProgress | undefined {
  const step = before ?? { state: 'doubtful', sentAt: entry.at, correlationId: '' };
  switch (entry.kind) {
    case 'sending':
      return { state: 'doubtful', sentAt: entry.at, correlationId: entry.correlationId };
    case 'answered': {
      const { status, follow, error, instead } = entry;
      if (instead !== undefined) return undefined;
      const heard = { ...step, status, follow };
      if (error === undefined) return { ...heard, state: 'accepted' };
      return { ...heard, state: 'over', overAt: entry.at, problem: error };
    }
    case 'traced':
      // What became of it is not said there; the instances will show.
      return entry.found ? { ...step, state: 'over', overAt: entry.at } : undefined;
    case 'skipped':
      return { ...step, state: 'over', overAt: entry.at };
    case 'ended': {
      const problem = entry.error ?? {
        code: entry.status,
        message: `The operation ended as ${entry.status}.`,
      };
      const over = { ...step, state: 'over' as const, overAt: entry.at };
      return entry.status === 'Succeeded' ? over : { ...over, problem };
    }
    case 'output':
      return { ...step, output: entry };
  }
}

export function progressOf(record: ActionRecord, step: Step): StepProgress | undefined {
  return record.steps[step.key];
}

/** The stage in hand: the first without a verdict. */
export function currentStage({ plan, verdicts }: ActionRecord): Stage | undefined {
  return plan?.stages.find(({ name }) => verdicts[name] === undefined);
}

/** Ids that a request was not sent for yet, or not for certain. */
export function untouchedYet(record: ActionRecord): readonly string[] {
  const steps = record.plan?.stages.flatMap((stage) => stage.steps) ?? [];
  return [...new Set(steps.filter((step) => record.steps[step.key] === undefined).map(({ id }) => id))];
}
