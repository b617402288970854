// Function definition: one function of the language, and what it may ask of its arguments. An argument is evaluated when
// the function asks for it and only once, which is how `if` leaves a branch alone.

import type { Json } from '../../domain/json.ts';
import { ExpressionProblem, USAGE } from './problem.ts';
import type { Scope } from './scope.ts';

/** A lambda as a function of the language calls it; it may be given more values than it names variables. */
export type Lambda = (...values: readonly Json[]) => Json;

export interface Arguments {
  /** The function's name as it was written. */
  readonly name: string;
  readonly count: number;
  readonly scope: Scope;
  value(at: number): Json;
  lambda(at: number): Lambda;
  /** The argument as a sentence may quote it: what is written there if it is a constant, else the expression. */
  quoted(at: number): string;
  lambdaVariable(name: string): Json | undefined;
}

export interface FunctionDefinition {
  readonly name: string;
  readonly least: number;
  /** Infinity when there is no most. */
  readonly most: number;
  /** It hands on what it is given or finds, without reading through it. */
  readonly lookup: boolean;
  readonly evaluate: (args: Arguments) => Json;
}

export function define(
  name: string,
  arity: readonly [least: number, most: number],
  evaluate: (args: Arguments) => Json,
): FunctionDefinition {
  return { name, least: arity[0], most: arity[1], lookup: false, evaluate };
}

export function defineLookup(
  name: string,
  arity: readonly [least: number, most: number],
  evaluate: (args: Arguments) => Json,
): FunctionDefinition {
  return { name, least: arity[0], most: arity[1], lookup: true, evaluate };
}

/** For functions of any number of arguments. */
export const ANY = Number.POSITIVE_INFINITY;

/** Throws when the function is not given as many arguments as it takes. */
export function checkArity({ least, most }: FunctionDefinition, name: string, count: number): void {
  if (count >= least && count <= most) return;
  if (least === 1 && most === Number.POSITIVE_INFINITY) {
    throw new ExpressionProblem(
      `Unable to evaluate template language function '${name}'. At least one parameter should be provided. ${USAGE}`,
    );
  }
  const wanted =
    most === Number.POSITIVE_INFINITY
      ? `at least ${least}`
      : least === most
        ? String(least)
        : `between ${least} and ${most}`;
  throw new ExpressionProblem(
    `Unable to evaluate template language function '${name}': function requires ${wanted} argument(s) while ${count} were provided. ${USAGE}`,
  );
}

/** A function that is known and may not stand where it stands. */
export function notExpectedHere(name: string, more = USAGE): ExpressionProblem {
  return new ExpressionProblem(`The template function '${name}' is not expected at this location. ${more}`);
}
