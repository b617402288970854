// Paging: opaque tokens that say after what a page begins, and the links that carry them.

import { Failure } from '../domain/failure.ts';
import { baseUrl, type Call } from './context.ts';
import { queryValue } from './request.ts';

/** How many items a page has at most. */
export const PAGE = 500;

/** The token of the number; `kind` keeps one list's tokens from another's. */
export function pageToken(kind: string, number: number): string {
  return textToken(kind, String(number));
}

/** The number in the request's $skiptoken, or undefined without one. A token that was made up is refused. */
export function tokenNumber(call: Call, kind: string): number | undefined {
  const text = tokenText(call, kind, /^(0|[1-9][0-9]{0,14})$/);
  return text === undefined ? undefined : Number(text);
}

export function textToken(kind: string, text: string): string {
  return Buffer.from(`${kind}:${text}`).toString('base64url');
}

/** The text in the request's $skiptoken, which must have that form, or undefined without one. */
export function tokenText(call: Call, kind: string, form: RegExp): string | undefined {
  const token = queryValue(call.request, '$skiptoken');
  if (token === undefined) return undefined;
  const whole = Buffer.from(token, 'base64url').toString();
  const text = whole.slice(kind.length + 1);
  if (textToken(kind, text) === token && form.test(text)) return text;
  throw new Failure('invalidParameter', 'The request URL is not valid.', { target: '$skiptoken' });
}

/** The request's own URL with another token. */
export function nextLink(call: Call, token: string): string {
  const query = new URLSearchParams(
    [...call.request.query].filter(([key]) => key.toLowerCase() !== '$skiptoken'),
  );
  query.set('$skiptoken', token);
  return `${baseUrl(call)}${call.request.path}?${query.toString()}`;
}
