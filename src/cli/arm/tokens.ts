// Tokens: where a request's access token comes from. A token is used until shortly before it expires, and then asked for
// again; it is never in an error, a log or a record.

import { readIdentity } from '../identity-file.ts';
import { isFields } from '../json-file.ts';
import { EXIT, Problem } from '../problem.ts';
import type { Exchange } from './exchange.ts';
import { parseBody, wordsOf } from './words.ts';

export interface Token {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** Signs in, and answers a token that nobody has used yet. Throws a Problem in one sentence. */
export type SignIn = () => Promise<Token>;

export interface Tokens {
  current(): Promise<string>;
  /** Forgets the token that was refused, so that the next one is a new one. */
  forget(refused: string): void;
}

/** Milliseconds before its end at which a token counts as old; of a short-lived one, half its life. */
const MARGIN = 120_000;

interface Known {
  readonly text: string;
  readonly renew: number;
}

export function rememberTokens(signIn: SignIn, now: () => number): Tokens {
  let held: Promise<Known> | undefined;
  let last: string | undefined;

  const ask = async (): Promise<Known> => {
    const begun = now();
    const { text, expires } = await signIn();
    return { text, renew: Math.max(expires - MARGIN, (begun + expires) / 2) };
  };
  /** Requests that want a token at the same moment share one sign-in; one that fails is not remembered. */
  const take = async (asked: Promise<Known>): Promise<Known> => {
    held = asked;
    try {
      const known = await asked;
      last = known.text;
      return known;
    } catch (error) {
      if (held === asked) held = undefined;
      throw error;
    }
  };
  return {
    current: async () => {
      const before = held;
      const known = await take(before ?? ask());
      if (before === undefined || now() < known.renew) return known.text;
      return (await take(held === before ? ask() : (held ?? ask()))).text;
    },
    forget: (refused) => {
      if (last === refused) held = undefined;
    },
  };
}

/** Signs in to the plane of a data directory with its service principal. */
export function planeSignIn(exchange: Exchange, data: string, now: () => number): SignIn {
  return async () => {
    const { tenantId, clientId, clientSecret } = readIdentity(data);
    const target = `/${tenantId}/oauth2/v2.0/token`;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: `${exchange.endpoint}/.default`,
    });
    const { status, text } = await exchange.send({
      method: 'POST',
      target,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    });
    const granted = parseBody(text);
    if (status < 200 || status >= 300) {
      const exitCode = status === 400 || status === 401 ? EXIT.denied : EXIT.failed;
      throw new Problem(`The plane answered POST ${target} with ${status}${wordsOf(granted)}`, exitCode);
    }
    const { access_token: token, expires_in: seconds } = isFields(granted) ? granted : {};
    if (typeof token !== 'string') throw new Problem('The plane gave no access token.');
    return { text: token, expires: now() + (typeof seconds === 'number' ? seconds : 300) * 1000 };
  };
}
