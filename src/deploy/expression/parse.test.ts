// Parsing and printing: syntax, Azure's sentences for what is no syntax, and that the two are each other's inverse.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_LENGTH } from './expression.ts';
import { isExpression, literalOf, parseExpression } from './parse.ts';
import { printExpression } from './print.ts';
import { ExpressionProblem } from './problem.ts';
import { expressionArbitrary } from '../../../test/testing/expressions.ts';

const problemOf = (text: string): ExpressionProblem => {
  try {
    parseExpression(text);
  } catch (error) {
    if (error instanceof ExpressionProblem) return error;
  }
  throw new Error(`no problem with ${text}`);
};

describe('a string of a template', () => {
  test.each([
    ["[concat('a')]", true],
    ['[]', true],
    ['[[test value]', false],
    ['[test] value', false],
    [' [x()]', false],
    ['[', false],
    ['', false],
    ['x', false],
  ])('%s: an expression? %s', (text, expected) => {
    expect(isExpression(text)).toBe(expected);
  });

  test.each([
    ['[[test value]', '[test value]'],
    ['[[[x]', '[[x]'],
    ['[[test value', '[[test value'],
    ['[test] value', '[test] value'],
    ['plain', 'plain'],
  ])('%s says %s', (text, literal) => {
    expect(literalOf(text)).toBe(literal);
  });
});

describe('syntax', () => {
  test('a call, with texts, integers, properties and positions', () => {
    expect(parseExpression("[concat('it''s', -12, variables('a').b[0]['c d'])]")).toEqual({
      kind: 'call',
      namespace: undefined,
      name: 'concat',
      args: [
        { kind: 'text', value: "it's" },
        { kind: 'integer', value: -12 },
        {
          kind: 'index',
          safe: false,
          of: {
            kind: 'index',
            safe: false,
            of: {
              kind: 'property',
              safe: false,
              name: 'b',
              of: {
                kind: 'call',
                namespace: undefined,
                name: 'variables',
                args: [{ kind: 'text', value: 'a' }],
              },
            },
            at: { kind: 'integer', value: 0 },
          },
          at: { kind: 'text', value: 'c d' },
        },
      ],
    });
  });

  test('safe accesses and functions of the template itself', () => {
    expect(printExpression(parseExpression("[ contoso . name ( 'a' ).?b[ ? 'c' ] ]"))).toBe(
      "contoso.name('a').?b[?'c']",
    );
  });

  test('with its brackets or without, it is the same', () => {
    expect(parseExpression('[a()]')).toEqual(parseExpression('a()'));
  });

  test('blanks and new lines between tokens mean nothing', () => {
    expect(parseExpression("[\n  if( true( ) ,\t'a','b' )\r\n]")).toEqual(
      parseExpression("[if(true(),'a','b')]"),
    );
  });

  test('the largest and the smallest integers', () => {
    expect(parseExpression('[9007199254740991]')).toEqual({ kind: 'integer', value: 9007199254740991 });
    expect(parseExpression('[-9007199254740991]')).toEqual({ kind: 'integer', value: -9007199254740991 });
    expect(parseExpression('[-0]')).toEqual({ kind: 'integer', value: 0 });
    expect(problemOf('[add(9007199254740992, 1)]')).toMatchObject({
      position: 4,
      message: expect.stringContaining(
        "the integer '9007199254740992' at position '4' is out of range",
      ) as string,
    });
  });
});

