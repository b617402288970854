// Intent: why a request is sent, in its sender's own words, for the activity log: the header `x-muster-intent`, which Azure
// does not know and does not mind. Percent-encoded UTF-8, at most 256 characters when decoded.

import { Failure } from '../domain/failure.ts';
import type { Request } from './request.ts';

const LONGEST = 256;

/** Throws badRequest for one that cannot be kept as it is. */
export function intentOf(request: Request): { readonly intent?: string } {
  const given = request.headers['x-muster-intent'];
  if (given === undefined || given === '') return {};
  const intent = decoded(given);
  if (intent === undefined || intent.length > LONGEST) {
    throw new Failure(
      'badRequest',
      `The header 'x-muster-intent' must be percent-encoded UTF-8 of at most ${LONGEST} characters.`,
    );
  }
  return { intent };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
