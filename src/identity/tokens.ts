// Access tokens: JWTs with the claims Entra gives an application, signed and verified with the plane's own
// key. Must hold: only what this plane signed, for this plane, within its time, names a caller.
// Time here is the real clock's, never the plane's virtual one: clients measure a token's life by their own.
import { createHash, timingSafeEqual } from 'node:crypto';
import { calculateJwkThumbprint, errors, importJWK, type JWK, jwtVerify, SignJWT } from 'jose';
import { SECOND, type Time } from '../domain/time.ts';
import type { Credentials } from './credentials.ts';
import { isPlaneAudience, type PlaneNames } from './names.ts';

/** Who a verified token speaks for. */
export interface Caller {
  readonly appId: string;
  readonly objectId: string;
  readonly tenantId: string;
  readonly expires: Time;
}

/** Why a token is refused, with what Azure's message for it tells. */
export type Refusal =
  | { readonly reason: 'malformed' | 'signature' | 'issuer' | 'notYetValid' }
  | { readonly reason: 'audience'; readonly audience: string }
  | { readonly reason: 'expired'; readonly expiry: Time };

export type Verdict =
  | { readonly caller: Caller; readonly refusal?: undefined }
  | { readonly refusal: Refusal; readonly caller?: undefined };

/** Who a token is for. */
export interface Subject {
  readonly clientId: string;
  readonly objectId: string;
}

export interface Tokens {
  /** For the plane's own application, unless somebody else is named. */
  issue(audience: string, now: Time, subject?: Subject): Promise<string>;
  verify(token: string, now: Time): Promise<Verdict>;
  /** What a client may check signatures with: the JWKS document's keys. */
  readonly publicKeys: readonly JWK[];
  readonly issuer: string;
}

/** In seconds, as Entra answers for an application: an hour less one. */
export const TOKEN_LIFE = 3599;

/** How far, in seconds, the clocks of one client and another plane process may be apart. */
const SKEW = 60;

const ALGORITHM = 'RS256';

export async function makeTokens(credentials: Credentials, names: PlaneNames): Promise<Tokens> {
  const { kty, n, e } = credentials.signingKey;
  const bare = { kty, n, e } as JWK;
  const kid = await calculateJwkThumbprint(bare);
  const privateKey = await importJWK(credentials.signingKey, ALGORITHM);
  const publicKey = await importJWK(bare, ALGORITHM);
  // Bound to the tenant, not to a host name or a port, so that a token outlives a change of either.
  const issuer = `urn:muster:${credentials.tenantId}`;

  const issue = async (audience: string, now: Time, subject: Subject = credentials): Promise<string> => {
    const seconds = Math.floor(now / SECOND);
    return await new SignJWT({
      appid: subject.clientId,
      appidacr: '1',
      idp: issuer,
      idtyp: 'app',
      oid: subject.objectId,
      tid: credentials.tenantId,
      ver: '1.0',
    })
      .setProtectedHeader({ typ: 'JWT', alg: ALGORITHM, kid })
      .setAudience(audience)
      .setIssuer(issuer)
      .setSubject(subject.objectId)
      .setIssuedAt(seconds)
      .setNotBefore(seconds)
      .setExpirationTime(seconds + TOKEN_LIFE)
      .sign(privateKey);
  };

  const verify = async (token: string, now: Time): Promise<Verdict> => {
    try {
      const { payload } = await jwtVerify(token, publicKey, {
        algorithms: [ALGORITHM],
        issuer,
        requiredClaims: ['aud', 'exp', 'nbf'],
        currentDate: new Date(now),
        clockTolerance: SKEW,
      });
      const { aud, appid, oid, tid, exp = 0 } = payload;
      if (typeof aud !== 'string' || !isPlaneAudience(aud, names)) {
        return { refusal: { reason: 'audience', audience: String(aud) } };
      }
      if (typeof appid !== 'string' || typeof oid !== 'string' || typeof tid !== 'string') {
        return { refusal: { reason: 'malformed' } };
      }
      return { caller: { appId: appid, objectId: oid, tenantId: tid, expires: exp * SECOND } };
    } catch (error) {
      return { refusal: refusalOf(error) };
    }
  };

  return { issue, verify, publicKeys: [{ ...bare, use: 'sig', alg: ALGORITHM, kid }], issuer };
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof errors.JWTExpired) {
    return { reason: 'expired', expiry: (error.payload.exp ?? 0) * SECOND };
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return { reason: 'signature' };
  if (error instanceof errors.JOSEAlgNotAllowed) return { reason: 'signature' };
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'iss') return { reason: 'issuer' };
    if (error.claim === 'nbf' && error.reason === 'check_failed') return { reason: 'notYetValid' };
    return { reason: 'malformed' };
  }
  if (error instanceof errors.JOSEError) return { reason: 'malformed' };
  throw error;
}

/** Whether a secret is the right one, in a time that does not tell how much of it was right. */
export function sameSecret(given: string, secret: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
