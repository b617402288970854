// Comparison functions. Two values of different types are not equal; only two integers or two texts have an order.

import { type Json, sameJson } from '../../domain/json.ts';
import { wrongType } from './arguments.ts';
import { ANY, type Arguments, define, defineLookup, type FunctionDefinition } from './function-definition.ts';
import { compareTexts } from './value.ts';

export const comparisonFunctions: readonly FunctionDefinition[] = [
  defineLookup('coalesce', [1, ANY], coalesce),
  define('equals', [2, 2], (args) => sameJson(args.value(0), args.value(1))),
  define('greater', [2, 2], (args) => compare(args) > 0),
  define('greaterOrEquals', [2, 2], (args) => compare(args) >= 0),
  define('less', [2, 2], (args) => compare(args) < 0),
  define('lessOrEquals', [2, 2], (args) => compare(args) <= 0),
];

/** Evaluates no further than the first that is not null. */
function coalesce(args: Arguments): Json {
  for (let at = 0; at < args.count; at += 1) {
    const value = args.value(at);
    if (value !== null) return value;
  }
  return null;
}

function compare(args: Arguments): number {
  const [a, b] = [args.value(0), args.value(1)];
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  if (typeof a !== 'number' && typeof a !== 'string') throw wrongType(args, 0, 'an integer or a string');
  throw wrongType(args, 1, typeof a === 'number' ? "of type 'Integer'" : "of type 'String'");
}
