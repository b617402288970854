// Evidence report: what a record says, arranged for a reader. Every format shows this and nothing else.
// What must hold: operation URLs are left out, which on Azure carry signatures; bodies are in the record without secrets.

import type { Sealed } from './evidence.ts';
import { endOf, eventsOf, type ReportEvent } from './evidence-events.ts';
import { type ActionRecord, recordOf } from './record.ts';
import type { InstanceSighting, Sighting } from './sighting.ts';

export interface Report {
  readonly title: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly notes: readonly string[];
  readonly events: readonly ReportEvent[];
  readonly bars: readonly Bar[];
  readonly requests: readonly (readonly string[])[];
  readonly changes: readonly (readonly string[])[];
  readonly outputs: readonly { readonly name: string; readonly text: string }[];
  /** The hash of the last entry: kept elsewhere, it proves that the record is still whole. */
  readonly head: string;
}

/** From when a step was sent until it was over, or from then until it was judged. */
export interface Bar {
  readonly lane: string;
  readonly label: string;
  readonly from: string;
  /** Absent where no end is on record. */
  readonly to?: string;
  readonly tone: 'good' | 'bad' | 'open';
}

export const REQUEST_COLUMNS = ['step', 'request', 'answer', 'x-ms-request-id', 'correlation id'] as const;
export const CHANGE_COLUMNS = ['instance', 'before', 'after'] as const;

export function reportOf(entries: readonly Sealed[]): Report {
  const record = recordOf(entries);
  const { intent, plan, last } = record;
  const { verb = 'action', set = '' } = intent ?? {};
  return {
    title: `${verb} on ${plan === undefined ? set : `${plan.place.group}/${plan.place.name}`}`,
    facts: [
      ...intentFacts(record),
      ['began', entries[0]?.at ?? ''],
      ['last entry', last?.at ?? ''],
      ['requests to ARM', requestCount(entries)],
      ...planFacts(plan),
    ],
    notes: plan?.notes ?? [],
    events: eventsOf(entries),
    bars: [...barsOf(entries), ...waitsOf(entries, plan)],
    requests: requestsOf(entries),
    changes: changesOf(record.before, record.after, plan?.touched ?? []),
    outputs: entries.flatMap(outputsOf),
    head: last?.hash ?? '',
  };
}

/** All of them, with their ids, are in the record itself. */
function requestCount(entries: readonly Sealed[]): string {
  const methods = entries.flatMap((entry) => (entry.kind === 'request' ? [entry.method] : []));
  const reads = methods.filter((method) => method === 'GET').length;
  return `${methods.length}, of which ${reads} only read`;
}

function intentFacts({ intent, done }: ActionRecord): Report['facts'] {
  const { record = '', expect = '', who = '', where = '', set = '', tool = '' } = intent ?? {};
  return [
    ['record', record],
    ['outcome', done === undefined ? 'not finished' : `${done.outcome}. ${done.summary}`],
    ['expected', expect === '' ? '(nothing was written down)' : expect],
    ['who', who],
    ['where', where],
    ['set', set],
    ['tool', tool],
  ];
}

function outputsOf(entry: Sealed): Report['outputs'] {
  if (entry.kind !== 'output') return [];
  const { step, stdout, stderr } = entry;
  const errors = stderr === '' ? [] : [{ name: `${step}: errors`, text: stderr }];
  return [{ name: `${step}, ${endOf(entry)}: output`, text: stdout }, ...errors];
}

function planFacts(plan: ActionRecord['plan']): Report['facts'] {
  if (plan === undefined) return [];
  const { serving, radius, touched } = plan;
  return [
    ['instances', `${touched.length} of ${serving.all}: ${touched.join(', ')}`],
    [
      'serving',
      `${serving.before} before, ${serving.during} at the fewest, ${serving.after} planned afterwards`,
    ],
    ['at once', `${radius.peak} unavailable at most, of ${radius.limit} allowed`],
  ];
}

function barsOf(entries: readonly Sealed[]): readonly Bar[] {
  return entries.flatMap((entry): readonly Bar[] => {
    if (entry.kind !== 'sending') return [];
    const later = entries.slice(entry.n);
    const again = later.findIndex((other) => other.kind === 'sending' && other.step === entry.step);
    const own = (again < 0 ? later : later.slice(0, again)).filter(
      (other) => 'step' in other && other.step === entry.step,
    );
    const end = own.find(
      (other) => other.kind === 'ended' || (other.kind === 'answered' && other.error !== undefined),
    );
    const isGood = end?.kind === 'ended' && end.status === 'Succeeded';
    const bar = { lane: entry.instance, label: entry.deed, from: entry.at };
    return [
      end === undefined ? { ...bar, tone: 'open' } : { ...bar, to: end.at, tone: isGood ? 'good' : 'bad' },
    ];
  });
}

/** From when ARM was done with an instance until it was verified, or was not. */
function waitsOf(entries: readonly Sealed[], plan: ActionRecord['plan']): readonly Bar[] {
  return entries.flatMap((entry): readonly Bar[] => {
    if (entry.kind !== 'verified' || !entry.looked) return [];
    const steps = plan?.stages.find(({ name }) => name === entry.stage)?.steps ?? [];
    return steps.flatMap(({ key, id }) => {
      const over = entries.findLast((other) => other.n < entry.n && 'step' in other && other.step === key);
      if (over === undefined) return [];
      return [{ lane: id, label: 'verify', from: over.at, to: entry.at, tone: entry.ok ? 'good' : 'bad' }];
    });
  });
}

function requestsOf(entries: readonly Sealed[]): readonly (readonly string[])[] {
  return entries.flatMap((entry, at) => {
    if (entry.kind === 'cleared') {
      const { step, method, path, status, requestId, correlationId } = entry;
      return [[step, `${method} ${path}`, String(status), requestId, correlationId]];
    }
    if (entry.kind !== 'sending') return [];
    const answer = entries.slice(at).find((other) => other.kind === 'answered' && other.step === entry.step);
    const heard = answer?.kind === 'answered' ? answer : undefined;
    const request = `${entry.method} ${entry.path}`;
    return [
      [
        entry.step,
        request,
        String(heard?.status ?? 'not heard'),
        heard?.requestId ?? '',
        entry.correlationId,
      ],
    ];
  });
}

/** Those that were touched, that came, that went, and that are not as they were. */
function changesOf(
  before: Sighting | undefined,
  after: Sighting | undefined,
  touched: readonly string[],
): readonly (readonly string[])[] {
  if (before === undefined || after === undefined) return [];
  const then = new Map(before.instances.map((one) => [one.id, stateOf(one)]));
  const now = new Map(after.instances.map((one) => [one.id, stateOf(one)]));
  const ids = [...new Set([...then.keys(), ...now.keys()])];
  return ids
    .map((id) => [id, then.get(id) ?? 'was not there', now.get(id) ?? 'is gone'] as const)
    .filter(([id, was, is]) => was !== is || touched.includes(id));
}

function stateOf(one: InstanceSighting): string {
  const { power, provisioning, health, balance, latestModel, protection, extensions } = one;
  return [
    power,
    provisioning,
    ...(health === 'none' ? [] : [health]),
    ...(balance === 'none' ? [] : [`balancer: ${balance}`]),
    latestModel ? 'latest model' : 'older model',
    ...(protection.scaleIn || protection.scaleSetActions ? ['protected'] : []),
    ...Object.entries(extensions).map(([name, state]) => `extension ${name}: ${state}`),
  ].join(', ');
}
