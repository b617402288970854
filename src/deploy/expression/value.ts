// Value: what the functions share about JSON values: the names of their types, equality, order, text.

import { isObject, type Json, type JsonObject } from '../../domain/json.ts';

/** As Azure's sentences call it. */
export function typeOf(value: Json): string {
  if (value === null) return 'Null';
  if (Array.isArray(value)) return 'Array';
  switch (typeof value) {
    case 'string':
      return 'String';
    case 'boolean':
      return 'Boolean';
    case 'number':
      return Number.isInteger(value) ? 'Integer' : 'Float';
    default:
      return 'Object';
  }
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The same text for equal values, whatever the order of keys. */
export function canonical(value: Json): string {
  if (isList(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = membersOf(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
}

export function membersOf(value: JsonObject): readonly (readonly [string, Json])[] {
  return Object.entries(value).filter((entry): entry is [string, Json] => entry[1] !== undefined);
}

/** An object of members; a later one of the same name takes the place of an earlier one. Safe for any name. */
export function objectOf(members: Iterable<readonly [string, Json]>): JsonObject {
  return Object.fromEntries(members);
}

/** The key as the object has it: the same, or else the same without regard to case. */
export function keyIn(value: JsonObject, name: string): string | undefined {
  if (Object.hasOwn(value, name) && value[name] !== undefined) return name;
  const folded = name.toLowerCase();
  return Object.keys(value).find((key) => key.toLowerCase() === folded && value[key] !== undefined);
}

/** The member of that name, without regard to case; undefined when there is none. */
export function memberIn(value: JsonObject, name: string): Json | undefined {
  const key = keyIn(value, name);
  return key === undefined ? undefined : value[key];
}

/** A property of an object by its name, an item of a list by its position. */
export function memberOf(value: Json, key: Json): Json | undefined {
  if (isObject(value) && typeof key === 'string') return memberIn(value, key);
  return isList(value) && typeof key === 'number' && Number.isInteger(key) ? value[key] : undefined;
}

// Azure orders texts by language, not by code: documented is that 'A' is greater than 'a'.
const collator = new Intl.Collator('en');

export function compareTexts(a: string, b: string): number {
  return collator.compare(a, b);
}

/** Upper case, character by character, so that positions stay what they are. */
export function fold(text: string): string {
  const whole = text.toUpperCase();
  if (whole.length === text.length) return whole;
  return Array.from({ length: text.length }, (_, at) => foldUnit(text.charAt(at))).join('');
}

function foldUnit(unit: string): string {
  const upper = unit.toUpperCase();
  return upper.length === 1 ? upper : unit;
}

/** As `string()` and `concat()` make a text of it: .NET's words for the booleans, JSON for lists and objects. */
export function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return JSON.stringify(value);
}
