// Explanation: why an instance came or went, from the activity log. The plane names each instance in its own entries; Azure logs
// only the request that changed the capacity, so what no entry names is explained by the change of capacity that it falls into,
// and says so. What must hold: an entry of another instance never explains this one; where nothing does, that is said.

import { isCreation, isEnded, isRepair, verbOf } from './event-facts.ts';
import type { Event } from './inventory.ts';
import { moment } from './words.ts';

export type ExplanationKind =
  | 'scaleIn'
  | 'scaleOut'
  | 'autoscale'
  | 'repair'
  | 'replacement'
  | 'failedCreate'
  | 'surplus'
  | 'eviction'
  | 'deleted'
  | 'unexplained';

export interface Explanation {
  readonly kind: ExplanationKind;
  readonly sentence: string;
  /** An entry names the instance itself; otherwise it follows from the set’s capacity. */
  readonly named: boolean;
  readonly time?: string;
  readonly caller?: string;
  readonly correlationId?: string;
}

/** What the explanations of one difference have in common. `events` in the order of their time. */
export interface Story {
  readonly events: readonly Event[];
  /** The first snapshot's time and the second's, ms since 1970. */
  readonly from: number;
  readonly to: number;
  /** Of the set, lower case. */
  readonly resourceId: string;
  readonly capacity: readonly [before: number, after: number];
}

/** An operation that ends between two snapshots may have begun before the first. */
const BEFORE = 60 * 60_000;
/** Clocks of log and inventory need not agree better than that. */
const SLACK = 60_000;

const UNEXPLAINED: Explanation = {
  kind: 'unexplained',
  sentence: 'no entry explains it',
  named: false,
};

/** The events that may explain anything of a difference. */
export function within({ events, from, to }: Story): readonly Event[] {
  return events.filter(({ time }) => {
    const at = Date.parse(time);
    return at >= from - BEFORE && at <= to + SLACK;
  });
}

export function whyGone(id: string, story: Story): Explanation {
  const own = within(story).filter(
    (event) => event.instances.includes(id) && isRemoval(event) && event.status !== 'Failed',
  );
  const last = own.findLast((event) => !isEnded(event)) ?? own.at(-1);
  const told = own.findLast((event) => REMOVALS.some(({ says }) => says(event)));
  if (told !== undefined) return removal(told, story);
  if (last !== undefined) return explained('deleted', `deleted by ${who(last)}`, last, true);
  const [before, after] = story.capacity;
  return after < before ? byCapacity('scaleIn', 'Scaledown', story) : UNEXPLAINED;
}

export function whyCame(id: string, story: Story): Explanation {
  const made = within(story).findLast((event) => event.instances.includes(id) && isCreation(event));
  if (made !== undefined) return creation(made, story);
  const [before, after] = story.capacity;
  if (after > before) return byCapacity('scaleOut', 'Scaleup', story);
  const replaced = within(story).findLast((event) => isRepair(event) && verbOf(event) === 'delete');
  return replaced === undefined
    ? UNEXPLAINED
    : explained(
        'replacement',
        `made in the place of one that an automatic repair took away (${moment(replaced.time)})`,
        replaced,
        false,
      );
}

interface Removal {
  readonly kind: ExplanationKind;
  readonly says: (event: Event) => boolean;
}

/** How entries tell one reason from another: the plane's own sentences, and Azure's names of operations. */
const REMOVALS: readonly Removal[] = [
  { kind: 'repair', says: isRepair },
  { kind: 'eviction', says: ({ operation }) => /evict|preempt/i.test(operation) },
  { kind: 'surplus', says: ({ description }) => description.includes('it was made beyond the capacity') },
  {
    kind: 'failedCreate',
    says: ({ description }) => description.includes('it did not come up, and another took its place'),
  },
  { kind: 'scaleIn', says: ({ description }) => description.includes('the capacity was lowered') },
];

function isRemoval(event: Event): boolean {
  return (
    /\/evict|\/simulateEvict|preempt/i.test(event.operation) ||
    /\/(virtualMachineScaleSets|virtualMachines)\/delete(\/action)?$/i.test(event.operation)
  );
}

