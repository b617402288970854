// Tokens: what they say, for how long they are good, and every way in which one is not.
import fc from 'fast-check';
import { decodeJwt, decodeProtectedHeader, generateKeyPair, importJWK, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { makeTestIdentity } from '../../test/testing/identity.ts';
import { planeNames } from './names.ts';
import { makeTokens, sameSecret, TOKEN_LIFE } from './tokens.ts';

const { credentials } = await makeTestIdentity();
const now = Date.parse('2026-11-24T06:00:00Z');
const seconds = now / 1000;
const names = planeNames([]);
const tokens = await makeTokens(credentials, names);
const audience = 'https://localhost:7443';

const caller = {
  appId: credentials.clientId,
  objectId: credentials.objectId,
  tenantId: credentials.tenantId,
  expires: now + TOKEN_LIFE * 1000,
};

/** A token signed with the plane's own key whose claims differ from a good one's. */
async function signed(changes: Record<string, unknown>): Promise<string> {
  const good = decodeJwt(await tokens.issue(audience, now));
  const key = await importJWK(credentials.signingKey, 'RS256');
  const claims = Object.fromEntries(
    Object.entries({ ...good, ...changes }).filter(([, value]) => value !== undefined),
  );
  return await new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(key);
}

describe('an issued token', () => {
  test('has the claims Entra gives an application', async () => {
    const token = await tokens.issue('https://management.azure.com/', now);
    expect(decodeJwt(token)).toEqual({
      aud: 'https://management.azure.com/',
      iss: tokens.issuer,
      iat: seconds,
      nbf: seconds,
      exp: seconds + TOKEN_LIFE,
      appid: credentials.clientId,
      appidacr: '1',
      idp: tokens.issuer,
      idtyp: 'app',
      oid: credentials.objectId,
      sub: credentials.objectId,
      tid: credentials.tenantId,
      ver: '1.0',
    });
    expect(decodeProtectedHeader(token)).toEqual({
      typ: 'JWT',
      alg: 'RS256',
      kid: tokens.publicKeys[0]?.kid,
    });
  });

  test('names its caller from a minute before it is issued to a minute after it runs out', async () => {
    const token = await tokens.issue(audience, now);
    const end = now + TOKEN_LIFE * 1000;
    for (const moment of [now - 60_000, now, end - 1, end + 59_000]) {
      expect(await tokens.verify(token, moment)).toEqual({ caller });
    }
    expect(await tokens.verify(token, now - 62_000)).toEqual({ refusal: { reason: 'notYetValid' } });
    expect(await tokens.verify(token, end + 60_000)).toEqual({
      refusal: { reason: 'expired', expiry: end },
    });
  });

  test('is good at a plane that was started again, on another port, with other names', async () => {
    const token = await tokens.issue('https://127.0.0.1:7443/', now);
    const restarted = await makeTokens(credentials, planeNames(['build-7']));
    expect(await restarted.verify(token, now)).toEqual({ caller });
  });

  test('can be checked with the published key, which has no private part', () => {
    expect(tokens.publicKeys).toHaveLength(1);
    expect(Object.keys(tokens.publicKeys[0] ?? {}).toSorted()).toEqual([
      'alg',
      'e',
      'kid',
      'kty',
      'n',
      'use',
    ]);
  });
});

describe('a token is refused', () => {
  test('when another tenant’s key signed it', async () => {
    const other = await makeTestIdentity(2);
    const foreign = await makeTokens(other.credentials, names);
    const token = await foreign.issue(audience, now);
    expect(await tokens.verify(token, now)).toEqual({ refusal: { reason: 'signature' } });
  });

  test('when it is unsigned, or signed by a method that takes the public key for a secret', async () => {
    const payload = (await tokens.issue(audience, now)).split('.')[1] ?? '';
    const encode = (header: object): string => Buffer.from(JSON.stringify(header)).toString('base64url');
    for (const header of [{ alg: 'none' }, { alg: 'HS256' }, { alg: 'PS256' }]) {
      const verdict = await tokens.verify(`${encode(header)}.${payload}.AAAA`, now);
      expect(verdict).toEqual({ refusal: { reason: 'signature' } });
    }
    expect((await tokens.verify(`${encode({ alg: 'none' })}.${payload}.`, now)).caller).toBeUndefined();
  });

  test('when its key claims to travel with it', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    const jwk = (await crypto.subtle.exportKey('jwk', publicKey)) as { kty: string; n: string; e: string };
    const claims = decodeJwt(await tokens.issue(audience, now));
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', jwk }).sign(privateKey);
    expect(await tokens.verify(token, now)).toEqual({ refusal: { reason: 'signature' } });
  });

  test.each<readonly [string, Record<string, unknown>, string]>([
    ['its issuer is another', { iss: 'https://sts.windows.net/x/' }, 'issuer'],
    ['it has no issuer', { iss: undefined }, 'issuer'],
    ['it is for the Graph', { aud: 'https://graph.microsoft.com' }, 'audience'],
    ['it is for several', { aud: [audience, 'https://graph.microsoft.com'] }, 'audience'],
    ['it has no audience', { aud: undefined }, 'malformed'],
    ['it never ends', { exp: undefined }, 'malformed'],
    ['it has no beginning', { nbf: undefined }, 'malformed'],
    ['its end is no number', { exp: 'never' }, 'malformed'],
    ['its application is missing', { appid: undefined }, 'malformed'],
    ['its object is a number', { oid: 7 }, 'malformed'],
  ])('when %s', async (_, changes, reason) => {
    const verdict = await tokens.verify(await signed(changes), now);
    expect(verdict.caller).toBeUndefined();
    expect(verdict.refusal?.reason).toBe(reason);
  });

  test('when one character of it is another', async () => {
    const token = await tokens.issue(audience, now);
    // The last character of a part may carry bits that base64url does not use: it is left as it is.
    const positions = Array.from(token, (_, index) => index).filter((i) => /^[^.][^.]/.test(token.slice(i)));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...positions),
        fc.constantFrom('A', 'C', 'b', 'c', '0', '1', '9', '_', '-'),
        async (index, character) => {
          fc.pre(token[index] !== character);
          const changed = token.slice(0, index) + character + token.slice(index + 1);
          expect((await tokens.verify(changed, now)).caller).toBeUndefined();
        },
      ),
    );
  });

  test('when it is no token at all, without an error', async () => {
    const rubbish = fc.oneof(
      fc.string(),
      fc.tuple(fc.base64String(), fc.base64String(), fc.base64String()).map((parts) => parts.join('.')),
      fc.json().map((text) => `${Buffer.from(text).toString('base64url')}.e30.AAAA`),
    );
    await fc.assert(
      fc.asyncProperty(rubbish, async (text) => {
        expect((await tokens.verify(text, now)).refusal).toBeDefined();
      }),
    );
  });
});

test('two secrets are the same exactly when their text is', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(sameSecret(a, a)).toBe(true);
      expect(sameSecret(a, b)).toBe(a === b);
    }),
  );
});
