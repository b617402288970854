// Evaluation: from a syntax tree to its value. Must hold: it ends, within bounds of work, depth and size (`work`, `weight`);
// it throws ExpressionProblems only, and what the scope throws; an argument that a function does not ask for is not evaluated.

import { isObject, type Json } from '../../domain/json.ts';
import type { Access, Call, Expression } from './expression.ts';
import {
  type Arguments,
  checkArity,
  type FunctionDefinition,
  type Lambda,
  notExpectedHere,
} from './function-definition.ts';
import { functionNamed } from './functions.ts';
import { printExpression } from './print.ts';
import { ExpressionProblem, USAGE } from './problem.ts';
import type { Scope } from './scope.ts';
import { isList, memberOf, typeOf } from './value.ts';
import { MAX_DEPTH, MAX_SIZE, weightOf } from './weight.ts';
import { Work, WORK_OF_A_TEMPLATE } from './work.ts';

/** Of the lambdas around an expression, by their names in lower case. */
type Variables = ReadonlyMap<string, Json>;

// A scope may evaluate other expressions in order to answer (a variable, a function of the template). They are part of the
// evaluation that asked, and share its bounds.
let running: Work | undefined;

export function evaluateExpression(expression: Expression, scope: Scope): Json {
  if (running !== undefined) return new Evaluation(scope, running).value(expression, new Map());
  running = new Work();
  try {
    return new Evaluation(scope, running).value(expression, new Map());
  } finally {
    running = undefined;
  }
}

/** Whatever `act` evaluates, however many expressions, shares one bound: a template has many. */
export function evaluateTogether<Result>(act: () => Result): Result {
  if (running !== undefined) return act();
  running = new Work(WORK_OF_A_TEMPLATE);
  try {
    return act();
  } finally {
    running = undefined;
  }
}

/** Refuses what is too large to be kept or sent. */
export function withinBounds(value: Json): number {
  const { size, depth } = weightOf(value);
  if (size <= MAX_SIZE && depth <= MAX_DEPTH) return size;
  const limit = size > MAX_SIZE ? `${MAX_SIZE} characters` : `${MAX_DEPTH} levels`;
  throw new ExpressionProblem(`The value of the language expression exceeds the limit of ${limit}. ${USAGE}`);
}

class Evaluation {
  readonly #scope: Scope;
  readonly #work: Work;

  constructor(scope: Scope, work: Work) {
    this.#scope = scope;
    this.#work = work;
  }

  value(expression: Expression, variables: Variables): Json {
    return this.#work.deeper(() => {
      switch (expression.kind) {
        case 'text':
        case 'integer':
          return expression.value;
        case 'call':
          return this.#call(expression, variables);
        case 'property':
        case 'index':
          return this.#chain(expression, variables);
      }
    });
  }

  #call(call: Call, variables: Variables): Json {
    if (call.namespace !== undefined) return this.#userCall(call, call.namespace, variables);
    const definition = functionNamed(call.name);
    checkArity(definition, call.name, call.args.length);
    const result = definition.evaluate(this.#arguments(call, definition, variables));
    const size = withinBounds(result);
    this.#work.spend(definition.lookup ? 0 : size);
    return result;
  }

  #userCall(call: Call, namespace: string, variables: Variables): Json {
    this.#work.spend(0);
    const args = call.args.map((arg) => this.value(arg, variables));
    const result = this.#scope.userFunction?.(namespace, call.name, args);
    if (result !== undefined) {
      withinBounds(result);
      return result;
    }
    throw new ExpressionProblem(`The template function '${namespace}.${call.name}' is not valid. ${USAGE}`);
  }

  #arguments(call: Call, definition: FunctionDefinition, variables: Variables): Arguments {
    const values = new Map<number, Json>();
    return {
      name: call.name,
      count: call.args.length,
      scope: this.#scope,
      value: (at) => {
        const before = values.get(at);
        if (before !== undefined) return before;
        const value = this.value(argumentAt(call, at), variables);
        values.set(at, value);
        if (!definition.lookup) this.#work.spend(weightOf(value).size);
        return value;
      },
      lambda: (at) => this.#lambda(call, at, variables),
      quoted: (at) => quote(argumentAt(call, at)),
      lambdaVariable: (name) => variables.get(name.toLowerCase()),
    };
  }

  /** `lambda('a', 'b', body)`: the last argument is the body, the others name its variables. */
  #lambda(call: Call, at: number, variables: Variables): Lambda {
    const written = argumentAt(call, at);
    if (written.kind !== 'call' || written.namespace !== undefined || !/^lambda$/i.test(written.name)) {
      throw new ExpressionProblem(
        `The template language function '${call.name}' expects its argument at position '${at + 1}' to be a lambda function. ${USAGE}`,
      );
    }
    const body = written.args.at(-1);
    if (body === undefined) throw notExpectedHere(written.name);
    const names = written.args.slice(0, -1).map((name) => {
      if (name.kind === 'text') return name.value.toLowerCase();
      throw new ExpressionProblem(
        `The template language function 'lambda' expects the names of its variables to be strings. ${USAGE}`,
      );
    });
    return (...values) => {
      const inner = new Map(variables);
      for (const [index, name] of names.entries()) inner.set(name, values[index] ?? null);
      return this.value(body, inner);
    };
  }

  /** One after the other from the left; after a safe access that finds nothing, the rest is null as well. */
  #chain(last: Access, variables: Variables): Json {
    const accesses: Access[] = [];
    let base: Expression = last;
    while (base.kind === 'property' || base.kind === 'index') {
      accesses.unshift(base);
      base = base.of;
    }
    let value = this.value(base, variables);
    for (const access of accesses) {
      const next = this.#access(value, access, variables);
      if (next === undefined) return null;
      value = next;
    }
    return value;
  }

  /** Undefined: a safe access found nothing. */
  #access(value: Json, access: Access, variables: Variables): Json | undefined {
    const key = access.kind === 'property' ? access.name : this.value(access.at, variables);
    const found = memberOf(value, key);
    if (found !== undefined) return found;
    if (access.safe && (value === null || isMissing(value, key))) return undefined;
    throw noMember(value, key, access.kind === 'property' ? access.name : quote(access.at));
  }
}

function argumentAt(call: Call, at: number): Expression {
  const argument = call.args[at];
  if (argument !== undefined) return argument;
  throw new ExpressionProblem(`The template function '${call.name}' has no argument at '${at}'. ${USAGE}`);
}

function quote(expression: Expression): string {
  return expression.kind === 'text' ? expression.value : printExpression(expression);
}

/** It could be there and is not; everything else is a mistake of the template. */
function isMissing(value: Json, key: Json): boolean {
  return (isObject(value) && typeof key === 'string') || (isList(value) && typeof key === 'number');
}

function noMember(value: Json, key: Json, name: string): ExpressionProblem {
  if (isList(value) && typeof key === 'number') {
    return new ExpressionProblem(`The language expression property array index '${name}' is out of bounds.`);
  }
  if (isObject(value) && typeof key === 'string') {
    const keys = Object.keys(value).join(', ');
    return new ExpressionProblem(
      `The language expression property '${name}' doesn't exist, available properties are '${keys}'.`,
    );
  }
  if (value === null) {
    return new ExpressionProblem(`The language expression property '${name}' can't be evaluated.`);
  }
  return new ExpressionProblem(
    `The language expression property '${name}' can't be evaluated, property selection is not supported on values of type '${typeOf(value)}'.`,
  );
}
