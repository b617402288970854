// RequestListener: who wants to prove what was done is told of each request to ARM. Never a token, never a body.

import type { RequestFacts } from '../../operator/record-entry.ts';

/** Told of each request when its answer is there, in the order of the answers; throttled ones are requests too. */
export type RequestListener = (request: RequestFacts) => void;
