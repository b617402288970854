// Who the plane's tenant, subscription and one application are, and the secrets that prove it: identity.json.
// Must hold: it is made once. A damaged file is an error, never a reason to make another, because every
// resource of the plane lives under the subscription it names.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { JWK } from 'jose';
import type { Ids } from '../app/ports/clock.ts';
import { isObject, type JsonObject, objectAt, textAt } from '../domain/json.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

export interface Credentials {
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly subscriptionName: string;
  /** The application that signs in, and the service principal it is in this tenant. */
  readonly clientId: string;
  readonly objectId: string;
  readonly clientSecret: string;
  /** An RSA private key: Entra signs RS256, and clients that look expect it. */
  readonly signingKey: JWK;
}

/** Its message is a sentence for the user. */
export class DamagedCredentials extends Error {
  override readonly name = 'DamagedCredentials';
}

/** Reads the file, or makes it where there is none. Throws DamagedCredentials. */
export function openCredentials(file: string, ids: Ids): Credentials {
  const text = readPrivateFile(file);
  if (text !== undefined) return parseCredentials(text, file);
  const made = makeCredentials(ids);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 }); // one that exists is the user's: its rights stay
  writePrivateFile(file, `${JSON.stringify(made, null, 2)}\n`);
  return made;
}

function makeCredentials(ids: Ids): Credentials {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    tenantId: ids.guid(),
    subscriptionId: ids.guid(),
    subscriptionName: 'Muster',
    clientId: ids.guid(),
    objectId: ids.guid(),
    clientSecret: makeSecret(),
    signingKey: privateKey.export({ format: 'jwk' }) as JWK,
  };
}

/** 32 random bytes in base64url, never opening with a dash: command lines would take it for an option. */
function makeSecret(): string {
  for (;;) {
    const secret = randomBytes(32).toString('base64url');
    if (!secret.startsWith('-')) return secret;
  }
}

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function parseCredentials(text: string, file: string): Credentials {
  const damaged = (what: string): DamagedCredentials =>
    new DamagedCredentials(
      `${file} is damaged: ${what}. Restore it from a copy. ` +
        'Without it the resources of this data directory cannot be reached.',
    );
  const json = parseObject(text);
  if (json === undefined) throw damaged('it is not a JSON object');
  const guid = (name: string): string => {
    const value = textAt(json, name);
    if (value === undefined || !GUID.test(value)) throw damaged(`${name} is not a GUID`);
    return value;
  };
  const filled = (name: string): string => {
    const value = textAt(json, name);
    if (value === undefined || value === '') throw damaged(`${name} is missing`);
    return value;
  };
  const signingKey = objectAt(json, 'signingKey');
  if (textAt(signingKey, 'kty') !== 'RSA') throw damaged('signingKey is not an RSA key');
  return {
    tenantId: guid('tenantId'),
    subscriptionId: guid('subscriptionId'),
    subscriptionName: filled('subscriptionName'),
    clientId: guid('clientId'),
    objectId: guid('objectId'),
    clientSecret: filled('clientSecret'),
    signingKey: signingKey as JWK,
  };
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
