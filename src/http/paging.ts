// Paging: opaque tokens that say after which number a page begins, and the links that carry them.

import { Failure } from '../domain/failure.ts';
import { baseUrl, type Call } from './context.ts';
import { queryValue } from './request.ts';

/** How many items a page has at most. */
export const PAGE = 500;

/** The token of the number; `kind` keeps one list's tokens from another's. */
export function pageToken(kind: string, number: number): string {
  return Buffer.from(`${kind}:${number}`).toString('base64url');
}

/** The number in the request's $skiptoken, or undefined without one. A token that was made up is refused. */
export function tokenNumber(call: Call, kind: string): number | undefined {
  const token = queryValue(call.request, '$skiptoken');
  if (token === undefined) return undefined;
  const number = new RegExp(`^${kind}:(0|[1-9][0-9]{0,14})$`).exec(
    Buffer.from(token, 'base64url').toString(),
  )?.[1];
  if (number === undefined || pageToken(kind, Number(number)) !== token) {
    throw new Failure('invalidParameter', 'The request URL is not valid.', { target: '$skiptoken' });
  }
  return Number(number);
}

/** The request's own URL with another token. */
export function nextLink(call: Call, token: string): string {
  const query = new URLSearchParams(
    [...call.request.query].filter(([key]) => key.toLowerCase() !== '$skiptoken'),
  );
  query.set('$skiptoken', token);
  return `${baseUrl(call)}${call.request.path}?${query.toString()}`;
}
