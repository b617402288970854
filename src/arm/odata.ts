// OData: the part of $filter that Azure's lists understand, parsed: comparisons (eq, ne, gt, ge, lt, le), and, or, not,
// parentheses, startswith, endswith, contains, substringof, and `list/any(x: …)`.

import { FilterProblem, type Token, tokens } from './odata-tokens.ts';

export type Literal = string | number | boolean | null;
export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';

export type Operand =
  | { readonly kind: 'path'; readonly path: readonly string[] }
  | { readonly kind: 'literal'; readonly value: Literal }
  | { readonly kind: 'call'; readonly name: TextFunction; readonly operands: readonly [Operand, Operand] }
  | {
      readonly kind: 'any';
      readonly path: readonly string[];
      readonly variable: string;
      readonly condition: Expression;
    };

export type Expression =
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly of: Expression }
  | {
      readonly kind: 'compare';
      readonly operator: Comparison;
      readonly left: Operand;
      readonly right: Operand;
    }
  | { readonly kind: 'true'; readonly of: Operand };

/** `substringof` is OData 2's: the part comes first. */
const TEXT_FUNCTIONS = ['startswith', 'endswith', 'contains', 'substringof'] as const;
export type TextFunction = (typeof TEXT_FUNCTIONS)[number];

const COMPARISONS: ReadonlySet<string> = new Set(['eq', 'ne', 'gt', 'ge', 'lt', 'le']);
const DEEPEST = 32;

export type ParsedFilter =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly problem: string };

export function parseFilter(filter: string): ParsedFilter {
  try {
    return { ok: true, expression: new Parser(tokens(filter)).whole() };
  } catch (error) {
    if (error instanceof FilterProblem) return { ok: false, problem: error.message };
    throw error;
  }
}

/** Recursive descent; `or` binds loosest, then `and`, then `not`. */
class Parser {
  private at = 0;
  private depth = 0;
  private readonly list: readonly Token[];

  constructor(list: readonly Token[]) {
    this.list = list;
  }

  whole(): Expression {
    const expression = this.or();
    if (this.at < this.list.length) throw new FilterProblem(`${shown(this.list[this.at])} was not expected`);
    return expression;
  }

  private or(): Expression {
    this.depth += 1;
    if (this.depth > DEEPEST) throw new FilterProblem('it is nested too deeply');
    let left = this.and();
    while (this.word('or')) left = { kind: 'or', left, right: this.and() };
    this.depth -= 1;
    return left;
  }

  private and(): Expression {
    let left = this.not();
    while (this.word('and')) left = { kind: 'and', left, right: this.not() };
    return left;
  }

  private not(): Expression {
    let negated = false;
    while (this.word('not')) negated = !negated;
    const of = this.sign('(') ? this.parenthesised() : this.comparison();
    return negated ? { kind: 'not', of } : of;
  }

  private parenthesised(): Expression {
    const inner = this.or();
    this.expect(')');
    return inner;
  }

  private comparison(): Expression {
    const left = this.operand();
    const token = this.list[this.at];
    if (token?.kind === 'word' && COMPARISONS.has(token.text.toLowerCase())) {
      this.at += 1;
      return {
        kind: 'compare',
        operator: token.text.toLowerCase() as Comparison,
        left,
        right: this.operand(),
      };
    }
    if (left.kind !== 'call' && left.kind !== 'any') throw new FilterProblem('a comparison was expected');
    return { kind: 'true', of: left };
  }

  private operand(): Operand {
    const token = this.list[this.at];
    this.at += 1;
    switch (token?.kind) {
      case 'text':
      case 'number':
      case 'time':
        return { kind: 'literal', value: token.value };
      case 'word':
        return this.wordOperand(token.text);
      case 'sign':
      case undefined:
        throw new FilterProblem(`${shown(token)} was not expected`);
    }
  }

  private wordOperand(text: string): Operand {
    const word = text.toLowerCase();
    if (word === 'true' || word === 'false') return { kind: 'literal', value: word === 'true' };
    if (word === 'null') return { kind: 'literal', value: null };
    if (!this.sign('(')) return { kind: 'path', path: text.split('/') };
    if (word.endsWith('/any')) return this.any(text.split('/').slice(0, -1));
    const name = TEXT_FUNCTIONS.find((known) => known === word);
    if (name === undefined) throw new FilterProblem(`the function '${text}' is not supported`);
    const first = this.operand();
    this.expect(',');
    const second = this.operand();
    this.expect(')');
    return { kind: 'call', name, operands: [first, second] };
  }

  private any(path: readonly string[]): Operand {
    const token = this.list[this.at];
    if (token?.kind !== 'word' || token.text.includes('/'))
      throw new FilterProblem(`${shown(token)} was not expected`);
    this.at += 1;
    this.expect(':');
    const condition = this.or();
    this.expect(')');
    return { kind: 'any', path, variable: token.text, condition };
  }

  private word(text: string): boolean {
    const token = this.list[this.at];
    if (token?.kind !== 'word' || token.text.toLowerCase() !== text) return false;
    this.at += 1;
    return true;
  }

  private sign(text: string): boolean {
    const token = this.list[this.at];
    if (token?.kind !== 'sign' || token.text !== text) return false;
    this.at += 1;
    return true;
  }

  private expect(text: string): void {
    if (!this.sign(text)) throw new FilterProblem(`'${text}' was expected, not ${shown(this.list[this.at])}`);
  }
}

function shown(token: Token | undefined): string {
  if (token === undefined) return 'the end';
  return `'${'value' in token ? token.value : token.text}'`;
}
