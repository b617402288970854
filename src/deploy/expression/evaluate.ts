// Evaluate: strings and whole JSON values of a template. Must hold: a problem carries the expression that it is about.

import { isObject, type Json } from '../../domain/json.ts';
import { evaluateExpression, withinBounds } from './evaluation.ts';
import { isExpression, literalOf, parseExpression } from './parse.ts';
import { ExpressionProblem, USAGE } from './problem.ts';
import type { Scope } from './scope.ts';
import { isList, membersOf, objectOf } from './value.ts';
import { MAX_DEPTH } from './weight.ts';

/** A string of a template: a literal, `[[` escaped, or an expression in brackets. */
export function evaluateText(text: string, scope: Scope): Json {
  if (!isExpression(text)) return literalOf(text);
  try {
    return evaluateExpression(parseExpression(text), scope);
  } catch (error) {
    if (!(error instanceof ExpressionProblem) || error.expression !== undefined) throw error;
    throw new ExpressionProblem(error.message, { expression: text.slice(1, -1) });
  }
}

/** Every string in it, and every key of an object: Azure takes expressions in both. */
export function evaluateJson(value: Json, scope: Scope): Json {
  const result = evaluatePart(value, scope, 0);
  withinBounds(result);
  return result;
}

function evaluatePart(value: Json, scope: Scope, level: number): Json {
  if (typeof value === 'string') return evaluateText(value, scope);
  if (level > MAX_DEPTH) {
    throw new ExpressionProblem(`The template is nested more than ${MAX_DEPTH} levels deep. ${USAGE}`);
  }
  if (isList(value)) return value.map((item) => evaluatePart(item, scope, level + 1));
  if (!isObject(value)) return value;
  return objectOf(
    membersOf(value).map(([key, member]) => [
      evaluateKey(key, scope),
      evaluatePart(member, scope, level + 1),
    ]),
  );
}

function evaluateKey(key: string, scope: Scope): string {
  const name = evaluateText(key, scope);
  if (typeof name === 'string') return name;
  throw new ExpressionProblem(
    `The language expression for the name of a property must evaluate to a string. ${USAGE}`,
    { expression: key.slice(1, -1) },
  );
}
