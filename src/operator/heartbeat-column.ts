// Heartbeat column: what a column of the application's table holds, found from its values. `time` and `number` need nine
// values in ten to be one; `word` is what few values are shared by many instances, such as a version.

export type Column =
  | { readonly kind: 'time'; readonly values: ReadonlyMap<string, number> }
  | { readonly kind: 'number'; readonly values: ReadonlyMap<string, number> }
  | { readonly kind: 'word'; readonly values: ReadonlyMap<string, string> }
  | { readonly kind: 'other' };

const MOST = 0.9;
/** How programs write that there is no value. */
const ABSENT = new Set(['', '-', 'na', 'n/a', 'nan', 'null', 'none', 'nil']);
const ISO = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s?(Z|[+-]\d\d:?\d\d)?$/i;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** A version that looks like a number is still a word. */
const WORD_NAME = /version|build|release|commit|revision/i;
const TIME_NAME = /time|seen|heartbeat|timestamp|updated|reported|(^|_)(ts|at|date)$/i;
/** Seconds or milliseconds since 1970, between 2001 and 2096. */
const SECONDS = [1e9, 4e9] as const;

/** `texts` by id of the instance. */
export function columnOf(name: string, texts: ReadonlyMap<string, string>): Column {
  const given = new Map(
    [...texts]
      .map(([id, text]) => [id, text.trim()] as const)
      .filter(([, text]) => !ABSENT.has(text.toLowerCase())),
  );
  if (given.size === 0) return { kind: 'other' };
  const times = parsed(given, (text) => timeOf(text, name));
  if (times.size >= given.size * MOST) return { kind: 'time', values: times };
  const numbers = WORD_NAME.test(name) ? new Map<string, number>() : parsed(given, numberOf);
  if (numbers.size >= given.size * MOST) return { kind: 'number', values: numbers };
  const words = new Set(given.values()).size;
  return words >= 2 && words <= Math.max(2, given.size / 4)
    ? { kind: 'word', values: given }
    : { kind: 'other' };
}

function parsed(
  texts: ReadonlyMap<string, string>,
  parse: (text: string) => number | undefined,
): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const [id, text] of texts) {
    const value = parse(text);
    if (value !== undefined) values.set(id, value);
  }
  return values;
}

function numberOf(text: string): number | undefined {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** Milliseconds since 1970. A time without an offset is taken as UTC. A bare number is one only where the column's name says so. */
export function timeOf(text: string, name: string): number | undefined {
  if (ISO.test(text)) {
    const zoned = /(Z|[+-]\d\d:?\d\d)$/i.test(text.slice(10));
    const time = Date.parse(`${text.trim().replace(' ', 'T').replace(/\s/g, '')}${zoned ? '' : 'Z'}`);
    return Number.isNaN(time) ? undefined : time;
  }
  const value = TIME_NAME.test(name) ? numberOf(text) : undefined;
  if (value === undefined) return undefined;
  const [low, high] = SECONDS;
  if (value >= low && value < high) return value * 1000;
  return value >= low * 1000 && value < high * 1000 ? value : undefined;
}
