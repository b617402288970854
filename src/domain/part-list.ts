// Part list: the named parts of a resource, one of which is written or deleted by itself. Names compare without case; a part that
// is written keeps its place and the name that it was made with.

import { without } from './declaration.ts';
import { type Json, type JsonObject, textAt } from './json.ts';
import { sameName } from './load-balancer.ts';

/** @param body of a PUT of that part */
export function withPart(parts: readonly Json[], name: string, body: JsonObject): readonly Json[] {
  const known = parts.find((one) => isCalled(one, name));
  const part = { ...without(body, 'id', 'etag', 'type'), name: textAt(known, 'name') ?? name };
  return known === undefined ? [...parts, part] : parts.map((one) => (one === known ? part : one));
}

export function withoutPart(parts: readonly Json[], name: string): readonly Json[] {
  return parts.filter((one) => !isCalled(one, name));
}

function isCalled(part: Json, name: string): boolean {
  return sameName(textAt(part, 'name') ?? '', name);
}
