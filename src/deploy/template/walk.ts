// Walking a value of a template: every text in it is handed to a reader, and property loops (`copy` inside an object) are
// expanded on the way. Must hold: what is neither text nor a loop comes out as it went in (null, numbers, the order of keys),
// because clients send loosely typed bodies that must survive.
// Source: learn.microsoft.com, "Property iteration in ARM templates".

import { isObject, type Json, type JsonObject } from '../../domain/json.ts';
import { HELP, refuse } from './refusal.ts';

export interface Loop {
  readonly name: string;
  readonly index: number;
  /** What `copyIndex()` without a name means: the loop of the resource or output, never one over a property. */
  readonly whole: boolean;
}

export interface Place {
  /** From the request's root. */
  readonly path: string;
  /** From the outermost inwards. */
  readonly loops: readonly Loop[];
}

/** What a text stands for at its place. */
export type TextReader = (text: string, place: Place) => Json;
/** How often a loop runs, of what its `count` says. */
export type CountReader = (count: Json | undefined, place: Place) => number;

export interface Reader {
  readonly text: TextReader;
  readonly count: CountReader;
  readonly budget: { readonly spend: (path: string) => void };
}

export function walk(value: Json, place: Place, reader: Reader): Json {
  reader.budget.spend(place.path);
  if (typeof value === 'string') return reader.text(value, place);
  if (typeof value !== 'object' || value === null) return value;
  if (!isObject(value)) {
    const items: readonly Json[] = value;
    return items.map((item, index) => walk(item, within(place, `[${index}]`), reader));
  }
  const members: [string, Json][] = [];
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const loops = propertyLoops(key, member);
    if (loops === undefined) {
      const name = nameOf(key, place, reader);
      members.push([name, walk(member, within(place, `.${key}`), reader)]);
      continue;
    }
    for (const [index, loop] of loops.entries()) {
      const at = within(place, `.${key}[${index}]`);
      members.push([loop.name, iterate(loop, at, reader)]);
    }
  }
  return Object.fromEntries(members);
}

/** A member's name may be an expression: identities are listed under their ids. */
function nameOf(key: string, place: Place, reader: Reader): string {
  if (!key.startsWith('[')) return key;
  const name = reader.text(key, within(place, `.${key}`));
  if (typeof name === 'string') return name;
  refuse(`The expression '${key}' for the name of a property must be a string. ${HELP.template}`, place.path);
}

export interface PropertyLoop {
  readonly name: string;
  readonly count: Json | undefined;
  readonly input: Json;
  /** See `Loop`. */
  readonly whole?: boolean;
}

/** The loops that a member `copy` declares; undefined for a member of that name that only looks like one. */
export function propertyLoops(key: string, member: Json): readonly PropertyLoop[] | undefined {
  if (key.toLowerCase() !== 'copy' || !Array.isArray(member) || member.length === 0) return undefined;
  const loops = (member as readonly Json[]).map(propertyLoop);
  return loops.every((loop) => loop !== undefined) ? loops : undefined;
}

function propertyLoop(value: Json): PropertyLoop | undefined {
  if (!isObject(value)) return undefined;
  const { name, count, input }: JsonObject = value;
  if (typeof name !== 'string' || count === undefined || input === undefined) return undefined;
  return { name, count, input };
}

/** One value for each turn of the loop. */
export function iterate(loop: PropertyLoop, place: Place, reader: Reader): readonly Json[] {
  const count = reader.count(loop.count, within(place, '.count'));
  return Array.from({ length: count }, (_, index) => {
    const turn = { name: loop.name, index, whole: loop.whole === true };
    const at = { path: `${place.path}.input`, loops: [...place.loops, turn] };
    return walk(loop.input, at, reader);
  });
}

export function within(place: Place, step: string): Place {
  return { path: place.path + step, loops: place.loops };
}
