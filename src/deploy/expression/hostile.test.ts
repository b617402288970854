// Hostile expressions: whatever the text, evaluation ends with a value that can be kept or with an ExpressionProblem, and
// never with another error, an exhausted stack or an exhausted memory.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isObject, type Json } from '../../domain/json.ts';
import { checkExpression } from './calls.ts';
import { evaluateJson, evaluateText } from './evaluate.ts';
import { allFunctions } from './functions.ts';
import { parseExpression } from './parse.ts';
import { printExpression } from './print.ts';
import { ExpressionProblem } from './problem.ts';
import type { Scope } from './scope.ts';
import { emptyScope } from '../../../test/testing/expression-scope.ts';
import { callArbitrary } from '../../../test/testing/expressions.ts';

/** The value, or undefined for a problem; any other error fails the test. */
function outcome(work: () => Json): Json | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof ExpressionProblem) return undefined;
    throw error;
  }
}

const valueArbitrary = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;

const scopeArbitrary: fc.Arbitrary<Scope> = fc
  .record({ p: valueArbitrary, q: valueArbitrary, r: fc.array(fc.integer()), full: fc.boolean() })
  .map(({ full, ...values }) =>
    emptyScope({
      parameter: (name) => (values as Readonly<Record<string, Json>>)[name],
      variable: (name) => (name === 'absent' ? undefined : name),
      copyIndex: () => (full ? 3 : undefined),
      reference: () => (full ? { properties: {} } : undefined),
      fact: (name) => (full ? { id: `/${name}`, name, subscriptionId: name } : undefined),
      provider: () => (full ? { resourceTypes: [{ resourceType: 'x', apiVersions: [] }] } : undefined),
      ...(full && { now: 1_700_000_000_000, newGuid: () => '0' }),
    }),
  );

function isJson(value: unknown): boolean {
  if (value === null || ['string', 'boolean'].includes(typeof value)) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  return isObject(value) && Object.values(value).every(isJson);
}

describe('any text in brackets', () => {
  const marks = ['(', ')', '[', ']', ',', '.', '?', "'", ' ', '\n', '-', '{', '\ud800', 'ß'];
  const numbers = ['0', '1e', '12345678901234567890'];
  const beginnings = ['concat(', 'if(', 'lambda(', "'a'", "''"];
  const wholes = ["parameters('p')", "lambdaVariables('x')", 'range(0,9)', '].x', '.?y'];
  const fragments = [...marks, ...numbers, ...beginnings, ...wholes];
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom(...fragments), { maxLength: 30 }).map((parts) => parts.join('')),
  );

  test('is parsed, checked and evaluated to a value or to a problem', () => {
    fc.assert(
      fc.property(text, scopeArbitrary, (inner, scope) => {
        const value = outcome(() => evaluateText(`[${inner}]`, scope));
        expect(value === undefined || isJson(value)).toBe(true);
        outcome(() => {
          const expression = parseExpression(`[${inner}]`);
          checkExpression(expression);
          // What parses is printed and read back.
          expect(parseExpression(printExpression(expression))).toEqual(expression);
          return null;
        });
      }),
      { numRuns: 2000 },
    );
  });
});

