// Requested location: where a request is about, for the messages that name it: the location in its path, that of the set it
// names, that of its body where the set is still to be made, that of its group. To be asked for after the token was verified.

import type { Plane } from '../app/plane.ts';
import { findLocation } from '../arm/locations.ts';
import { textAt } from '../domain/json.ts';
import type { ScaleSet } from '../domain/scale-set.ts';
import type { Context } from './context.ts';
import { parseJson } from './json-body.ts';
import type { Request } from './request.ts';

/** Undefined when nothing tells: a request about a whole subscription is about no location. */
export async function requestedLocation(
  { plane }: Context,
  request: Request,
  names: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const { location, group } = names;
  if (location !== undefined) return findLocation(location)?.name;
  if (group === undefined) return undefined;
  const set = await namedSet(plane, group, names);
  const there = set?.declared.location ?? bodyLocation(request);
  return there ?? (await plane.store.group(group))?.location;
}

/** The set in the path, or that of the machine there. */
async function namedSet(
  { store }: Plane,
  group: string,
  { set, machine }: Readonly<Record<string, string>>,
): Promise<ScaleSet | undefined> {
  if (set !== undefined) return store.scaleSet(group, set);
  const row = machine === undefined ? undefined : await store.machine(group, machine);
  return row && (await store.scaleSetByUid(row.set));
}

function bodyLocation({ body }: Request): string | undefined {
  try {
    return findLocation(textAt(parseJson(body), 'location') ?? '')?.name;
  } catch {
    // What is wrong with the body is not what this request is refused for.
    return undefined;
  }
}
