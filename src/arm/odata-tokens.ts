// OData tokens: a $filter cut into words, texts, numbers and signs.

export type Token =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  /** A bare date and time: the activity log's clients send them with and without quotes. */
  | { readonly kind: 'time'; readonly value: string }
  | { readonly kind: 'sign'; readonly text: '(' | ')' | ',' | ':' };

/** Why a text is no filter, for whoever sent it. */
export class FilterProblem extends Error {}

/** Longer filters than this are refused before they are read. */
export const LONGEST_FILTER = 4096;

const SPACE = /\s+/y;
const SIGN = /[(),:]/y;
const QUOTED = /'((?:[^']|'')*)'/y;
const TIME = /\d{4}-\d{2}-\d{2}T[0-9:.]+(?:Z|[+ -]\d{2}:?\d{2})?/iy;
const NUMBER = /-?\d+(?:\.\d+)?(?![\w/])/y;
const WORD = /[A-Za-z_$][\w.$-]*(?:\/[A-Za-z_$][\w.$-]*)*/y;

export function tokens(filter: string): readonly Token[] {
  if (filter.length > LONGEST_FILTER)
    throw new FilterProblem(`it is longer than ${LONGEST_FILTER} characters`);
  const found: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(filter);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  while (at < filter.length) {
    if (take(SPACE) !== null) continue;
    const token = nextToken(take);
    if (token === undefined)
      throw new FilterProblem(`'${filter[at] ?? ''}' at position ${at} was not expected`);
    found.push(token);
  }
  return found;
}

function nextToken(take: (pattern: RegExp) => RegExpExecArray | null): Token | undefined {
  let match = take(SIGN);
  if (match !== null) return { kind: 'sign', text: match[0] as '(' | ')' | ',' | ':' };
  match = take(QUOTED);
  if (match !== null) return { kind: 'text', value: (match[1] as string).replaceAll("''", "'") };
  match = take(TIME);
  if (match !== null) return { kind: 'time', value: match[0] };
  match = take(NUMBER);
  if (match !== null) return { kind: 'number', value: Number(match[0]) };
  match = take(WORD);
  return match === null ? undefined : { kind: 'word', text: match[0] };
}
