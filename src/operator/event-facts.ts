// What events say about instances: which verb an instance has in hand, what was done to it lately, what made it, whether
// automatic repairs rest. Names of operations compare without case, as ARM's do.

import type { Event } from './inventory.ts';

/** A verb that was accepted and whose end the log does not have. */
export interface InHand {
  readonly event: Event;
  /** Asked for by the set's automatic repairs. */
  readonly repair: boolean;
}

export interface EventFacts {
  readonly inHand: ReadonlyMap<string, InHand>;
  /** In the order of time, without what was only noted (changes of health). */
  readonly deeds: ReadonlyMap<string, readonly Event[]>;
  /** The latest event that made an instance of that id. */
  readonly madeBy: ReadonlyMap<string, Event>;
  /** Everything that ended Failed. */
  readonly failures: readonly Event[];
  /** What the log last said about the automatic repairs of the set themselves. */
  readonly repairs: 'suspended' | 'heldBack' | 'running';
  /** When a write of the set, or of an extension of its model, last ended well: what was tried before, was tried with another model. */
  readonly written?: string;
}

/** Times and callers as the log has them; `events` in the order of their time. */
export function eventFacts(events: readonly Event[]): EventFacts {
  const deeds = new Map<string, Event[]>();
  const madeBy = new Map<string, Event>();
  for (const event of events) {
    if (isNote(event)) continue;
    for (const id of event.instances) {
      push(deeds, id, event);
      if (isCreation(event)) madeBy.set(id, event);
    }
  }
  const failures = events.filter(({ status }) => status === 'Failed');
  const written = events.findLast(isSetWrite)?.time;
  return {
    inHand: inHandOf(events),
    deeds,
    madeBy,
    failures,
    repairs: repairsOf(events),
    ...(written === undefined ? {} : { written }),
  };
}

/**
 * `restart`, `powerOff`, `write`: what an operation does, as ARM writes it. What is done to a part of an instance keeps the part's
 * name, `runCommands/delete`: nobody must take it for a delete of the instance.
 */
export function actionName({ operation }: Pick<Event, 'operation'>): string {
  const [, part] = /\/virtualMachines\/([^/]+\/(?:write|delete))$/i.exec(operation) ?? [];
  if (part !== undefined) return part;
  const parts = operation.split('/');
  const last = parts.at(-1) ?? '';
  return last.toLowerCase() === 'action' ? (parts.at(-2) ?? '') : last;
}

/** The same to compare: in lower case. */
export function verbOf(event: Pick<Event, 'operation'>): string {
  return actionName(event).toLowerCase();
}

/** What was last done to an instance, in one word, and how it came out. */
export interface LastAction {
  /** As ARM names it. */
  readonly verb: string;
  readonly status: string;
  readonly time: string;
  readonly caller: string;
}

/** By instance id. What the platform says of an instance's health is no action. @param events in the order of their time */
export function lastActions(events: readonly Event[]): ReadonlyMap<string, LastAction> {
  const found = new Map<string, LastAction>();
  for (const event of events) {
    if (isNote(event)) continue;
    const { status, time, caller } = event;
    for (const id of event.instances) found.set(id, { verb: actionName(event), status, time, caller });
  }
  return found;
}

/** On the plane an instance's own `write` that is not a person's PUT says `Created …`; on Azure a VM's `write` is one. */
export function isCreation({ operation, description }: Event): boolean {
  if (/\/virtualMachineScaleSets\/virtualMachines\/write$/i.test(operation))
    return description.startsWith('Created ');
  return /^Microsoft\.Compute\/virtualMachines\/write$/i.test(operation);
}

export function isEnded({ status }: Event): boolean {
  return status !== 'Accepted' && status !== 'Started';
}

export function isRepair(event: Event): boolean {
  return event.description.startsWith('Automatic repairs: ');
}

function isSetWrite({ operation, status }: Event): boolean {
  return status === 'Succeeded' && /\/virtualMachineScaleSets\/(extensions\/)?write$/i.test(operation);
}

/** A change of health is something seen, not something done. */
export function isNote({ operation }: Event): boolean {
  return /\/vmHealth\/write$|^Microsoft\.ResourceHealth\//i.test(operation);
}

function push(map: Map<string, Event[]>, key: string, event: Event): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [event]);
  else list.push(event);
}

/** Begin and end of one operation carry the same correlation id and the same name. */
function inHandOf(events: readonly Event[]): ReadonlyMap<string, InHand> {
  const keyOf = (event: Event): string => `${event.correlationId} ${event.operation.toLowerCase()}`;
  const ended = new Set(events.filter(isEnded).map(keyOf));
  const open = events.filter(
    (event) => !isEnded(event) && event.instances.length > 0 && !ended.has(keyOf(event)),
  );
  return new Map(
    open.flatMap((event) => event.instances.map((id) => [id, { event, repair: isRepair(event) }] as const)),
  );
}

function repairsOf(events: readonly Event[]): EventFacts['repairs'] {
  const last = events.findLast(
    (event) => verbOf(event) === 'setorchestrationservicestate' && event.description !== '',
  );
  if (last?.description.startsWith('Automatic repairs suspended themselves') === true) {
    const resumed = events.some(
      (event) => verbOf(event) === 'setorchestrationservicestate' && event.time > last.time && isEnded(event),
    );
    return resumed ? 'running' : 'suspended';
  }
  return last?.description.startsWith('Automatic repairs wait') === true ? 'heldBack' : 'running';
}
