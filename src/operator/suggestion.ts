// Suggestion: an action as it may be typed. What the guard would refuse is not suggested as a command; it is told, with the flag,
// for a person to decide.
// What must hold: the guard makes a plan of every command that stands in a report, about exactly the instances that it names.

import type { Action } from './finding.ts';
import { decide, type Work } from './guard.ts';
import type { Inventory } from './inventory.ts';
import type { Refusal } from './refusal.ts';
import { select } from './selection.ts';
import { type Verb, VERBS } from './verbs.ts';

/** Verifying is not judged here. */
const VERIFY_SECONDS = 900;

/** @returns what may be typed, and what is left to a person, in this order */
export function suggested(action: Action, inventory: Inventory): readonly Action[] {
  const { verb } = action;
  if (!isVerb(verb)) return [action];
  const refusals = refusalsOf(verb, action.ids, inventory);
  const [first] = refusals;
  if (first === undefined) return [action];
  const parts = partsOf(action.ids, refusals);
  // Those that stand against it apart from the rest, and the rest again: there may be more.
  if (parts.length > 1) return parts.flatMap((ids) => suggested(withIds(action, ids), inventory));
  if (refusals.length === 1 && first.code === 'protected') return [despiteScaleIn(action, first)];
  return [forAPerson(action, refusals)];
}

/** Free ones first, then those of each refusal that is about some of them. */
function partsOf(ids: readonly string[], refusals: readonly Refusal[]): readonly (readonly string[])[] {
  let free = ids;
  const barred: (readonly string[])[] = [];
  for (const { instances } of refusals.filter(isOfSome)) {
    barred.push(free.filter((id) => instances.includes(id)));
    free = free.filter((id) => !instances.includes(id));
  }
  return [free, ...barred].filter((part) => part.length > 0);
}

/** Only what is protected from scale-in comes here: whether to disturb what is protected from scale set actions was asked before. */
function despiteScaleIn(action: Action, { flag = '' }: Refusal): Action {
  const reason = `${action.reason}; it is protected from scale-in, which this is not`;
  return { ...action, command: `${action.command} ${flag}`, reason };
}

function forAPerson({ verb, ids }: Action, refusals: readonly Refusal[]): Action {
  const flags = refusals.flatMap(({ flag }) => (flag === undefined ? [] : [flag])).join(' ');
  const how = flags === '' ? '' : ` (muster ${verb} with ${flags})`;
  const why = refusals.map(({ message }) => message.replace(/\.$/, '')).join('; ');
  const reason = `whether to ${verb} is for a person to say${how}: ${why}`;
  return { verb: 'none', ids, command: '', reason };
}

function refusalsOf(verb: Verb, asked: readonly string[], inventory: Inventory): readonly Refusal[] {
  const { ids, refusals } = select(inventory, { by: 'ids', ids: asked });
  return ids === undefined ? refusals : (decide(inventory, ids, workOf(verb), {}).refusals ?? []);
}

function workOf(verb: Verb): Work {
  const work = { verb, verifySeconds: VERIFY_SECONDS };
  return verb === 'protect' ? { ...work, protection: { scaleIn: true, scaleSetActions: true } } : work;
}

/** About these instances, and not about how many there are together. */
function isOfSome({ code }: Refusal): boolean {
  return code === 'protected' || code === 'stateful';
}

function isVerb(verb: string): verb is Verb {
  return Object.hasOwn(VERBS, verb);
}

function withIds(action: Action, ids: readonly string[]): Action {
  return { ...action, ids, command: commandOf(action.verb, ids) };
}

/** `muster reimage 4 9 12`; empty where there is nothing to run. */
export function commandOf(verb: Action['verb'], ids: readonly string[]): string {
  return verb === 'none' ? '' : `muster ${verb} ${ids.map(word).join(' ')}`;
}

/** Ids are digits, or a name of a machine; anything else is one word to a shell all the same. */
function word(id: string): string {
  return /^[\w.-]+$/.test(id) && !id.startsWith('-') ? id : `'${id.replaceAll("'", "'\\''")}'`;
}
