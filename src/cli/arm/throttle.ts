// Throttle: whether an answer is taken or the request is sent again, and after how long, as a pure function.
// What must hold: a request that may have changed something is sent again only where ARM says that it was refused unseen
// (429); nobody waits longer than the limit, and a wait that ARM asks for is never cut short.

export type Verdict = { readonly kind: 'take' } | { readonly kind: 'wait'; readonly milliseconds: number };

export interface Attempt {
  readonly method: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** How many answers to this request there were before. */
  readonly earlier: number;
  /** Milliseconds that it has waited so far. */
  readonly waited: number;
}

export interface Limits {
  /** Milliseconds of waiting for one request in all. */
  readonly wait: number;
  /** How often it is sent at most. */
  readonly attempts: number;
}

/** ARM's buckets refill by the minute (azure-fleet: compute throttling limits). */
export const LIMITS: Limits = { wait: 120_000, attempts: 8 };

const PASSING: ReadonlySet<number> = new Set([500, 502, 503, 504]);

/** @param now milliseconds since 1970, for a `Retry-After` that is a date */
export function judge(attempt: Attempt, now: number, limits: Limits = LIMITS): Verdict {
  const { method, status, earlier, waited } = attempt;
  const again = status === 429 || (PASSING.has(status) && method === 'GET');
  if (!again || earlier + 1 >= limits.attempts) return { kind: 'take' };
  const asked = retryAfter(attempt.headers, now);
  const milliseconds = asked ?? Math.min(1000 * 2 ** earlier, 30_000);
  return waited + milliseconds > limits.wait ? { kind: 'take' } : { kind: 'wait', milliseconds };
}

/** In milliseconds; undefined where the answer does not say. The finer headers go first (az-protocol, section 5). */
export function retryAfter(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  for (const name of ['x-ms-retry-after-ms', 'retry-after-ms']) {
    const milliseconds = numberIn(headers[name]);
    if (milliseconds !== undefined) return milliseconds;
  }
  const given = headers['retry-after'];
  const seconds = numberIn(given);
  if (seconds !== undefined) return seconds * 1000;
  const date = given === undefined ? Number.NaN : Date.parse(given);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined;
}
