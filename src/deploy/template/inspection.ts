// Inspection: evaluating now all of a value that can be known now. Must hold: what it finds wrong is refused before anything
// is made; what must wait for a resource is a placeholder in the value, and its references are told.

import type { Json } from '../../domain/json.ts';
import type { Sight, Subject } from './evaluation.ts';
import { evaluating } from './reader.ts';
import { deferred, type Reference, referencesIn, refuseUncallable } from './references.ts';
import type { Place, Reader } from './walk.ts';

export interface Inspection {
  readonly references: Reference[];
  /** Where something must wait for a resource. */
  readonly waiting: string[];
  /** Where a secure value had a part. */
  readonly securePaths: string[];
}

export function inspecting(
  sight: Sight,
  subject: Subject,
): { readonly reader: Reader; readonly found: Inspection } {
  const { reference: _, ...now } = sight;
  const found: Inspection = { references: [], waiting: [], securePaths: [] };
  const reader = evaluating(now, subject, (held, place) => {
    if (held.secure) found.securePaths.push(place.path);
  });
  const text = (value: string, place: Place): Json => {
    const waiting = deferred(value);
    if (waiting === undefined) return reader.text(value, place);
    found.references.push(...referencesIn(waiting, place, now, subject));
    found.waiting.push(place.path);
    return '';
  };
  return { reader: { ...reader, text }, found };
}

/** Reads without evaluating, and refuses only what could never be evaluated. */
export function checking(sight: Sight, subject: Subject): Reader {
  const text = (value: string, place: Place): Json => {
    refuseUncallable(value, place, subject);
    return value;
  };
  return { text, count: () => 1, budget: sight.budget };
}
