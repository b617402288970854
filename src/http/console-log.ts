// Console logs: URLs that let their holder read one guest's serial console for a while, as Azure's signed blob URLs do. They
// need no token; the signature covers the guest and the hour.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { GuestError } from '../app/ports/guests.ts';
import { Failure } from '../domain/failure.ts';
import { parseGuestHandle } from '../domain/guest.ts';
import { MINUTE } from '../domain/time.ts';
import type { Context } from './context.ts';
import { queryValue, type Request } from './request.ts';
import type { Response } from './response.ts';

const PATH = /^\/consoleLogs\/([0-9a-f-]{36}_[0-9]+)\/serialconsole\.log$/;

/** @param minutes for how long the URL lets in */
export function consoleLogUrl(context: Context, base: string, handle: string, minutes: number): string {
  const ends = new Date(context.realNow() + minutes * MINUTE).toISOString();
  const query = new URLSearchParams({ se: ends, sp: 'r', sig: signature(context.signingKey, handle, ends) });
  return `${base}/consoleLogs/${handle}/serialconsole.log?${query.toString()}`;
}

/** Undefined for any other path. */
export async function answerConsoleLog(context: Context, request: Request): Promise<Response | undefined> {
  const handle = PATH.exec(request.path)?.[1];
  if (handle === undefined || parseGuestHandle(handle) === undefined) return undefined;
  if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
  if (!isLetIn(context, request, handle)) {
    throw new Failure(
      'authorizationFailed',
      'The signature of this console log URL is not valid, or it has expired.',
    );
  }
  const text = await consoleText(context, handle);
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: text };
}

function isLetIn(context: Context, request: Request, handle: string): boolean {
  const ends = queryValue(request, 'se') ?? '';
  const given = Buffer.from(queryValue(request, 'sig') ?? '');
  const right = Buffer.from(signature(context.signingKey, handle, ends));
  if (given.length !== right.length || !timingSafeEqual(given, right)) return false;
  return Date.parse(ends) > context.realNow();
}

function signature(key: Uint8Array, handle: string, ends: string): string {
  return createHmac('sha256', key).update(`console log\n${handle}\n${ends}`).digest('base64url');
}

async function consoleText(context: Context, handle: string): Promise<string> {
  try {
    return await context.guests.consoleLog(handle);
  } catch (error) {
    if (error instanceof GuestError && error.kind === 'notFound') {
      throw new Failure('notFound', 'The specified console log does not exist.', { cause: error });
    }
    throw error;
  }
}
