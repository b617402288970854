// Arguments of a function by type. Must hold: an argument of another type is refused in Azure's words, which name its type
// and never its value.

import { isObject, type Json, type JsonObject } from '../../domain/json.ts';
import type { Arguments } from './function-definition.ts';
import { ExpressionProblem, USAGE } from './problem.ts';
import { isList, typeOf } from './value.ts';

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth'];

export function textArgument(args: Arguments, at: number, wanted = "of type 'String'"): string {
  const value = args.value(at);
  if (typeof value === 'string') return value;
  throw wrongType(args, at, wanted);
}

/** The two texts of a function that takes nothing else; Azure's sentence names the types of both. */
export function twoTexts(args: Arguments): readonly [string, string] {
  const [a, b] = [args.value(0), args.value(1)];
  if (typeof a === 'string' && typeof b === 'string') return [a, b];
  throw new ExpressionProblem(
    `The template language function '${args.name}' expects its parameters to be of type string and string. ` +
      `The provided value is of type '${typeOf(a)}' and '${typeOf(b)}'. ${USAGE}`,
  );
}

export function integerArgument(args: Arguments, at: number): number {
  const value = args.value(at);
  if (Number.isSafeInteger(value)) return value as number;
  throw wrongType(args, at, "of type 'Integer'");
}

export function flagArgument(args: Arguments, at: number): boolean {
  const value = args.value(at);
  if (typeof value === 'boolean') return value;
  throw wrongType(args, at, "of type 'Boolean'");
}

export function listArgument(args: Arguments, at: number): readonly Json[] {
  const value = args.value(at);
  if (isList(value)) return value;
  throw wrongType(args, at, "of type 'Array'");
}

export function objectArgument(args: Arguments, at: number): JsonObject {
  const value = args.value(at);
  if (isObject(value)) return value;
  throw wrongType(args, at, "of type 'Object'");
}

export function allValues(args: Arguments): readonly Json[] {
  return Array.from({ length: args.count }, (_, at) => args.value(at));
}

/** All arguments, which must be texts, from one on. */
export function restTexts(args: Arguments, from: number): readonly string[] {
  return Array.from({ length: Math.max(0, args.count - from) }, (_, at) => textArgument(args, from + at));
}

/** `wanted`: what the argument should have been, as the end of "expects its parameter to be …". */
export function wrongType(args: Arguments, at: number, wanted: string): ExpressionProblem {
  const which = args.count === 1 ? 'its parameter' : `its ${ORDINALS[at] ?? `${at + 1}th`} parameter`;
  return new ExpressionProblem(
    `The template language function '${args.name}' expects ${which} to be ${wanted}. ` +
      `The provided value is of type '${typeOf(args.value(at))}'. ${USAGE}`,
  );
}

/** For a value of the right type that is still none that the function can use. */
export function invalid(args: Arguments, reason: string): ExpressionProblem {
  return new ExpressionProblem(
    `The template language function '${args.name}' was invoked with a parameter that is not valid. ${reason}`,
  );
}
