// Evidence events: one line for a reader of each entry of a record.

import type { Sealed } from './evidence.ts';
import type { Entry, EntryKind, OperationProblem } from './record-entry.ts';

export interface ReportEvent {
  readonly at: string;
  readonly text: string;
  readonly tone: 'plain' | 'good' | 'bad';
}

type Of<K extends EntryKind> = Extract<Entry, { kind: K }>;
type Said = readonly [text: string, tone?: ReportEvent['tone']];

/** A request by itself is no event: what it was for is one. */
type Told = Exclude<EntryKind, 'request'>;

const TEXTS: { readonly [K in Told]: (entry: Of<K>) => Said } = {
  intent: ({ who }) => [`${who} began`],
  plan: ({ plan }) => [`planned in ${plan.stages.length} stages`],
  sighting: ({ sighting, when }) => [`looked at ${sighting.instances.length} instances (${when})`],
  sending: ({ step }) => [`${step}: sent`],
  answered: ({ step, status, error, instead }) => {
    if (error === undefined) return [`${step}: accepted with ${status}`];
    const then = instead === undefined ? '' : `; it is asked for by ${instead}`;
    return [`${step}: refused: ${wordsOf(error)}${then}`, instead === undefined ? 'bad' : 'plain'];
  },
  traced: ({ step, found }) => [`${step}: ${found ? 'found' : 'not found'} in the activity log`],
  skipped: ({ step, why }) => [`${step}: not needed, ${why}`],
  ended: ({ step, status, error }) => [
    `${step}: ${status}${error === undefined ? '' : `: ${wordsOf(error)}`}`,
    status === 'Succeeded' ? 'plain' : 'bad',
  ],
  output: (entry) => [`${entry.step}: ${endOf(entry)}`, entry.exitCode === 0 ? 'plain' : 'bad'],
  cleared: ({ step }) => [`${step}: the command is removed from the instance again`],
  verified: ({ stage, ok, looked, reasons }) =>
    ok
      ? [`${stage}: ${looked ? 'verified' : 'done'}`, 'good']
      : [`${stage}: not verified: ${reasons.join('; ')}`, 'bad'],
  interrupted: ({ why }) => [why, 'bad'],
  resumed: ({ who, torn }) => [
    torn === 0
      ? `${who} went on`
      : `${who} went on; an entry that was never finished (${torn} characters) was taken away`,
  ],
  done: ({ summary, outcome }) => [summary, outcome === 'succeeded' ? 'good' : 'bad'],
};

export function eventsOf(entries: readonly Sealed[]): readonly ReportEvent[] {
  return entries.flatMap((entry) => (entry.kind === 'request' ? [] : [eventOf(entry)]));
}

function eventOf(entry: Extract<Sealed, { kind: Told }>): ReportEvent {
  const said = TEXTS[entry.kind] as (entry: Entry) => Said;
  const [text, tone = 'plain'] = said(entry);
  return { at: entry.at, text, tone };
}

export function endOf({ exitCode, state }: Pick<Of<'output'>, 'exitCode' | 'state'>): string {
  return exitCode === undefined ? state : `exit code ${exitCode}`;
}

function wordsOf({ code, message }: OperationProblem): string {
  return `${code}: ${message}`;
}
