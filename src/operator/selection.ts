// Selection: which instances an action is about, resolved to a list of ids before anything else is decided.
// What must hold: an InstanceIds is never empty, holds each id once, and only ids that the inventory has, compared whole as
// strings; nothing but this file makes one. So whatever takes an InstanceIds cannot be given `*`, an empty list or nothing.

import { editDistance } from './edit-distance.ts';
import type { InstanceFacts, Inventory, SetFacts } from './inventory.ts';
import type { Refusal } from './refusal.ts';

declare const CHOSEN: unique symbol;

export type InstanceIds = readonly [string, ...string[]] & { readonly [CHOSEN]: true };

/** Those that were made here: a cast elsewhere makes a type, not a selection. */
const made = new WeakSet<readonly string[]>();

export type Target =
  | { readonly by: 'ids'; readonly ids: readonly string[] }
  | { readonly by: 'where'; readonly text: string; readonly where: (instance: InstanceFacts) => boolean };

export type Selected =
  | { readonly ids: InstanceIds; readonly refusals?: undefined }
  | { readonly refusals: readonly Refusal[]; readonly ids?: undefined };

/** What can stand in a path and in a list of ids, and is not a pattern. */
const PLAIN = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?$/;

/** In the order in which they were named; those of a condition in the inventory's. One wrong id refuses all. */
export function select(inventory: Inventory, target: Target): Selected {
  if (target.by === 'where') {
    const ids = inventory.instances.filter((instance) => target.where(instance)).map(({ id }) => id);
    return ids.length > 0 ? chosen(inventory, ids) : nothing(`No instance is: ${target.text}.`);
  }
  const asked = [...new Set(target.ids)];
  return asked.length > 0 ? chosen(inventory, asked) : nothing('No instance is named.');
}

/** The part of a selection that a batch is. Throws where it would not be a part. */
export function partOf(ids: InstanceIds, part: readonly string[]): InstanceIds {
  requireSelection(ids);
  if (part.some((id) => !ids.includes(id))) throw new Error('a batch has an id that was not selected');
  return make(part);
}

/** Throws when it was not made by this file. */
export function requireSelection(ids: InstanceIds): void {
  if (!made.has(ids)) throw new Error('ids that were not selected from an inventory');
}

function chosen(inventory: Inventory, asked: readonly string[]): Selected {
  const { instances } = inventory;
  const known = new Set(instances.map(({ id }) => id));
  const unknown = asked.filter((id) => !known.has(id) || !PLAIN.test(id));
  if (unknown.length === 0) return { ids: make(asked) };
  return { refusals: unknown.map((id) => refusalOf(id, inventory)) };
}

function make(ids: readonly string[]): InstanceIds {
  if (ids.length === 0 || new Set(ids).size < ids.length) throw new Error('a selection of nothing, or twice');
  const selection = Object.freeze([...ids]) as unknown as InstanceIds;
  made.add(selection);
  return selection;
}

function nothing(message: string): Selected {
  return { refusals: [{ code: 'nothingSelected', message, instances: [] }] };
}

function refusalOf(id: string, { set, instances }: Inventory): Refusal {
  const near = nearest(id, instances);
  const are = near.length === 1 ? 'id is' : 'ids are';
  const hint = near.length === 0 ? '' : ` The nearest ${are} ${near.join(', ')}.`;
  return {
    code: 'unknownInstance',
    message: `There is no instance '${id}' in this set.${hint}${numberHint(id, set)}`,
    instances: [id],
  };
}

function numberHint(id: string, { mode }: Pick<SetFacts, 'mode'>): string {
  return mode === 'Flexible' && /^\d+$/.test(id) ? ' In a Flexible set ids are names of machines.' : '';
}

/** At most three: whoever goes by that name, then those whose ids are written most alike. */
function nearest(asked: string, instances: readonly InstanceFacts[]): readonly string[] {
  const word = asked.toLowerCase();
  const scored = instances.map(({ id, name, computerName }) => {
    const isNamed = [id, name, computerName].some((other) => other.toLowerCase() === word);
    return { id, score: isNamed ? -1 : editDistance(word, id.toLowerCase()) };
  });
  const limit = Math.max(1, Math.floor(asked.length / 3));
  return scored
    .filter(({ score }) => score <= limit)
    .toSorted((a, b) => a.score - b.score)
    .slice(0, 3)
    .map(({ id }) => id);
}
