// Requested location: where a request is about, for the messages that name it: the location in its path, that of the set it
// names, that of its body where the set is still to be made, that of its group. To be asked for after the token was verified.

import { findLocation } from '../arm/locations.ts';
import { textAt } from '../domain/json.ts';
import type { Context } from './context.ts';
import { parseJson } from './json-body.ts';
import type { Request } from './request.ts';

/** Undefined when nothing tells: a request about a whole subscription is about no location. */
export async function requestedLocation(
  { plane }: Context,
  request: Request,
  { location, group, set }: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  if (location !== undefined) return findLocation(location)?.name;
  if (group === undefined) return undefined;
  const known = set === undefined ? undefined : await plane.store.scaleSet(group, set);
  const there = known?.declared.location ?? bodyLocation(request);
  return there ?? (await plane.store.group(group))?.location;
}

function bodyLocation({ body }: Request): string | undefined {
  try {
    return findLocation(textAt(parseJson(body), 'location') ?? '')?.name;
  } catch {
    // What is wrong with the body is not what this request is refused for.
    return undefined;
  }
}