describe('what is no syntax, in the words that Azure has for it', () => {
  const rows: readonly (readonly [text: string, message: string, position: number])[] = [
    // Published: a template with an empty pair of brackets, and one that lost a parenthesis.
    ['[]', "Unable to parse language expression '': expected token 'Identifier' and actual 'EndOfData'.", 0],
    [
      '[ ]',
      "Unable to parse language expression ' ': expected token 'Identifier' and actual 'EndOfData'.",
      1,
    ],
    [
      "[concat('ai-', uniqueString(resourceGroup().id)]",
      "Unable to parse language expression 'concat('ai-', uniqueString(resourceGroup().id)': expected token 'RightParenthesis' and actual 'EndOfData'.",
      46,
    ],
    // Published: the tests of the Bicep decompiler; the two after it, from reports of users.
    [
      '[bad-expression]',
      "The language expression 'bad-expression' is not valid: the string character 'x' at position '5' is not expected.",
      5,
    ],
    [
      '[\n  {}]',
      "The language expression '\n  {}' is not valid: the string character '{' at position '3' is not expected.",
      3,
    ],
    [
      "[resourceId('a', 'SensorSubnet1)]",
      "The language expression 'resourceId('a', 'SensorSubnet1)' is not valid: the string constant at position '16' is not terminated. String constants must be enclosed within a pair of single quotes. Please see https://aka.ms/arm-functions for usage details.",
      16,
    ],
    [
      '[a]',
      "Unable to parse language expression 'a': expected token 'LeftParenthesis' and actual 'EndOfData'.",
      1,
    ],
    [
      '[true]',
      "Unable to parse language expression 'true': expected token 'LeftParenthesis' and actual 'EndOfData'.",
      4,
    ],
    [
      '[a(,)]',
      "Unable to parse language expression 'a(,)': expected token 'Identifier' and actual 'Comma'.",
      2,
    ],
    [
      '[a().1]',
      "Unable to parse language expression 'a().1': expected token 'Identifier' and actual 'Integer'.",
      4,
    ],
    [
      '[a()[]]',
      "Unable to parse language expression 'a()[]': expected token 'Identifier' and actual 'RightSquareBracket'.",
      4,
    ],
    [
      '[a()[0]',
      "Unable to parse language expression 'a()[0': expected token 'RightSquareBracket' and actual 'EndOfData'.",
      5,
    ],
    [
      '[a() b()]',
      "Unable to parse language expression 'a() b()': expected token 'EndOfData' and actual 'Identifier'.",
      4,
    ],
    [
      '[a(1.5)]',
      "Unable to parse language expression 'a(1.5)': expected token 'Identifier' and actual 'Integer'.",
      4,
    ],
    ['[-]', "The language expression '-' is not valid: the number at the end is not complete.", 1],
  ];

  test.each(rows)('%s', (text, message, position) => {
    expect(problemOf(text)).toMatchObject({ message, position, expression: text.slice(1, -1) });
  });

  test('more than 24,576 characters', () => {
    expect(parseExpression(`['${'x'.repeat(MAX_LENGTH - 2)}']`)).toMatchObject({ kind: 'text' });
    expect(problemOf(`['${'x'.repeat(MAX_LENGTH - 1)}']`).message).toMatch(
      /24577 .* limit of 24576 characters/,
    );
    // Not all of it: the sentence is for people.
    expect(problemOf(`['${'x'.repeat(MAX_LENGTH)}']`).expression).toHaveLength(101);
  });

  test.each([
    ['calls', '['.concat('not('.repeat(4000), ')'.repeat(4000), ']')],
    ['open calls', `[${'a('.repeat(12_000)}]`],
    ['positions', `[a()${'[a()'.repeat(4000)}${']'.repeat(4000)}]`],
    ['properties', `[a()${'.b'.repeat(12_000)}]`],
    ['properties of calls of properties', `[${'a('.repeat(200)}a()${`${'.b'.repeat(50)})`.repeat(200)}]`],
  ])('%s nested too deep', (_, text) => {
    expect(problemOf(text).message).toMatch(/nested more than 256 levels deep/);
  });
});

describe('printing', () => {
  test('is read back to the same tree', () => {
    fc.assert(
      fc.property(expressionArbitrary, (expression) => {
        expect(parseExpression(printExpression(expression))).toEqual(expression);
        expect(parseExpression(`[${printExpression(expression)}]`)).toEqual(expression);
      }),
      { numRuns: 500 },
    );
  });

  test('does not change by another round', () => {
    fc.assert(
      fc.property(expressionArbitrary, (expression) => {
        const printed = printExpression(expression);
        expect(printExpression(parseExpression(printed))).toBe(printed);
      }),
    );
  });
});
