// Array functions: those that make lists and read single items of them. What lists, texts and objects have in common is in
// `collection-functions`, what takes a lambda in `lambda-functions`.

import { isObject, type Json } from '../../domain/json.ts';
import { allValues, integerArgument, invalid, listArgument, wrongType } from './arguments.ts';
import { ANY, type Arguments, define, defineLookup, type FunctionDefinition } from './function-definition.ts';
import { isList, memberIn, memberOf, membersOf, objectOf } from './value.ts';

export const arrayFunctions: readonly FunctionDefinition[] = [
  define('array', [1, 1], (args) => {
    const value = args.value(0);
    return isList(value) ? value : [value];
  }),
  defineLookup('createArray', [0, ANY], allValues),
  define('flatten', [1, 1], (args) =>
    listArgument(args, 0).flatMap((item) => {
      if (isList(item)) return item;
      throw wrongType(args, 0, 'an array of arrays');
    }),
  ),
  define('range', [2, 2], range),
  define('max', [1, ANY], (args) => integersOf(args).reduce((a, b) => Math.max(a, b))),
  define('min', [1, ANY], (args) => integersOf(args).reduce((a, b) => Math.min(a, b))),
  defineLookup('indexFromEnd', [2, 2], indexFromEnd),
  defineLookup('tryIndexFromEnd', [2, ANY], (args) => {
    const list = args.value(0);
    if (list === null) return null;
    const found = listArgument(args, 0)[listArgument(args, 0).length - integerArgument(args, 1)];
    return rest(args, found);
  }),
  defineLookup('tryGet', [2, ANY], (args) => {
    const base = args.value(0);
    if (base === null) return null;
    if (!isObject(base) && !isList(base)) throw wrongType(args, 0, 'an object or an array');
    return rest(args, memberOf(base, args.value(1)));
  }),
  define('shallowMerge', [1, 1], (args) =>
    objectOf(
      listArgument(args, 0).flatMap((item) => {
        if (isObject(item)) return membersOf(item);
        throw wrongType(args, 0, 'an array of objects');
      }),
    ),
  ),
];

/** Azure's limits: 10,000 items, none above 2147483647. */
function range(args: Arguments): Json {
  const start = integerArgument(args, 0);
  const count = integerArgument(args, 1);
  if (count < 0 || count > 10_000) {
    throw invalid(args, `The number of items must be between '0' and '10000' and is '${count}'.`);
  }
  if (start + count > 2_147_483_647) {
    throw invalid(args, "The sum of the start index and the count must be no greater than '2147483647'.");
  }
  return Array.from({ length: count }, (_, index) => start + index);
}

/** Either one list of integers or integers. */
function integersOf(args: Arguments): readonly number[] {
  const [first] = args.count === 1 ? [args.value(0)] : [undefined];
  if (!isList(first)) return Array.from({ length: args.count }, (_, at) => integerArgument(args, at));
  if (first.length === 0) throw invalid(args, 'The array must have at least one item.');
  return first.map((item) => {
    if (Number.isSafeInteger(item)) return item as number;
    throw wrongType(args, 0, 'an array of integers');
  });
}

/** Counted from the end, the last item is number 1. */
function indexFromEnd(args: Arguments): Json {
  const list = listArgument(args, 0);
  const index = integerArgument(args, 1);
  const found = list[list.length - index];
  if (found !== undefined) return found;
  throw invalid(args, `The index '${index}' from the end is out of bounds.`);
}

/**
 * After the access that may fail, `tryGet` and `tryIndexFromEnd` take further ones that may not: names, positions, and
 * `{ value, fromEnd }` for a position from the end. That is how Bicep writes `a.?b.c[^1]`.
 */
function rest(args: Arguments, start: Json | undefined): Json {
  let value = start;
  for (let at = 2; at < args.count; at += 1) {
    if (value === undefined || value === null) return null;
    const next = step(value, args.value(at));
    if (next === undefined) {
      throw invalid(args, `The language expression property '${args.quoted(at)}' doesn't exist.`);
    }
    value = next;
  }
  return value ?? null;
}

function step(value: Json, key: Json): Json | undefined {
  if (!isObject(key)) return memberOf(value, key);
  const position = memberIn(key, 'value') ?? null;
  const fromEnd = memberIn(key, 'fromEnd') === true;
  if (!fromEnd || !isList(value) || typeof position !== 'number') return memberOf(value, position);
  return value[value.length - position];
}
