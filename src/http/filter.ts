// Filters: a request's $filter parsed, or refused in words that say what is served.

import { matches, pathsIn } from '../arm/odata-match.ts';
import { type Expression, parseFilter } from '../arm/odata.ts';
import type { Json } from '../arm/json.ts';
import { Failure } from '../domain/failure.ts';
import { queryValue, type Request } from './request.ts';

export function readFilter(request: Request): Expression | undefined {
  const filter = queryValue(request, '$filter')?.trim();
  if (filter === undefined || filter === '') return undefined;
  const parsed = parseFilter(filter);
  if (!parsed.ok) throw badFilter(`The filter '${filter.slice(0, 200)}' is not valid: ${parsed.problem}.`);
  return parsed.expression;
}

/** A test of documents, or undefined without a filter. Only these paths (in lower case) may be asked for. */
export function documentFilter(
  request: Request,
  paths: ReadonlySet<string>,
): ((document: Json) => boolean) | undefined {
  const expression = readFilter(request);
  if (expression === undefined) return undefined;
  const unknown = pathsIn(expression).find((path) => !paths.has(path));
  if (unknown !== undefined) {
    throw badFilter(
      `The filter property '${unknown}' is not supported. Supported are: ${[...paths].join(', ')}.`,
    );
  }
  return (document) => matches(expression, document);
}

export function badFilter(message: string): Failure {
  return new Failure('invalidParameter', message, { target: '$filter' });
}
