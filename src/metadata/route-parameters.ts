// Route parameters: what is left of a path walks down the document, by keys and indexes, and what is found is answered as
// JSON or as text. As text, an object or list is the names in it, those that hold more with a slash; a leaf has no JSON form.

import { isObject, type Json } from '../domain/json.ts';
import { json, type MetadataAnswer, NOT_FOUND, refused, text } from './exchange.ts';

export function answerPart(document: Json, path: readonly string[], query: URLSearchParams): MetadataAnswer {
  const format = (query.get('format') ?? 'json').toLowerCase();
  if (format !== 'json' && format !== 'text') {
    return refused(400, `Bad request. The format '${format}' is not served: it is json or text.`);
  }
  const part = walk(document, path);
  if (part === undefined) return NOT_FOUND;
  if (format === 'text') return text(isBranch(part) ? namesIn(part) : String(part));
  if (isBranch(part)) return json(200, part);
  return refused(400, 'Bad request. A single value is served as text only: add format=text to the query.');
}

function walk(document: Json, path: readonly string[]): Json | undefined {
  let part: Json | undefined = document;
  for (const name of path) {
    if (part === undefined || !isBranch(part) || !Object.hasOwn(part, name) || name === 'length') {
      return undefined;
    }
    part = (part as Readonly<Record<string, Json | undefined>>)[name];
  }
  return part;
}

function isBranch(part: Json): part is object & Json {
  return Array.isArray(part) || isObject(part);
}

function namesIn(part: object): string {
  return Object.entries(part)
    .map(([name, value]) => (isBranch(value as Json) ? `${name}/` : name))
    .join('\n');
}
