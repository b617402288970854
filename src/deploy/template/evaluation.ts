// Evaluation: what a text of the template is worth at its place, and whether a secure value had a part in it. Must hold:
// nothing that a secure value had a part in is ever quoted, neither itself nor the sentence about what went wrong with it,
// since that may hold a piece of it.

import { Failure } from '../../domain/failure.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import type { Time } from '../../domain/time.ts';
import { evaluateText } from '../expression/evaluate.ts';
import { ExpressionProblem } from '../expression/problem.ts';
import type { FactName, Scope } from '../expression/scope.ts';
import { invalidTemplate, refuse } from './refusal.ts';
import type { Loop, Place, Reader } from './walk.ts';

/** A value, and whether it came of a secure one. */
export interface Held {
  readonly value: Json;
  readonly secure: boolean;
}

/** What expressions may read where they stand. What is absent may not be used there. */
export interface Sight {
  readonly parameter: (name: string) => Held | undefined;
  readonly variable?: (name: string) => Held | undefined;
  readonly fact?: (name: FactName) => JsonObject | undefined;
  readonly provider?: (namespace: string) => JsonObject | undefined;
  readonly reference?: (
    idOrName: string,
    apiVersion: string | undefined,
    full: boolean,
  ) => JsonObject | undefined;
  readonly call?: (namespace: string, name: string, args: readonly Held[]) => Held | undefined;
  readonly budget: Reader['budget'];
  readonly now?: Time;
  readonly newGuid?: () => string;
}

/** Whose expression it is, as a refusal calls it. */
export interface Subject {
  /** `The template resource 'web'`. */
  readonly name: string;
  /** While the deployment runs ARM says it in other words: it processes expressions for this id. */
  readonly id?: string;
  /** The text itself may hold a secret (the default of a secure parameter): it is not quoted. */
  readonly hidden?: boolean;
}

/** @throws Failure naming subject, path and expression */
export function evaluateAt(text: string, place: Place, sight: Sight, subject: Subject): Held {
  let secure = subject.hidden === true;
  const open = (held: Held | undefined): Json | undefined => {
    if (held?.secure === true) secure = true;
    return held?.value;
  };
  const fail = (sentence: string): never =>
    refuseExpression(subject, place.path, subject.hidden === true ? undefined : text, sentence);
  // What a resource is called may have come of a secure value; the failure would quote it.
  const guarded = <T>(answer: () => T): T => {
    try {
      return answer();
    } catch (error) {
      if (secure && error instanceof Failure) return fail(WITHHELD);
      throw error;
    }
  };
  const { now, newGuid } = sight;
  const scope: Scope = {
    parameter: (name) => open(sight.parameter(name)),
    variable: (name) => open(sight.variable?.(name)),
    copyIndex: (loop) => indexOf(loop, place.loops),
    reference: (idOrName, apiVersion, full) => guarded(() => sight.reference?.(idOrName, apiVersion, full)),
    fact: (name) => sight.fact?.(name),
    provider: (namespace) => sight.provider?.(namespace),
    userFunction: (namespace, name, args) =>
      open(
        sight.call?.(
          namespace,
          name,
          args.map((value) => ({ value, secure })),
        ),
      ),
    ...(now === undefined ? {} : { now }),
    ...(newGuid === undefined ? {} : { newGuid }),
  };
  try {
    const value = evaluateText(text, scope);
    return { value, secure };
  } catch (error) {
    if (!(error instanceof ExpressionProblem)) throw error;
    return fail(secure ? WITHHELD : error.message);
  }
}

const WITHHELD = 'it reads a secure value, so what is wrong with it is not repeated here.';

function refuseExpression(subject: Subject, path: string, text: string | undefined, sentence: string): never {
  const expression = text === undefined ? '' : `, expression '${text}'`;
  const where = `at '${path}'${expression}`;
  if (subject.id !== undefined) {
    const message = `Unable to process template language expressions for resource '${subject.id}' ${where}. '${sentence}'`;
    throw invalidTemplate(message, path);
  }
  refuse(`${subject.name} is not valid: ${where}: ${sentence}`, path);
}

function indexOf(loop: string | undefined, loops: readonly Loop[]): number | undefined {
  const wanted = loop?.toLowerCase();
  const found = loops.findLast(({ name, whole }) =>
    wanted === undefined ? whole : name.toLowerCase() === wanted,
  );
  return found?.index;
}
