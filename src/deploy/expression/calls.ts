// Calls: which functions an expression calls, and whether it may, without evaluating anything.

import type { Call, Expression } from './expression.ts';
import { checkArity } from './function-definition.ts';
import { functionNamed } from './functions.ts';
import { partsOf } from './parse.ts';
import { printExpression } from './print.ts';
import { ExpressionProblem } from './problem.ts';

/** Every call in it, an outer one before those in its arguments. */
export function callsIn(expression: Expression): readonly Call[] {
  const inner = partsOf(expression).flatMap(callsIn);
  return expression.kind === 'call' ? [expression, ...inner] : inner;
}

/**
 * Throws ExpressionProblem for a function that does not exist, is not served or has a wrong number of arguments. Functions
 * that the template defines (`namespace.name`) are its own to check.
 */
export function checkExpression(expression: Expression): void {
  for (const { namespace, name, args } of callsIn(expression)) {
    if (namespace !== undefined) continue;
    try {
      checkArity(functionNamed(name), name, args.length);
    } catch (error) {
      if (!(error instanceof ExpressionProblem)) throw error;
      throw new ExpressionProblem(error.message, { expression: printExpression(expression) });
    }
  }
}
