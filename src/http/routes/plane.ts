// The plane itself: Muster's own provider, for `muster status` and `muster down`.

import type { Handler } from '../context.ts';
import { shutdownBody } from '../../arm/schemas.ts';
import { flagAt } from '../../domain/json.ts';
import { readBody } from '../json-body.ts';
import { empty, json } from '../response.ts';

export const planeStatus: Handler = async ({ context }) => json(200, await context.status());

/** Guests are powered off unless the body says that they are to go on running. */
export const planeShutdown: Handler = async ({ context, request }) => {
  const body = readBody(request, shutdownBody, 'optional');
  await context.shutdown(flagAt(body, 'powerOff') ?? true);
  return empty(202);
};
