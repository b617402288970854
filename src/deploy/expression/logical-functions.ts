// Logical functions. `if`, `and` and `or` evaluate no more of their arguments than they need.

import type { Json } from '../../domain/json.ts';
import { flagArgument, invalid } from './arguments.ts';
import { ANY, type Arguments, define, defineLookup, type FunctionDefinition } from './function-definition.ts';

export const logicalFunctions: readonly FunctionDefinition[] = [
  defineLookup('if', [3, 3], (args) => args.value(flagArgument(args, 0) ? 1 : 2)),
  defineLookup('and', [2, ANY], (args) => !some(args, false)),
  defineLookup('or', [2, ANY], (args) => some(args, true)),
  defineLookup('not', [1, 1], (args) => !flagArgument(args, 0)),
  define('true', [0, 0], () => true),
  define('false', [0, 0], () => false),
  define('bool', [1, 1], bool),
];

function some(args: Arguments, wanted: boolean): boolean {
  for (let at = 0; at < args.count; at += 1) if (flagArgument(args, at) === wanted) return true;
  return false;
}

function bool(args: Arguments): Json {
  const value = args.value(0);
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
  if (word === 'true' || word === 'false') return word === 'true';
  throw invalid(args, 'The value cannot be converted to the target type.');
}
