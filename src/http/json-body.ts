// JSON bodies: bytes to a value that is safe to walk. No message repeats what was sent: it may be a secret.

import type { Json, JsonObject } from '../arm/json.ts';
import { type BodySchema, parseBody } from '../arm/schemas.ts';
import { Failure } from '../domain/failure.ts';
import { plainJson } from './json-comments.ts';
import type { Request } from './request.ts';

/** Deeper documents are refused: everything that walks one may recurse. */
export const DEEPEST_BODY = 64;

/** The body as the schema has it. None is an empty object, unless the request is nothing without one. */
export function readBody(request: Request, schema: BodySchema, need: 'required' | 'optional'): JsonObject {
  return shaped(parseJson(request.body), schema, need);
}

/** The same of a body that may have comments in it and texts over several lines, as templates have. */
export function readCommentedBody(request: Request, schema: BodySchema): JsonObject {
  return shaped(parseText(plainJson(decode(request.body)).trim()), schema, 'required');
}

function shaped(value: Json | undefined, schema: BodySchema, need: 'required' | 'optional'): JsonObject {
  if (value === undefined) {
    if (need === 'optional') return {};
    throw unreadable('a body is required');
  }
  if (value === null) throw unreadable('the body must be an object');
  const parsed = parseBody(schema, value);
  if (parsed.ok) return parsed.body;
  const where = parsed.path === '' ? 'the body' : `'${parsed.path}'`;
  throw unreadable(`${where} ${parsed.problem}`, parsed.path);
}

/** Undefined for an empty body: clients send a JSON content type with nothing behind it. */
export function parseJson(bytes: Uint8Array): Json | undefined {
  return parseText(decode(bytes).trim());
}

function parseText(text: string): Json | undefined {
  if (text === '') return undefined;
  const value = parse(text);
  if (!isShallow(value)) throw unreadable(`the body is nested more than ${DEEPEST_BODY} levels deep`);
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable('the body is not UTF-8');
  }
}

function parse(text: string): Json {
  try {
    // A member of that name, escaped or not, is never meant, and copying it would set a prototype.
    if (/__proto__|\\u/.test(text)) {
      return JSON.parse(text, (key, value: unknown) => (key === '__proto__' ? undefined : value)) as Json;
    }
    return JSON.parse(text) as Json;
  } catch (error) {
    const position = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined;
    throw unreadable(`the body is not JSON${position === undefined ? '' : ` at position ${position}`}`);
  }
}

function isShallow(value: Json): boolean {
  let level: Json[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth >= DEEPEST_BODY) return false;
    const below: Json[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      for (const member of Object.values(item)) {
        if (typeof member === 'object' && member !== null) below.push(member);
      }
    }
    level = below;
  }
  return true;
}

function unreadable(reason: string, target?: string): Failure {
  return new Failure(
    'invalidRequestContent',
    `The request content was invalid and could not be deserialized: ${reason}.`,
    target === undefined || target === '' ? {} : { target },
  );
}
