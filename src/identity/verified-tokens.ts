// Tokens that were verified, remembered until they expire: a client sends the same one with every request, and checking an
// RSA signature costs more than most answers do. What must hold: only what was verified is remembered, and never beyond its time.

import { createHash } from 'node:crypto';
import type { Time } from '../domain/time.ts';
import type { Verdict } from './tokens.ts';

/** Clients at one time, generously; the oldest is forgotten first. */
const REMEMBERED = 256;

type Verify = (token: string, now: Time) => Promise<Verdict>;

export function rememberVerified(verify: Verify): Verify {
  const known = new Map<string, Verdict & { readonly caller: { readonly expires: Time } }>();
  return async (token, now) => {
    // A digest, so that no token lies about in memory for longer than its request.
    const key = createHash('sha256').update(token).digest('base64');
    const found = known.get(key);
    if (found !== undefined && now < found.caller.expires) return found;
    known.delete(key);
    const verdict = await verify(token, now);
    const { caller } = verdict;
    if (caller === undefined || now >= caller.expires) return verdict;
    if (known.size >= REMEMBERED) known.delete(known.keys().next().value ?? '');
    known.set(key, { caller });
    return verdict;
  };
}
