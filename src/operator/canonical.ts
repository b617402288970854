// Canonical JSON: one text for one value, so that a hash of it means the value. Keys in the order of their code units, no
// white space, numbers and texts as JSON.stringify writes them (RFC 8785 for what JSON can hold). Members that are undefined
// are absent.

import { isObject, type Json } from '../domain/json.ts';

export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .toSorted()
    .flatMap((key) => {
      const member = value[key];
      return member === undefined ? [] : [`${JSON.stringify(key)}:${canonical(member)}`];
    });
  return `{${members.join(',')}}`;
}
