// Collection functions: those that take lists, texts and, some of them, objects, and do the same to each.

import { isObject, type Json, type JsonObject, sameJson } from '../../domain/json.ts';
import { allValues, integerArgument, textArgument, twoTexts, wrongType } from './arguments.ts';
import { ANY, type Arguments, define, defineLookup, type FunctionDefinition } from './function-definition.ts';
import { ExpressionProblem, USAGE } from './problem.ts';
import { canonical, fold, isList, keyIn, membersOf, objectOf, textOf, typeOf } from './value.ts';

export const collectionFunctions: readonly FunctionDefinition[] = [
  define('concat', [1, ANY], concat),
  define('contains', [2, 2], contains),
  defineLookup('empty', [1, 1], empty),
  defineLookup('length', [1, 1], lengthOf),
  defineLookup('first', [1, 1], (args) => {
    const value = listOrText(args);
    return typeof value === 'string' ? value.charAt(0) : (value[0] ?? null);
  }),
  defineLookup('last', [1, 1], (args) => {
    const value = listOrText(args);
    return value.at(-1) ?? (typeof value === 'string' ? '' : null);
  }),
  define('skip', [2, 2], (args) => listOrText(args).slice(Math.max(0, integerArgument(args, 1)))),
  define('take', [2, 2], (args) => listOrText(args).slice(0, Math.max(0, integerArgument(args, 1)))),
  define('indexOf', [2, 2], (args) => indexOf(args, 'first')),
  define('lastIndexOf', [2, 2], (args) => indexOf(args, 'last')),
  define('union', [2, ANY], union),
  define('intersection', [2, ANY], intersection),
];

function listOrText(args: Arguments): string | readonly Json[] {
  const value = args.value(0);
  if (typeof value === 'string' || isList(value)) return value;
  throw wrongType(args, 0, 'an array or a string');
}

/** Lists with lists only; anything else becomes text. */
function concat(args: Arguments): Json {
  const values = allValues(args);
  if (values.every(isList)) return values.flat();
  if (!values.some(isList)) return values.map(textOf).join('');
  throw new ExpressionProblem(
    `The provided parameters for language function '${args.name}' are invalid. Either all or none of the parameters must be an array. ${USAGE}`,
  );
}

/** Texts compare with regard to case, names of properties without. */
function contains(args: Arguments): Json {
  const container = args.value(0);
  const item = args.value(1);
  if (typeof container === 'string') return container.includes(textOf(item));
  if (isList(container)) return container.some((member) => sameJson(member, item));
  if (isObject(container)) return keyIn(container, textArgument(args, 1)) !== undefined;
  throw wrongType(args, 0, 'an array, an object or a string');
}

function lengthOf(args: Arguments): number {
  const length = sizeOf(args.value(0));
  if (length !== undefined) return length;
  throw wrongType(args, 0, 'an array, object, or a string');
}

function empty(args: Arguments): Json {
  const value = args.value(0);
  if (value === null) return true;
  const length = sizeOf(value);
  if (length !== undefined) return length === 0;
  throw new ExpressionProblem(
    `The template function '${args.name}' expects its parameter to be an object, an array, or a string. ` +
      `The provided value is of type '${typeOf(value)}'. ${USAGE}`,
  );
}

function sizeOf(value: Json): number | undefined {
  if (typeof value === 'string' || isList(value)) return value.length;
  return isObject(value) ? membersOf(value).length : undefined;
}

/** In texts without regard to case, in lists with. */
function indexOf(args: Arguments, which: 'first' | 'last'): Json {
  const where = args.value(0);
  if (isList(where)) {
    const item = args.value(1);
    const isIt = (member: Json): boolean => sameJson(member, item);
    return which === 'first' ? where.findIndex(isIt) : where.findLastIndex(isIt);
  }
  const [text, part] = twoTexts(args).map(fold) as [string, string];
  if (which === 'first') return text.indexOf(part);
  // .NET finds the empty text at the last character.
  return part === '' ? Math.max(0, text.length - 1) : text.lastIndexOf(part);
}

/** Lists: each item once, where it was first. Objects: merged all the way down, the later one wins; lists inside are replaced. */
function union(args: Arguments): Json {
  const values = allValues(args);
  if (values.every(isList)) return distinct(values.flat());
  if (values.every(isObject)) return values.reduce(merge);
  throw mixed(args);
}

function distinct(items: readonly Json[]): readonly Json[] {
  const byText = new Map<string, Json>();
  for (const item of items) {
    const key = canonical(item);
    if (!byText.has(key)) byText.set(key, item);
  }
  return [...byText.values()];
}

function merge(a: JsonObject, b: JsonObject): JsonObject {
  const merged = new Map(membersOf(a));
  for (const [name, member] of membersOf(b)) {
    const key = keyIn(a, name) ?? name;
    const before = merged.get(key);
    merged.set(key, isObject(before) && isObject(member) ? merge(before, member) : member);
  }
  return objectOf(merged);
}

/** Lists: the items that all have. Objects: the members that all have, with the same value. */
function intersection(args: Arguments): Json {
  const values = allValues(args);
  if (values.every(isList)) {
    const others = values.slice(1).map((list) => new Set(list.map(canonical)));
    return distinct(values[0] ?? []).filter((item) => others.every((set) => set.has(canonical(item))));
  }
  if (!values.every(isObject)) throw mixed(args);
  const [first = {}, ...others] = values;
  return objectOf(
    membersOf(first).filter(([name, member]) =>
      others.every((other) => {
        const key = keyIn(other, name);
        return key !== undefined && sameJson(other[key], member);
      }),
    ),
  );
}

function mixed(args: Arguments): ExpressionProblem {
  const types = allValues(args).map(typeOf).join(', ');
  return new ExpressionProblem(
    `The template language function '${args.name}' expects all of its parameters to be arrays, or all of them to be objects. ` +
      `The provided values are of type '${types}'. ${USAGE}`,
  );
}
