// Object functions: those that make objects and take them apart.

import { isObject, type Json } from '../../domain/json.ts';
import { invalid, objectArgument, textArgument } from './arguments.ts';
import { ANY, type Arguments, define, defineLookup, type FunctionDefinition } from './function-definition.ts';
import { ExpressionProblem, USAGE } from './problem.ts';
import { compareTexts, isList, membersOf, objectOf } from './value.ts';

export const objectFunctions: readonly FunctionDefinition[] = [
  defineLookup('createObject', [0, ANY], createObject),
  // Documented: sorted by key.
  define('items', [1, 1], (args) =>
    membersOf(objectArgument(args, 0))
      .toSorted(([a], [b]) => compareTexts(a, b))
      .map(([key, value]) => ({ key, value })),
  ),
  define('objectKeys', [1, 1], (args) => membersOf(objectArgument(args, 0)).map(([key]) => key)),
  define('json', [1, 1], (args) => parseJson(args, textArgument(args, 0))),
  define('null', [0, 0], () => null),
];

function createObject(args: Arguments): Json {
  if (args.count % 2 === 1) {
    throw new ExpressionProblem(
      `Unable to evaluate template language function '${args.name}': function requires an even number of arguments while ${args.count} were provided. ${USAGE}`,
    );
  }
  return objectOf(
    Array.from({ length: args.count / 2 }, (_, pair): [string, Json] => [
      textArgument(args, 2 * pair),
      args.value(2 * pair + 1),
    ]),
  );
}

/** Integers that cannot be kept exactly are refused, at any depth. */
export function parseJson(args: Arguments, text: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw invalid(args, 'The value cannot be parsed as JSON.');
  }
  if (isExact(value, 0)) return value;
  throw invalid(args, 'The value has an integer that is out of range or is nested too deep.');
}

function isExact(value: Json, level: number): boolean {
  if (typeof value === 'number') return !Number.isInteger(value) || Number.isSafeInteger(value);
  if (level > 1000) return false;
  if (isList(value)) return value.every((item) => isExact(item, level + 1));
  return !isObject(value) || membersOf(value).every(([, member]) => isExact(member, level + 1));
}
