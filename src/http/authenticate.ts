// Authentication: the bearer token of a request, in ARM's words where it does not do.

import { Failure } from '../domain/failure.ts';
import { spokenTime, type Time } from '../domain/time.ts';
import type { Context, TokenRefusal } from './context.ts';
import type { Request } from './request.ts';

/** Answers who asks, or throws. The token itself is in no message. */
export async function authenticate(context: Context, request: Request): Promise<string> {
  const header = request.headers['authorization'];
  if (header === undefined || header.trim() === '') {
    throw new Failure(
      'authenticationFailed',
      "Authentication failed. The 'Authorization' header is missing.",
    );
  }
  const token = /^Bearer +(\S+) *$/i.exec(header)?.[1];
  if (token === undefined) {
    throw new Failure(
      'authenticationFailed',
      "Authentication failed. The 'Authorization' header is provided in an invalid format.",
    );
  }
  const verdict = await context.verify(token);
  if (verdict.refusal !== undefined) throw refused(verdict.refusal, context.realNow());
  return verdict.caller.appId;
}

function refused(refusal: TokenRefusal, now: Time): Failure {
  switch (refusal.reason) {
    case 'expired':
      return new Failure(
        'expiredAuthenticationToken',
        `The access token expiry UTC time '${spokenTime(refusal.expiry)}' is earlier than current UTC time '${spokenTime(now)}'.`,
      );
    case 'audience':
      return new Failure(
        'invalidAuthenticationTokenAudience',
        `The access token has been obtained for wrong audience or resource '${refusal.audience}'. It should exactly match with one of the allowed audiences.`,
      );
    case 'issuer':
      return new Failure('invalidAuthenticationToken', 'The access token is from the wrong issuer.');
    case 'notYetValid':
      return new Failure('invalidAuthenticationToken', 'The access token is not yet valid.');
    case 'unassigned':
      return new Failure(
        'invalidAuthenticationToken',
        'The access token is of a managed identity that is not assigned to any resource any more.',
      );
    case 'malformed':
    case 'signature':
      return new Failure('invalidAuthenticationToken', 'The access token is invalid.');
  }
}

/** What a 401 tells a client about where tokens come from. */
export function challenge(base: string, tenantId: string, failure: Failure): Record<string, string> {
  const description = failure.message.replaceAll(/["\\\r\n]/g, "'");
  return {
    'www-authenticate': `Bearer authorization_uri="${base}/${tenantId}", error="invalid_token", error_description="${description}"`,
  };
}
