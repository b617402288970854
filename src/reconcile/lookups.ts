// Lookups: what the expressions of a template ask about resources. Evaluating is synchronous and asking is not, so an
// evaluation that asks for something not known yet is begun again once that has been fetched.

import type { Lookup } from '../app/ports/templates.ts';
import type { JsonObject } from '../domain/json.ts';

/** Undefined when there is no such resource. */
export type Ask = (id: string, apiVersion: string | undefined) => Promise<JsonObject | undefined>;

/**
 * Each resource is asked for once, side by side with the others that were missing.
 * @throws what the evaluation throws when it knows everything that it asked for
 */
export async function withLookups<T>(ask: Ask, evaluate: (lookup: Lookup) => T): Promise<T> {
  const known = new Map<string, JsonObject | undefined>();
  for (;;) {
    const missing = new Map<string, readonly [id: string, apiVersion: string | undefined]>();
    const lookup: Lookup = (id, apiVersion) => {
      const key = `${id.toLowerCase()} ${apiVersion ?? ''}`;
      if (!known.has(key)) missing.set(key, [id, apiVersion]);
      return known.get(key);
    };
    const result = attempt(() => evaluate(lookup));
    if (missing.size === 0) return result();
    await Promise.all(
      [...missing].map(async ([key, [id, apiVersion]]) => {
        known.set(key, await ask(id, apiVersion));
      }),
    );
  }
}

/** What it answered or threw, to be taken or to be forgotten. */
function attempt<T>(work: () => T): () => T {
  try {
    const value = work();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
