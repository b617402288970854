// Numeric functions, over integers. Azure has 64 bits; what JSON's numbers cannot hold exactly (beyond 2^53) is refused.

import type { Json } from '../../domain/json.ts';
import { integerArgument } from './arguments.ts';
import { type Arguments, define, type FunctionDefinition } from './function-definition.ts';
import { ExpressionProblem, USAGE } from './problem.ts';

export const numericFunctions: readonly FunctionDefinition[] = [
  define('add', [2, 2], (args) => exact(args, (a, b) => a + b)),
  define('sub', [2, 2], (args) => exact(args, (a, b) => a - b)),
  define('mul', [2, 2], (args) => exact(args, (a, b) => a * b)),
  // Towards zero, as .NET divides.
  define('div', [2, 2], (args) => exact(args, (a, b) => Math.trunc(a / nonZero(args, b)))),
  // With the sign of the dividend.
  define('mod', [2, 2], (args) => exact(args, (a, b) => a % nonZero(args, b))),
  define('int', [1, 1], int),
  define('float', [1, 1], float),
];

function exact(args: Arguments, operation: (a: number, b: number) => number): Json {
  const [a, b] = [integerArgument(args, 0), integerArgument(args, 1)];
  const result = operation(a, b);
  // There is no negative zero in JSON.
  if (Number.isSafeInteger(result)) return result === 0 ? 0 : result;
  throw new ExpressionProblem(
    `The template language function '${args.name}' overflowed with the operants '${args.quoted(0)}' and '${args.quoted(1)}'. ${USAGE}`,
  );
}

function nonZero(args: Arguments, divisor: number): number {
  if (divisor !== 0) return divisor;
  throw new ExpressionProblem(
    `The template language function '${args.name}' attempted to divide by zero: its second parameter must not be '0'. ${USAGE}`,
  );
}

function int(args: Arguments): Json {
  const value = args.value(0);
  const text = typeof value === 'string' ? value.trim() : '';
  const number =
    typeof value === 'number' ? Math.trunc(value) : /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(number)) return number === 0 ? 0 : number;
  throw notConverted(args, 'integer');
}

/** The only way to a number with a fraction; nothing can be calculated with one. */
function float(args: Arguments): Json {
  const value = args.value(0);
  if (typeof value === 'number') return value;
  const text = typeof value === 'string' ? value.trim() : '';
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(number)) return number;
  throw notConverted(args, 'float');
}

function notConverted(args: Arguments, type: string): ExpressionProblem {
  return new ExpressionProblem(
    `The template language function '${args.name}' cannot convert provided value '${args.quoted(0)}' to ${type} value. ${USAGE}`,
  );
}
