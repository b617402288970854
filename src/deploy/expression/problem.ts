// Expression problem: what is wrong with an expression of a template, in Azure's words. It is the only error that parsing,
// checking and evaluating raise by themselves. Must hold: no sentence quotes a value that a parameter, a variable or a
// resource gave (it may be a secret); it names the expression that gave the value instead.

export interface ProblemPlace {
  /** The expression as it is written, without its brackets. */
  readonly expression?: string | undefined;
  /** Of a syntax error: where, in `expression`, counted from 0. */
  readonly position?: number | undefined;
}

export class ExpressionProblem extends Error {
  readonly expression: string | undefined;
  readonly position: number | undefined;

  constructor(message: string, place: ProblemPlace = {}) {
    super(message);
    this.name = 'ExpressionProblem';
    this.expression = place.expression;
    this.position = place.position;
  }
}

/** The end of most of Azure's sentences. */
export const USAGE = 'Please see https://aka.ms/arm-functions for usage details.';