function removal(event: Event, story: Story): Explanation {
  const kind = REMOVALS.find(({ says }) => says(event))?.kind ?? 'deleted';
  switch (kind) {
    case 'repair':
      return explained(kind, event.description.replace(/\.$/, ''), event, true);
    case 'eviction':
      return explained(kind, `evicted (${who(event)})`, event, true);
    case 'surplus':
      return explained(
        kind,
        'made beyond the capacity, and removed when the others had come up',
        event,
        true,
      );
    case 'failedCreate':
      return explained(kind, 'did not come up, and another took its place', event, true);
    default:
      return scaled(event, story, 'scaleIn', 'Scaledown');
  }
}

/** The plane's entry says that the capacity was changed; who changed it stands in the request before it. */
function scaled(event: Event, story: Story, kind: 'scaleIn' | 'scaleOut', action: string): Explanation {
  const request = requestBefore(event, story, action);
  if (request === undefined) return explained(kind, wordOf(kind), event, true);
  const auto = isAutoscale(request);
  const sentence = auto ? `autoscale changed the capacity` : `${wordOf(kind)}: ${who(request)} wrote the set`;
  return explained(auto ? 'autoscale' : kind, sentence, request, true);
}

function creation(made: Event, story: Story): Explanation {
  if (!made.description.startsWith('Created '))
    return explained('scaleOut', `made by ${who(made)}`, made, true);
  const events = within(story).filter(({ time }) => Date.parse(time) <= Date.parse(made.time));
  const cause = events.findLast((event) => isSetWrite(event, story) || isAutoscale(event) || vacates(event));
  if (cause !== undefined && vacates(cause)) {
    const of = cause.instances.join(', ');
    const sentence = `made in the place of ${of}: ${reasonOf(cause)}`;
    // The plane puts the set's last request on what it makes; the cause is the repair.
    return { ...explained('replacement', sentence, cause, true), time: made.time };
  }
  return scaled(made, story, 'scaleOut', 'Scaleup');
}

/** It leaves a place that the set fills again: repairs, and creates that failed. */
function vacates(event: Event): boolean {
  if (event.instances.length === 0 || verbOf(event) !== 'delete') return false;
  return isRepair(event) || event.description.includes('did not come up, and another took its place');
}

function reasonOf(event: Event): string {
  return isRepair(event) ? 'an automatic repair replaced it' : 'it had not come up';
}

/** By the same correlation id, else the latest before it. */
function requestBefore(event: Event, story: Story, action: string): Event | undefined {
  const at = Date.parse(event.time);
  const before = within(story).filter(
    (one) => Date.parse(one.time) <= at && (isSetWrite(one, story) || isScaling(one, action)),
  );
  return before.findLast((one) => one.correlationId === event.correlationId) ?? before.at(-1);
}

function byCapacity(kind: 'scaleIn' | 'scaleOut', action: string, story: Story): Explanation {
  const [before, after] = story.capacity;
  const change = `the capacity went from ${before} to ${after}`;
  const request = within(story).findLast((event) => isSetWrite(event, story) || isScaling(event, action));
  if (request === undefined) return { kind, sentence: `no entry names it, but ${change}`, named: false };
  const auto = isAutoscale(request);
  const by = auto ? 'by autoscale' : `and ${who(request)} wrote the set`;
  return explained(auto ? 'autoscale' : kind, `no entry names it, but ${change} ${by}`, request, false);
}

function isSetWrite(event: Event, { resourceId }: Story): boolean {
  return (
    event.resourceId.toLowerCase() === resourceId && /virtualMachineScaleSets\/write$/i.test(event.operation)
  );
}

function isScaling({ operation }: Event, action: string): boolean {
  return operation.toLowerCase() === `microsoft.insights/autoscalesettings/${action}/action`.toLowerCase();
}

function isAutoscale({ operation, caller }: Event): boolean {
  return /autoscalesettings\/scale(up|down)\/action$/i.test(operation) || /autoscale/i.test(caller);
}

function wordOf(kind: 'scaleIn' | 'scaleOut'): string {
  return kind === 'scaleIn' ? 'scale-in' : 'scale-out';
}

function who({ caller }: Event): string {
  return caller === '' ? 'somebody whom the log does not name' : caller;
}

function explained(kind: ExplanationKind, sentence: string, event: Event, named: boolean): Explanation {
  return {
    kind,
    sentence,
    named,
    time: event.time,
    ...(event.caller === '' ? {} : { caller: event.caller }),
    ...(event.correlationId === '' ? {} : { correlationId: event.correlationId }),
  };
}
