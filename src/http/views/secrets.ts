// Secrets: the one list of members that never leave the plane, and the one function that takes them out. It works at every
// depth and without regard to case, because what a user declares is kept as it came.

import { isObject, type Json, type JsonObject } from '../../domain/json.ts';

/** In lower case. `userData` is shown only where it is asked for by name (`$expand=userData`). */
const SECRETS: ReadonlySet<string> = new Set([
  'adminpassword',
  'customdata',
  'privatekey',
  'protectedparameters',
  'protectedsettings',
  'runaspassword',
  'userdata',
]);

/** Secrets only below a member of that name: what Windows runs at set-up may hold the password of an automatic log-on. */
const SECRETS_BELOW: ReadonlyMap<string, string> = new Map([['additionalunattendcontent', 'content']]);

/** URLs whose query is a signature that lets its holder in. */
const SIGNED_URLS: ReadonlySet<string> = new Set(['scripturi', 'outputbloburi', 'errorbloburi']);

/** The document without its secrets; the same object where it has none. */
export function withoutSecrets(document: JsonObject): JsonObject {
  return cleaned(document, undefined) as JsonObject;
}

function cleaned(value: Json, also: string | undefined): Json {
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    const clean = items.map((item) => cleaned(item, also));
    return clean.every((item, index) => item === items[index]) ? items : clean;
  }
  if (!isObject(value)) return value;
  let changed = false;
  const kept: [string, Json][] = [];
  for (const [key, member] of Object.entries(value)) {
    const name = key.toLowerCase();
    if (member === undefined || SECRETS.has(name) || name === also) {
      changed = true;
      continue;
    }
    const clean = SIGNED_URLS.has(name) ? unsigned(member) : cleaned(member, SECRETS_BELOW.get(name) ?? also);
    changed ||= clean !== member;
    kept.push([key, clean]);
  }
  return changed ? Object.fromEntries(kept) : value;
}

function unsigned(value: Json): Json {
  return typeof value === 'string' ? value.replace(/\?.*$/s, '') : cleaned(value, undefined);
}
