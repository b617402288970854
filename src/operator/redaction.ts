// Redaction: what is taken out of a body before it is written down. By the name of the member, at any depth.

import { isObject, type Json, type JsonObject } from '../domain/json.ts';

const SECRET =
  /password|secret|protected(settings|parameters)|customdata|userdata|token|accountkey|connectionstring|privatekey|sasuri|authorization/i;

export const REDACTED = '(redacted)';

export function redacted(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      SECRET.test(name) ? REDACTED : withoutSecrets(member),
    ]),
  );
}

function withoutSecrets(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => withoutSecrets(item) ?? null);
  return isObject(value) ? redacted(value) : value;
}
