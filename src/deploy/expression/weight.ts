// Weight: how large and how deep a value is, so that an expression can be stopped before it fills the memory. Values share
// their parts: twenty nested `createArray(x, x)` are a million leaves in a few objects, and only its weight tells.

import type { Json, JsonObject } from '../../domain/json.ts';

export interface Weight {
  /** About the number of characters of its JSON. */
  readonly size: number;
  readonly depth: number;
}

/** Azure takes templates and parameters of up to 4 MB, with everything evaluated. */
export const MAX_SIZE = 4 * 1024 * 1024;
export const MAX_DEPTH = 128;

// Values are never changed once they are made, so a part needs to be weighed only once.
const known = new WeakMap<object, Weight>();

/** The depth of what is deeper than MAX_DEPTH is given as Infinity. */
export function weightOf(value: Json, level = 0): Weight {
  if (typeof value === 'string') return { size: value.length + 2, depth: 0 };
  if (typeof value !== 'object' || value === null) return { size: 4, depth: 0 };
  const before = known.get(value);
  if (before !== undefined) return before;
  if (level > MAX_DEPTH) return { size: 2, depth: Number.POSITIVE_INFINITY };
  let size = 2;
  let depth = 0;
  for (const part of partsOf(value)) {
    const weight = weightOf(part, level + 1);
    size += weight.size + 1;
    depth = Math.max(depth, weight.depth + 1);
  }
  if (!Array.isArray(value)) for (const key of Object.keys(value)) size += key.length + 3;
  const weight = { size, depth };
  known.set(value, weight);
  return weight;
}

function partsOf(value: readonly Json[] | JsonObject): readonly Json[] {
  return Array.isArray(value)
    ? (value as readonly Json[])
    : Object.values(value).filter((part) => part !== undefined);
}
