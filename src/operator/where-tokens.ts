// Tokens of the language of `where`: words, quoted texts, operators, parentheses, commas.

export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly quoted: boolean; readonly at: number }
  | { readonly kind: 'mark'; readonly text: string; readonly at: number };

const RESERVED = /^(and|or|not|in)$/i;
const WORD = /[\w.:/*%+@$^|\\[\]{}?-]+/y;
const MARK = /!=|[=<>~(),]/y;
const QUOTED = /'((?:[^']|'')*)'|"((?:[^"]|"")*)"/y;

/** Undefined and the place where the text is none of the language. */
export function tokensOf(text: string): { readonly tokens: readonly Token[] } | { readonly wrongAt: number } {
  const tokens: Token[] = [];
  let at = 0;
  const match = (expression: RegExp): RegExpExecArray | null => {
    expression.lastIndex = at;
    return expression.exec(text);
  };
  while (at < text.length) {
    const blank = match(/\s+/y);
    const mark = match(MARK);
    const quoted = match(QUOTED);
    const word = match(WORD);
    if (mark !== null) tokens.push({ kind: 'mark', text: mark[0], at });
    else if (quoted !== null) tokens.push({ kind: 'word', text: unquoted(quoted), quoted: true, at });
    else if (word !== null) tokens.push({ kind: 'word', text: word[0], quoted: false, at });
    else if (blank === null) return { wrongAt: at };
    at += (blank ?? mark ?? quoted ?? word)?.[0].length ?? 1;
  }
  return { tokens };
}

/** A quote inside is doubled. */
function unquoted([, single, double]: RegExpExecArray): string {
  return single === undefined ? (double ?? '').replaceAll('""', '"') : single.replaceAll("''", "'");
}

/** As `tokensOf` reads it back: quoted where it would be taken for something else. */
export function printWord(text: string): string {
  WORD.lastIndex = 0;
  const plain = WORD.exec(text)?.[0] === text && !RESERVED.test(text);
  return plain ? text : `'${text.replaceAll("'", "''")}'`;
}
