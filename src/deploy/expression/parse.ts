// Parse: from a template's string to the syntax tree. Must hold: whatever the text, it gives a tree or throws an
// ExpressionProblem; the tree is nested no deeper than MAX_NESTING, so that whoever walks it needs not count.

import { type Expression, MAX_LENGTH, MAX_NESTING } from './expression.ts';
import { ExpressionProblem, USAGE } from './problem.ts';
import { type Token, type TokenKind, tokensOf } from './tokens.ts';

/** Whether a string of a template is an expression: in brackets, and not begun with `[[`. */
export function isExpression(text: string): boolean {
  return text.startsWith('[') && text.endsWith(']') && text.length > 1 && !text.startsWith('[[');
}

/** What a string that is no expression says: `[[text]` is the text `[text]`; only a string that ends with a bracket is escaped. */
export function literalOf(text: string): string {
  return text.startsWith('[[') && text.endsWith(']') ? text.slice(1) : text;
}

/** Of the text with its brackets or without. Positions in problems count from the first character after the bracket. */
export function parseExpression(text: string): Expression {
  const expression = isExpression(text) ? text.slice(1, -1) : text;
  if (expression.length > MAX_LENGTH) {
    throw new ExpressionProblem(
      `The language expression has ${expression.length} characters and exceeds the limit of ${MAX_LENGTH} characters. ${USAGE}`,
      { expression: `${expression.slice(0, 100)}…` },
    );
  }
  const reader = new Reader(expression);
  const result = reader.expression(0);
  reader.expect('EndOfData');
  if (isDeeperThan(result, MAX_NESTING)) throw tooDeep(expression);
  return result;
}

/** The reader's own depth does not count the accesses of a chain, which it reads in a loop. */
function isDeeperThan(root: Expression, limit: number): boolean {
  let level: readonly Expression[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    level = level.flatMap(partsOf);
  }
  return false;
}

/** What an expression is directly made of, in the order in which it is written. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'text':
    case 'integer':
      return [];
    case 'property':
      return [expression.of];
    case 'index':
      return [expression.of, expression.at];
    case 'call':
      return expression.args;
  }
}

function tooDeep(expression: string): ExpressionProblem {
  return new ExpressionProblem(
    `The language expression is nested more than ${MAX_NESTING} levels deep. ${USAGE}`,
    { expression },
  );
}

class Reader {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  expression(depth: number): Expression {
    if (depth > MAX_NESTING) throw tooDeep(this.#text);
    let result = this.#primary(depth);
    for (;;) {
      const next = this.#access(result, depth);
      if (next === undefined) return result;
      result = next;
    }
  }

  expect(kind: TokenKind): Token {
    const token = this.#peek();
    if (token.kind !== kind) throw this.#unexpected(kind, token);
    this.#next += 1;
    return token;
  }

  #primary(depth: number): Expression {
    const token = this.#peek();
    if (token.kind === 'StringLiteral') {
      this.#next += 1;
      return { kind: 'text', value: token.text };
    }
    if (token.kind === 'Integer') {
      this.#next += 1;
      return { kind: 'integer', value: this.#integer(token) };
    }
    const name = this.expect('Identifier').text;
    if (!this.#take('Dot')) return this.#call(undefined, name, depth);
    return this.#call(name, this.expect('Identifier').text, depth);
  }

  #call(namespace: string | undefined, name: string, depth: number): Expression {
    this.expect('LeftParenthesis');
    const args: Expression[] = [];
    if (!this.#take('RightParenthesis')) {
      do args.push(this.expression(depth + 1));
      while (this.#take('Comma'));
      this.expect('RightParenthesis');
    }
    return { kind: 'call', namespace, name, args };
  }

  /** `.name`, `.?name`, `[at]`, `[?at]`; undefined when none follows. */
  #access(of: Expression, depth: number): Expression | undefined {
    if (this.#take('Dot')) {
      const safe = this.#take('QuestionMark');
      return { kind: 'property', of, name: this.expect('Identifier').text, safe };
    }
    if (!this.#take('LeftSquareBracket')) return undefined;
    const safe = this.#take('QuestionMark');
    const at = this.expression(depth + 1);
    this.expect('RightSquareBracket');
    return { kind: 'index', of, at, safe };
  }

  #integer(token: Token): number {
    const value = Number(token.text);
    // Azure has 64 bits; Muster refuses what JSON's numbers cannot hold exactly.
    if (Number.isSafeInteger(value)) return value === 0 ? 0 : value;
    throw new ExpressionProblem(
      `The language expression '${this.#text}' is not valid: the integer '${token.text}' at position '${token.at}' is out of range. ${USAGE}`,
      { expression: this.#text, position: token.at },
    );
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'EndOfData', text: '', at: this.#text.length };
  }

  #take(kind: TokenKind): boolean {
    if (this.#peek().kind !== kind) return false;
    this.#next += 1;
    return true;
  }

  #unexpected(kind: TokenKind, token: Token): ExpressionProblem {
    return new ExpressionProblem(
      `Unable to parse language expression '${this.#text}': expected token '${kind}' and actual '${token.kind}'.`,
      { expression: this.#text, position: token.at },
    );
  }
}
