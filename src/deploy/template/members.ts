// Reading a template's own members: their names compare without case, as everywhere in ARM, and a member of the wrong kind is
// refused where it stands. Must hold: a value is never taken for what it is not.

import { isObject, type Json, type JsonObject } from '../../domain/json.ts';
import { HELP, refuse } from './refusal.ts';

/** The member of that name, first as it is written, then in any case. */
export function member(object: JsonObject, name: string): Json | undefined {
  if (Object.hasOwn(object, name)) return object[name];
  const key = Object.keys(object).find((other) => other.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : object[key];
}

/** Undefined for a member that is absent or null. */
export function objectMember(object: JsonObject, name: string, path: string): JsonObject | undefined {
  const value = member(object, name) ?? undefined;
  if (value === undefined || isObject(value)) return value;
  refuse(`Expected a value of type 'Object' for '${name}'. ${HELP.template}`, `${path}.${name}`);
}

export function listMember(object: JsonObject, name: string, path: string): readonly Json[] {
  const value = member(object, name) ?? [];
  if (Array.isArray(value)) return value as readonly Json[];
  refuse(`Expected a value of type 'Array' for '${name}'. ${HELP.template}`, `${path}.${name}`);
}

export function textMember(object: JsonObject, name: string, path: string): string | undefined {
  const value = member(object, name) ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  refuse(`Expected a value of type 'String' for '${name}'. ${HELP.template}`, `${path}.${name}`);
}

/** The members of a section whose members must be objects. Names that differ in case only are refused. */
export function section(
  template: JsonObject,
  name: string,
  path: string,
): readonly (readonly [string, JsonObject])[] {
  const found = objectMember(template, name, path) ?? {};
  const seen = new Set<string>();
  return Object.entries(found).map(([key, value]) => {
    if (!isObject(value)) {
      refuse(`Expected a value of type 'Object' for '${key}'. ${HELP.template}`, `${path}.${name}.${key}`);
    }
    if (seen.has(key.toLowerCase())) {
      refuse(`The name '${key}' is used twice in '${name}'. ${HELP.template}`, `${path}.${name}.${key}`);
    }
    seen.add(key.toLowerCase());
    return [key, value] as const;
  });
}

/** Azure's limits on what one template may hold. */
export function limit(what: string, most: number, actual: number, path: string): void {
  if (actual <= most) return;
  refuse(
    `The number of template ${what} limit exceeded. Limit: '${most}' and actual: '${actual}'. ${HELP.template}`,
    path,
  );
}
