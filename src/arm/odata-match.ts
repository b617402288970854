// OData match: a parsed filter, evaluated over a JSON document or taken apart.
// A path through a list means any of its members. Names and texts compare without case, as ARM's do.

import type { Json } from './json.ts';
import type { Comparison, Expression, Literal, Operand, TextFunction } from './odata.ts';

const TEXT_TESTS: Readonly<Record<TextFunction, (first: string, second: string) => boolean>> = {
  startswith: (text, part) => text.startsWith(part),
  endswith: (text, part) => text.endsWith(part),
  contains: (text, part) => text.includes(part),
  substringof: (part, text) => text.includes(part),
};

/** Every path that the expression reads, in lower case; a variable of `any` stands for the path it runs over. */
export function pathsIn(expression: Expression): readonly string[] {
  const found: string[] = [];
  const operand = (of: Operand, names: ReadonlyMap<string, string>): void => {
    switch (of.kind) {
      case 'literal':
        return;
      case 'path':
        found.push(fullPath(of.path, names));
        return;
      case 'call':
        for (const inner of of.operands) operand(inner, names);
        return;
      case 'any':
        walk(of.condition, new Map([...names, [of.variable.toLowerCase(), fullPath(of.path, names)]]));
    }
  };
  const walk = (of: Expression, names: ReadonlyMap<string, string>): void => {
    switch (of.kind) {
      case 'and':
      case 'or':
        walk(of.left, names);
        walk(of.right, names);
        return;
      case 'not':
        walk(of.of, names);
        return;
      case 'true':
        operand(of.of, names);
        return;
      case 'compare':
        operand(of.left, names);
        operand(of.right, names);
    }
  };
  walk(expression, new Map());
  return found;
}

function fullPath(path: readonly string[], names: ReadonlyMap<string, string>): string {
  const [head = '', ...rest] = path.map((step) => step.toLowerCase());
  return [names.get(head) ?? head, ...rest].join('/');
}

/** Whether the document is what the expression asks for. A path that leads nowhere equals only null. */
export function matches(expression: Expression, document: Json): boolean {
  return holds(expression, { document, names: new Map() });
}

interface Scope {
  readonly document: Json;
  readonly names: ReadonlyMap<string, Json>;
}

function holds(expression: Expression, scope: Scope): boolean {
  switch (expression.kind) {
    case 'and':
      return holds(expression.left, scope) && holds(expression.right, scope);
    case 'or':
      return holds(expression.left, scope) || holds(expression.right, scope);
    case 'not':
      return !holds(expression.of, scope);
    case 'true':
      return valuesOf(expression.of, scope).includes(true);
    case 'compare': {
      const { operator, left, right } = expression;
      const [lefts, rights] = [valuesOf(left, scope), valuesOf(right, scope)];
      const some = (test: Comparison): boolean => lefts.some((a) => rights.some((b) => compares(test, a, b)));
      return operator === 'ne' ? !some('eq') : some(operator);
    }
  }
}

function valuesOf(operand: Operand, scope: Scope): readonly Literal[] {
  switch (operand.kind) {
    case 'literal':
      return [operand.value];
    case 'path': {
      const found = reach(operand.path, scope).filter((value) => typeof value !== 'object' || value === null);
      return found.length === 0 ? [null] : found;
    }
    case 'call': {
      const [first, second] = operand.operands.map((inner) => texts(valuesOf(inner, scope)));
      const test = TEXT_TESTS[operand.name];
      return [(first ?? []).some((a) => (second ?? []).some((b) => test(a, b)))];
    }
    case 'any':
      return [
        reach(operand.path, scope).some((value) =>
          holds(operand.condition, {
            document: scope.document,
            names: new Map([...scope.names, [operand.variable.toLowerCase(), value]]),
          }),
        ),
      ];
  }
}

/** Everything that a path leads to; a list on the way stands for each of its members. */
function reach(path: readonly string[], scope: Scope): readonly Json[] {
  const [head = '', ...rest] = path.map((step) => step.toLowerCase());
  const named = scope.names.get(head);
  let reached: readonly Json[] = [named ?? scope.document];
  for (const step of named === undefined ? [head, ...rest] : rest) {
    reached = reached.flatMap((value) => members(value, step)).flatMap(spread);
  }
  return reached;
}

function members(value: Json, step: string): readonly Json[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const found = Object.entries(value as Readonly<Record<string, Json>>).find(
    ([key]) => key.toLowerCase() === step,
  );
  return found === undefined ? [] : [found[1]];
}

function spread(value: Json): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}

function texts(values: readonly Literal[]): readonly string[] {
  return values.filter((value) => typeof value === 'string').map((value) => value.toLowerCase());
}

function compares(operator: Comparison, left: Literal, right: Literal): boolean {
  const [a, b] = [folded(left), folded(right)];
  if (operator === 'eq') return a === b;
  if (a === null || b === null || typeof a !== typeof b) return false;
  switch (operator) {
    case 'ne':
      return a !== b;
    case 'gt':
      return a > b;
    case 'ge':
      return a >= b;
    case 'lt':
      return a < b;
    case 'le':
      return a <= b;
  }
}

function folded(value: Literal): Literal {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

/**
 * The filter as comparisons that must all hold, `name operator literal`; undefined when it says more than that.
 * For lists that are looked up by a few known names, as the activity log is.
 */
export function conjunction(
  expression: Expression,
): readonly { readonly name: string; readonly operator: Comparison; readonly value: Literal }[] | undefined {
  if (expression.kind === 'and') {
    const [left, right] = [conjunction(expression.left), conjunction(expression.right)];
    return left === undefined || right === undefined ? undefined : [...left, ...right];
  }
  if (expression.kind !== 'compare') return undefined;
  const { operator, left, right } = expression;
  if (left.kind !== 'path' || right.kind !== 'literal') return undefined;
  return [{ name: left.path.join('/').toLowerCase(), operator, value: right.value }];
}
