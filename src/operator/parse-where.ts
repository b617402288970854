// ParseWhere: the text of an expression read into a Where, by recursive descent. `and` binds tighter than `or`.

import { checkComparison, knownField, type Operator, type Where, WhereProblem } from './where.ts';
import { type Token, tokensOf } from './where-tokens.ts';

/** How deep parentheses and `not` may go. */
const DEEPEST = 100;

/** Throws a WhereProblem in one sentence. */
export function parseWhere(text: string): Where {
  const read = tokensOf(text);
  if ('wrongAt' in read) {
    throw new WhereProblem(`'${text}' is not understood from character ${read.wrongAt + 1} on.`);
  }
  const parser = new Parser(text, read.tokens);
  const where = parser.any(0);
  parser.end();
  return where;
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  any(depth: number): Where {
    const of = [this.#all(depth)];
    while (this.#takeWord('or')) of.push(this.#all(depth));
    return of.length === 1 ? (of[0] as Where) : { kind: 'any', of };
  }

  end(): void {
    if (this.#next < this.#tokens.length) throw this.#wrong('and, or, or the end');
  }

  #all(depth: number): Where {
    const of = [this.#one(depth)];
    while (this.#takeWord('and')) of.push(this.#one(depth));
    return of.length === 1 ? (of[0] as Where) : { kind: 'all', of };
  }

  #one(depth: number): Where {
    if (depth > DEEPEST) throw new WhereProblem(`'${this.#text}' is nested too deeply.`);
    if (this.#takeWord('not')) return { kind: 'not', of: this.#one(depth + 1) };
    if (!this.#takeMark('(')) return this.#comparison();
    const inner = this.any(depth + 1);
    if (!this.#takeMark(')')) throw this.#wrong("')'");
    return inner;
  }

  #comparison(): Where {
    const name = this.#tokens[this.#next];
    if (name?.kind !== 'word' || name.quoted) throw this.#wrong('a field');
    this.#next += 1;
    const field = knownField(name.text);
    if (this.#takeWord('in')) {
      const values = this.#values();
      for (const value of values) checkComparison(field, '=', value);
      return { kind: 'in', field, values };
    }
    const operator = this.#operator();
    const value = this.#value();
    checkComparison(field, operator, value);
    return { kind: 'is', field, operator, value };
  }

  #operator(): Operator {
    for (const operator of ['=', '!=', '<', '>', '~'] as const) if (this.#takeMark(operator)) return operator;
    throw this.#wrong('=, !=, <, >, ~ or in');
  }

  #values(): readonly string[] {
    if (!this.#takeMark('(')) throw this.#wrong("'('");
    const values = [this.#value()];
    while (this.#takeMark(',')) values.push(this.#value());
    if (!this.#takeMark(')')) throw this.#wrong("',' or ')'");
    return values;
  }

  /** An `in` that stands where a value is due is the value: `balance=in`. */
  #value(): string {
    const token = this.#tokens[this.#next];
    if (token?.kind !== 'word') throw this.#wrong('a value');
    if (!token.quoted && /^(and|or|not)$/i.test(token.text)) throw this.#wrong('a value');
    this.#next += 1;
    return token.text;
  }

  #takeMark(text: string): boolean {
    const token = this.#tokens[this.#next];
    if (token?.kind !== 'mark' || token.text !== text) return false;
    this.#next += 1;
    return true;
  }

  #takeWord(text: string): boolean {
    const token = this.#tokens[this.#next];
    if (token?.kind !== 'word' || token.quoted || token.text.toLowerCase() !== text) return false;
    this.#next += 1;
    return true;
  }

  #wrong(wanted: string): WhereProblem {
    const token = this.#tokens[this.#next];
    const place = token === undefined ? 'at its end' : `at '${token.text}' (character ${token.at + 1})`;
    return new WhereProblem(`'${this.#text}' is not understood ${place}: ${wanted} is expected there.`);
  }
}
