// The credentials file: made once, private, and never replaced when something is wrong with it.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/testing/temporary.ts';
import { DamagedCredentials, openCredentials } from './credentials.ts';
import { seededIds } from '../../test/testing/seeded.ts';

const fresh = (): string => join(temporaryDirectory(), 'data', 'identity.json');

describe('credentials', () => {
  test('are made at the first opening and the same ever after', () => {
    const file = fresh();
    const made = openCredentials(file, seededIds(1));
    expect(openCredentials(file, seededIds(1))).toEqual(made);
    expect(new Set([made.tenantId, made.subscriptionId, made.clientId, made.objectId]).size).toBe(4);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('have a secret and a key of their own in every data directory', () => {
    const ids = seededIds(1);
    const [one, two] = [openCredentials(fresh(), ids), openCredentials(fresh(), ids)];
    expect(one.clientSecret).not.toBe(two.clientSecret);
    expect(one.signingKey.n).not.toBe(two.signingKey.n);
    expect(one.clientSecret).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{42}$/);
    expect(one.signingKey).toMatchObject({ kty: 'RSA', e: 'AQAB' });
  });

  const damage: readonly (readonly [string, (text: string) => string, RegExp])[] = [
    ['empty', () => '', /not a JSON object/],
    ['cut short', (text) => text.slice(0, 100), /not a JSON object/],
    ['a list', () => '[]', /not a JSON object/],
    ['without a secret', (text) => text.replace('clientSecret', 'x'), /clientSecret is missing/],
    ['with an empty name', (text) => text.replace('"Muster"', '""'), /subscriptionName is missing/],
    ['with no GUID', (text) => text.replace(/"tenantId": ".{8}/, '"tenantId": "zzzzzzzz'), /tenantId is not/],
    ['without a key', (text) => text.replace('"RSA"', '"EC"'), /signingKey is not an RSA key/],
  ];

  test.each(damage)(
    'that are %s are an error that names the file, and are left as they are',
    (_, harm, words) => {
      const file = fresh();
      const { clientSecret } = openCredentials(file, seededIds(1));
      const harmed = harm(readFileSync(file, 'utf8'));
      writeFileSync(file, harmed);
      let message = '';
      try {
        openCredentials(file, seededIds(1));
      } catch (error) {
        expect(error).toBeInstanceOf(DamagedCredentials);
        message = (error as Error).message;
      }
      expect(message).toMatch(words);
      expect(message).toContain(file);
      expect(message).not.toContain(clientSecret);
      expect(readFileSync(file, 'utf8')).toBe(harmed);
    },
  );
});
