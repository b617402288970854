// Factor: something that several instances may have in common. Each is a question with one answer an instance (its zone, its
// image), several (its extensions) or none where ARM does not say; an instance without an answer takes no part in it.

import { asText, at } from '../domain/json.ts';
import type { EventFacts } from './event-facts.ts';
import type { InstanceFacts } from './inventory.ts';

/** One answer to one question, and who gave it. Indexes into the instances that are compared, ascending. */
export interface Candidate {
  /** `zone`, `image`, `created`. */
  readonly factor: string;
  /** `2`: as it is read after the factor's name. */
  readonly value: string;
  readonly having: readonly number[];
  /** Who has an answer at all, where not all have. */
  readonly known?: readonly number[];
}

/** More answers than that to one question, each with two instances or more, say nothing that a person could use. */
const MOST_VALUES = 200;
/** Held by fewer, an answer is nobody's in common. */
const FEWEST = 2;
/** The cuts through the instances in the order of their age, in tenths of them. */
const CUTS = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

interface Question {
  readonly factor: string;
  readonly answers: (instance: InstanceFacts) => readonly string[];
}

function one(factor: string, answer: (instance: InstanceFacts) => string): Question {
  return { factor, answers: (instance) => [answer(instance)].filter((text) => text !== '') };
}

/** A domain's number means the same only within its zone and its placement group. */
function domainOf(instance: InstanceFacts, number: string): string {
  if (number === '') return '';
  const group = asText(at(instance.view, 'placementGroupId'));
  return [number, instance.zone && `of zone ${instance.zone}`, group && `in placement group ${group}`]
    .filter((word) => word !== '')
    .join(' ');
}

function questions(facts: EventFacts): readonly Question[] {
  return [
    one('zone', ({ zone }) => zone),
    one('fault domain', (instance) => domainOf(instance, instance.faultDomain)),
    one('update domain', (instance) => domainOf(instance, instance.updateDomain)),
    one('placement group', ({ view }) => asText(at(view, 'placementGroupId'))),
    one('host', ({ view }) => asText(at(view, 'assignedHost'))),
    one('size', ({ size }) => size),
    one('image', ({ image }) => image),
    one('model', ({ latestModel }) => (latestModel ? 'the latest' : 'an older one')),
    {
      factor: 'model field',
      answers: ({ behind }) => behind.map(({ path, instance }) => `${path} = ${instance || 'absent'}`),
    },
    {
      factor: 'extension',
      answers: ({ extensions }) => extensions.map(({ name, version }) => `${name} ${version}`.trim()),
    },
    one('created by', ({ id }) => createdBy(facts, id)),
    one('created at', ({ created }) => secondOf(created)),
  ];
}

function createdBy({ madeBy }: EventFacts, id: string): string {
  const event = madeBy.get(id);
  return event === undefined || event.correlationId === '' ? '' : `the operation ${event.correlationId}`;
}

function secondOf(created: string | undefined): string {
  const time = Date.parse(created ?? '');
  return Number.isNaN(time) ? '' : new Date(time - (time % 1000)).toISOString().replace('.000Z', 'Z');
}

export interface Extra {
  readonly factor: string;
  readonly valueOf: ReadonlyMap<string, string>;
}

/** Everything that can be asked of these instances, with what else is known of them by id. */
export function candidates(
  instances: readonly InstanceFacts[],
  facts: EventFacts,
  extra: readonly Extra[] = [],
): readonly Candidate[] {
  const asked = [
    ...questions(facts),
    ...extra.map(({ factor, valueOf }) => one(factor, ({ id }) => valueOf.get(id) ?? '')),
  ];
  return [...asked.flatMap((question) => answered(question, instances)), ...ages(instances)];
}

function answered({ factor, answers }: Question, instances: readonly InstanceFacts[]): readonly Candidate[] {
  const members = new Map<string, number[]>();
  const known: number[] = [];
  instances.forEach((instance, index) => {
    const given = new Set(answers(instance));
    if (given.size > 0) known.push(index);
    for (const value of given) {
      const list = members.get(value);
      if (list === undefined) members.set(value, [index]);
      else list.push(index);
    }
  });
  // Of what an instance can have several of, none is an answer too.
  const severals = factor === 'extension' || factor === 'model field';
  const all = severals || known.length === instances.length;
  return [...members]
    .filter(([, having]) => having.length >= FEWEST)
    .toSorted(([a, some], [b, others]) => others.length - some.length || (a < b ? -1 : 1))
    .slice(0, MOST_VALUES)
    .map(([value, having]) => ({ factor, value, having, ...(all ? {} : { known }) }));
}

/** `created before T` at each tenth of the instances; what was created after it is the rest. */
function ages(instances: readonly InstanceFacts[]): readonly Candidate[] {
  const aged = instances
    .map(({ created }, index) => ({ time: Date.parse(created ?? ''), index }))
    .filter(({ time }) => !Number.isNaN(time))
    .toSorted((a, b) => a.time - b.time || a.index - b.index);
  const known = aged.map(({ index }) => index).toSorted(ascending);
  const cuts = new Set(CUTS.map((tenth) => aged[Math.floor((aged.length * tenth) / 10)]?.time));
  return [...cuts].flatMap((cut) => {
    if (cut === undefined) return [];
    const iso = new Date(cut).toISOString();
    const sides = [
      { value: `before ${iso}`, having: aged.filter(({ time }) => time < cut) },
      { value: `at ${iso} or later`, having: aged.filter(({ time }) => time >= cut) },
    ];
    return sides.map(({ value, having }) => ({
      factor: 'created',
      value,
      having: having.map(({ index }) => index).toSorted(ascending),
      known,
    }));
  });
}

export function ascending(a: number, b: number): number {
  return a - b;
}
