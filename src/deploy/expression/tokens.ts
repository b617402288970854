// Tokens of the expression language, with the names that Azure's sentences give them. Blanks between tokens mean nothing.

import { ExpressionProblem, USAGE } from './problem.ts';

export type TokenKind =
  | 'Identifier'
  | 'StringLiteral'
  | 'Integer'
  | 'LeftParenthesis'
  | 'RightParenthesis'
  | 'LeftSquareBracket'
  | 'RightSquareBracket'
  | 'Comma'
  | 'Dot'
  | 'QuestionMark'
  | 'EndOfData';

export interface Token {
  readonly kind: TokenKind;
  /** Of a string its value, of everything else what is written. */
  readonly text: string;
  readonly at: number;
}

const MARKS: Readonly<Record<string, TokenKind>> = {
  '(': 'LeftParenthesis',
  ')': 'RightParenthesis',
  '[': 'LeftSquareBracket',
  ']': 'RightSquareBracket',
  ',': 'Comma',
  '.': 'Dot',
  '?': 'QuestionMark',
};

const BLANK = /\s+/y;
const IDENTIFIER = /[\p{L}_][\p{L}\p{N}_]*/uy;
// Azure's reader takes the letters of a number's exponent for a part of it, and complains about what follows.
const NUMBER = /-[\deE]*|\d[\deE]*/y;
const QUOTED = /'((?:[^']|'')*)'/y;

/** Ends with a token of kind EndOfData. */
export function tokensOf(expression: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < expression.length) {
    const blank = matchAt(BLANK, expression, at);
    if (blank !== undefined) {
      at += blank.length;
      continue;
    }
    const { token, length } = tokenAt(expression, at);
    tokens.push(token);
    at += length;
  }
  tokens.push({ kind: 'EndOfData', text: '', at });
  return tokens;
}

function tokenAt(expression: string, at: number): { readonly token: Token; readonly length: number } {
  const first = expression.charAt(at);
  const mark = MARKS[first];
  if (mark !== undefined) return { token: { kind: mark, text: first, at }, length: 1 };
  const identifier = matchAt(IDENTIFIER, expression, at);
  if (identifier !== undefined) {
    return { token: { kind: 'Identifier', text: identifier, at }, length: identifier.length };
  }
  const quoted = matchAt(QUOTED, expression, at);
  if (quoted !== undefined) {
    const value = quoted.slice(1, -1).replaceAll("''", "'");
    return { token: { kind: 'StringLiteral', text: value, at }, length: quoted.length };
  }
  if (first === "'") throw unterminated(expression, at);
  const number = matchAt(NUMBER, expression, at);
  if (number === undefined) throw unexpected(expression, at);
  if (!/^-?\d+$/.test(number)) throw unexpected(expression, at + number.length);
  return { token: { kind: 'Integer', text: number, at }, length: number.length };
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function unexpected(expression: string, position: number): ExpressionProblem {
  const character = expression.charAt(position);
  const what =
    character === ''
      ? 'the number at the end is not complete'
      : `the string character '${character}' at position '${position}' is not expected`;
  return new ExpressionProblem(`The language expression '${expression}' is not valid: ${what}.`, {
    expression,
    position,
  });
}

function unterminated(expression: string, position: number): ExpressionProblem {
  return new ExpressionProblem(
    `The language expression '${expression}' is not valid: the string constant at position '${position}' is not terminated. ` +
      `String constants must be enclosed within a pair of single quotes. ${USAGE}`,
    { expression, position },
  );
}
