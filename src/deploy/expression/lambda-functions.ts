// Lambda functions: those that take `lambda('x', …)`. A lambda stands nowhere else; its variables are read with
// `lambdaVariables('x')`, and an inner lambda hides an outer one's variable of the same name.

import type { Json } from '../../domain/json.ts';
import { listArgument, objectArgument, textArgument } from './arguments.ts';
import {
  ANY,
  type Arguments,
  define,
  defineLookup,
  type FunctionDefinition,
  type Lambda,
  notExpectedHere,
} from './function-definition.ts';
import { ExpressionProblem, USAGE } from './problem.ts';
import { membersOf, objectOf, typeOf } from './value.ts';

export const lambdaFunctions: readonly FunctionDefinition[] = [
  define('lambda', [1, ANY], (args) => {
    throw notExpectedHere(args.name);
  }),
  defineLookup('lambdaVariables', [1, 1], (args) => {
    const value = args.lambdaVariable(textArgument(args, 0));
    if (value !== undefined) return value;
    throw new ExpressionProblem(`The lambda variable '${args.quoted(0)}' is not found. ${USAGE}`);
  }),
  define('filter', [2, 2], (args) => {
    const predicate = flagFrom(args, args.lambda(1));
    return listArgument(args, 0).filter((item, index) => predicate(item, index));
  }),
  define('map', [2, 2], (args) => {
    const change = args.lambda(1);
    return listArgument(args, 0).map((item, index) => change(item, index));
  }),
  define('reduce', [3, 3], (args) => {
    const join = args.lambda(2);
    return listArgument(args, 0).reduce((sum: Json, item, index) => join(sum, item, index), args.value(1));
  }),
  define('sort', [2, 2], (args) => {
    const isBefore = flagFrom(args, args.lambda(1));
    return listArgument(args, 0).toSorted((a, b) => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0));
  }),
  define('toObject', [2, 3], (args) => {
    const key = textFrom(args, args.lambda(1));
    const value = args.count === 3 ? args.lambda(2) : (item: Json): Json => item;
    return objectOf(listArgument(args, 0).map((item): [string, Json] => [key(item), value(item)]));
  }),
  define('groupBy', [2, 2], (args) => {
    const key = textFrom(args, args.lambda(1));
    const groups = new Map<string, Json[]>();
    for (const [index, item] of listArgument(args, 0).entries()) {
      const name = key(item, index);
      const group = groups.get(name);
      if (group === undefined) groups.set(name, [item]);
      else group.push(item);
    }
    return objectOf(groups);
  }),
  define('mapValues', [2, 2], (args) => {
    const change = args.lambda(1);
    return objectOf(
      membersOf(objectArgument(args, 0)).map(([key, value]): [string, Json] => [key, change(value)]),
    );
  }),
];

function flagFrom(args: Arguments, lambda: Lambda): (...values: readonly Json[]) => boolean {
  return (...values) => {
    const result = lambda(...values);
    if (typeof result === 'boolean') return result;
    throw wrongResult(args, 'Boolean', result);
  };
}

function textFrom(args: Arguments, lambda: Lambda): (...values: readonly Json[]) => string {
  return (...values) => {
    const result = lambda(...values);
    if (typeof result === 'string') return result;
    throw wrongResult(args, 'String', result);
  };
}

function wrongResult(args: Arguments, wanted: string, result: Json): ExpressionProblem {
  return new ExpressionProblem(
    `The template language function '${args.name}' expects its lambda function to return a value of type '${wanted}'. ` +
      `The returned value is of type '${typeOf(result)}'. ${USAGE}`,
  );
}