describe('any call of any function', () => {
  test('gives a value or a problem, the same each time', () => {
    fc.assert(
      fc.property(callArbitrary(allFunctions), scopeArbitrary, (expression, scope) => {
        const text = `[${printExpression(expression)}]`;
        const value = outcome(() => evaluateText(text, scope));
        expect(value === undefined || isJson(value)).toBe(true);
        expect(outcome(() => evaluateText(text, scope))).toEqual(value);
      }),
      { numRuns: 2000 },
    );
  });

  test.each(allFunctions.map((definition) => [definition.name, definition] as const))(
    '%s takes arguments of every type without falling over',
    (_, definition) => {
      fc.assert(
        fc.property(callArbitrary([definition]), scopeArbitrary, (expression, scope) => {
          outcome(() => evaluateText(`[${printExpression(expression)}]`, scope));
        }),
        { numRuns: 150 },
      );
    },
  );

  test('that passes the check is never refused for its name or for the number of its arguments', () => {
    fc.assert(
      fc.property(callArbitrary(allFunctions), scopeArbitrary, (expression, scope) => {
        checkExpression(expression);
        try {
          evaluateText(`[${printExpression(expression)}]`, scope);
        } catch (error) {
          expect(String(error)).not.toMatch(
            /The template function '\w+' is not valid|argument\(s\) while|At least one/,
          );
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('an expression that grows', () => {
  const grow = (step: string, start = "'x'", times = 200): string =>
    `[length(string(reduce(range(0, ${times}), ${start}, lambda('c', 'n', ${step}))))]`;
  const c = "lambdaVariables('c')";
  const scope = emptyScope({ parameter: () => 'x'.repeat(1_000_000) });

  test.each([
    ['a text doubled again and again', grow(`concat(${c}, ${c})`)],
    ['a list doubled again and again', grow(`concat(${c}, ${c})`, 'createArray(1)')],
    ['a list of itself twice', grow(`createArray(${c}, ${c})`)],
    ['an object of itself twice', grow(`createObject('a', ${c}, 'b', ${c})`)],
    ['a list in a list in a list', grow(`createArray(${c})`, "'x'", 10_000)],
    ['every letter replaced by the whole', grow(`replace(${c}, 'x', ${c})`, "'xx'")],
    ['the whole joined by itself', grow(`join(createArray(${c}, ${c}, ${c}), ${c})`)],
    ['the whole written twice', grow(`format('{0}{0}', ${c})`)],
    ['code of code', grow(`base64(concat(${c}, ${c}))`)],
    ['the whole split and joined', grow(`join(split(${c}, 'x'), ${c})`, "'xxx'")],
    [
      'a large text split at many delimiters',
      "[split(parameters('p'), map(range(0, 10000), lambda('i', string(lambdaVariables('i')))))]",
    ],
    ['an enormous padding', "[padLeft('x', 9007199254740991)]"],
    ['an enormous width', "[format('{0,9999999}', 1)]"],
    ['many large widths', `[format('${'{0,999999}'.repeat(100)}', 1)]`],
    ['loops in loops', `[${"map(range(0, 10000), lambda('i', ".repeat(5)}1${'))'.repeat(5)}]`],
    [
      'a large text searched again and again',
      "[filter(range(0, 10000), lambda('i', contains(parameters('p'), 'y')))]",
    ],
    ['a large text in every item', "[map(range(0, 10000), lambda('i', parameters('p')))]"],
    ['JSON nested deep', `[json('${'['.repeat(12_000)}${']'.repeat(12_000)}')]`],
  ])('%s is stopped', (_, text) => {
    expect(outcome(() => evaluateText(text, scope))).toBeUndefined();
  });

  test('on the outside of an expression is stopped as well', () => {
    const template = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`k${index}`, "[parameters('p')]"]),
    );
    expect(outcome(() => evaluateJson(template, scope))).toBeUndefined();
  });

  test('within reason is not', () => {
    expect(
      evaluateText("[length(map(range(0, 10000), lambda('i', concat('vm-', lambdaVariables('i')))))]", scope),
    ).toBe(10_000);
    expect(
      evaluateText(
        "[length(reduce(range(0, 1000), createArray(), lambda('c', 'n', concat(lambdaVariables('c'), createArray(lambdaVariables('n'))))))]",
        scope,
      ),
    ).toBe(1000);
    expect(evaluateText("[length(concat(parameters('p'), parameters('p')))]", scope)).toBe(2_000_000);
  });
});

describe('a scope that evaluates in order to answer', () => {
  const chain = (length: number, text: (next: string) => string): Scope => {
    const scope: Scope = emptyScope({
      variable: (name) => {
        const index = Number(name);
        return index === length ? 1 : evaluateText(text(String(index + 1)), scope);
      },
      userFunction: () => evaluateText("[n.again('x')]", scope),
    });
    return scope;
  };

  test('shares the bounds of the evaluation that asks: a short chain of variables is fine, an endless one is stopped', () => {
    const next = (name: string): string => `[variables('${name}')]`;
    expect(evaluateText("[variables('0')]", chain(100, next))).toBe(1);
    expect(outcome(() => evaluateText("[variables('0')]", chain(100_000, next)))).toBeUndefined();
  });

  test('is stopped when a function of the template calls itself', () => {
    expect(outcome(() => evaluateText("[n.again('x')]", chain(1, String)))).toBeUndefined();
  });

  test('is stopped when many small evaluations make a large one', () => {
    const scope: Scope = emptyScope({
      userFunction: () => evaluateText('[length(string(range(0, 10000)))]', scope),
    });
    expect(evaluateText('[n.f()]', scope)).toBe(48_891);
    expect(outcome(() => evaluateText("[map(range(0, 10000), lambda('i', n.f()))]", scope))).toBeUndefined();
    // The bounds begin anew with the next evaluation.
    expect(evaluateText('[n.f()]', scope)).toBe(48_891);
  });
});
