// The identity side of the plane as one function from request to answer: metadata, discovery and tokens,
// all that a client may ask before it has a token. Must hold: a path that is none of these is not answered
// here, so that everything else needs a token.
import { SECOND } from '../domain/time.ts';
import type { Clock, Ids } from '../app/ports/clock.ts';
import { answerAliases } from './aliases.ts';
import type { Credentials } from './credentials.ts';
import type { IdentityRequest, IdentityResponse } from './exchange.ts';
import { answerMetadata } from './metadata.ts';
import { baseUrl, isPlaneAudience, type PlaneNames } from './names.ts';
import { answerOpenId } from './openid.ts';
import type { Realm } from './realm.ts';
import { answerToken } from './token-endpoint.ts';
import { makeTokens, type Subject, TOKEN_LIFE, type Verdict } from './tokens.ts';
import { rememberVerified } from './verified-tokens.ts';

export interface Identity {
  /** The answer, or undefined where the path is not the identity side's. */
  answer(request: IdentityRequest): Promise<IdentityResponse | undefined>;
  /** Who sent this bearer token (the text after `Bearer `), or why it is refused. */
  verify(token: string): Promise<Verdict>;
  /** A token of this plane for somebody else than its own application; undefined when the audience is not this plane. */
  issue(subject: Subject, audience: string): Promise<Issued | undefined>;
  /** The https URL without a slash at its end that belongs in answers to a request with this Host header. */
  baseUrl(hostHeader: string | undefined): string;
}

export interface Issued {
  readonly token: string;
  /** In seconds. */
  readonly life: number;
  /** Seconds since 1970. */
  readonly issued: number;
}

export interface IdentityOptions {
  readonly credentials: Credentials;
  readonly names: PlaneNames;
  /** The plane's own URL, without a slash at its end: `https://localhost:7443`. */
  readonly endpoint: string;
  /** The real clock, whatever the plane's runs like: clients measure a token's life by their own. */
  readonly clock: Clock;
  readonly ids: Ids;
}

export async function makeIdentity(options: IdentityOptions): Promise<Identity> {
  const { names, endpoint, clock } = options;
  const tokens = await makeTokens(options.credentials, names);
  const verify = rememberVerified((token, now) => tokens.verify(token, now));
  const realm: Realm = { ...options, tokens };
  return {
    answer: async (request) =>
      answerMetadata(request, names, endpoint) ??
      answerAliases(request) ??
      answerOpenId(request, realm) ??
      (await answerToken(request, realm)),
    verify: async (token) => await verify(token, clock.now()),
    issue: async (subject, audience) => {
      if (!isPlaneAudience(audience, names)) return undefined;
      const now = clock.now();
      const token = await tokens.issue(audience, now, subject);
      return { token, life: TOKEN_LIFE, issued: Math.floor(now / SECOND) };
    },
    baseUrl: (hostHeader) => baseUrl(hostHeader, names, endpoint),
  };
}
