// Query options: the few parameters besides $filter that routes read, or Azure's refusal of them.

import { Failure } from '../domain/failure.ts';
import { queryValue, type Request } from './request.ts';

/** The words of a comma-separated option, in lower case; each must be one that is served. */
export function optionWords(request: Request, name: string, served: readonly string[]): ReadonlySet<string> {
  const words = new Set(
    (queryValue(request, name) ?? '')
      .split(',')
      .map((word) => word.trim().toLowerCase())
      .filter((word) => word !== ''),
  );
  const known = served.map((word) => word.toLowerCase());
  const wrong = [...words].find((word) => !known.includes(word));
  if (wrong === undefined) return words;
  throw new Failure(
    'invalidParameter',
    `The value '${wrong}' of query parameter '${name}' is not supported. Supported are: ${served.join(', ')}.`,
    { target: name },
  );
}

/** `true` or `false` in any case; false when absent. */
export function flagOption(request: Request, name: string): boolean {
  const value = queryValue(request, name);
  if (value === undefined) return false;
  const word = value.toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true';
  throw new Failure(
    'invalidParameter',
    `The value '${value}' of query parameter '${name}' must be true or false.`,
    {
      target: name,
    },
  );
}

/** A whole number within bounds, both inclusive. */
export function numberOption(
  request: Request,
  name: string,
  bounds: { readonly least: number; readonly most: number; readonly otherwise: number },
): number {
  const value = queryValue(request, name);
  if (value === undefined) return bounds.otherwise;
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= bounds.least && number <= bounds.most) return number;
  throw new Failure(
    'invalidParameter',
    `The value '${value}' of query parameter '${name}' must be a whole number from ${bounds.least} to ${bounds.most}.`,
    { target: name },
  );
}
