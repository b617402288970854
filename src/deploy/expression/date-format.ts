// Date format: .NET's standard and custom formats of dates and times, in its invariant culture.

import type { Time } from '../../domain/time.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const STANDARD: Readonly<Record<string, string>> = {
  d: 'MM/dd/yyyy',
  D: 'dddd, dd MMMM yyyy',
  f: 'dddd, dd MMMM yyyy HH:mm',
  F: 'dddd, dd MMMM yyyy HH:mm:ss',
  g: 'MM/dd/yyyy HH:mm',
  G: 'MM/dd/yyyy HH:mm:ss',
  m: 'MMMM dd',
  M: 'MMMM dd',
  o: "yyyy'-'MM'-'dd'T'HH':'mm':'ss.fffffffK",
  O: "yyyy'-'MM'-'dd'T'HH':'mm':'ss.fffffffK",
  r: "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
  R: "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
  s: "yyyy'-'MM'-'dd'T'HH':'mm':'ss",
  t: 'HH:mm',
  T: 'HH:mm:ss',
  u: "yyyy'-'MM'-'dd HH':'mm':'ss'Z'",
  U: 'dddd, dd MMMM yyyy HH:mm:ss',
  y: 'yyyy MMMM',
  Y: 'yyyy MMMM',
};

const SPECIFIER = /([dfFghHKmMstyz])\1*|'([^']*)'|"([^"]*)"|\\(.)|%|[^]/y;
const LONGEST = 1000;

/** `offset`: minutes east of Greenwich, of the place for which it is written. Undefined when there is no such format. */
export function formatTime(time: Time, format: string, offset = 0): string | undefined {
  if (format.length === 0 || format.length > LONGEST) return undefined;
  const custom = format.length === 1 ? STANDARD[format] : format;
  if (custom === undefined) return undefined;
  const date = new Date(time + offset * 60_000);
  let text = '';
  let at = 0;
  while (at < custom.length) {
    SPECIFIER.lastIndex = at;
    const match = SPECIFIER.exec(custom);
    if (match === null) return undefined;
    const piece = pieceOf(match, date, offset);
    if (piece === undefined) return undefined;
    // A point before a fraction that is not written is not written either.
    text = piece === '' && match[0].startsWith('F') && text.endsWith('.') ? text.slice(0, -1) : text + piece;
    at += match[0].length;
  }
  return text;
}

function pieceOf(match: RegExpExecArray, date: Date, offset: number): string | undefined {
  const [whole, letter, single, double, escaped] = match;
  if (letter === undefined) {
    if (whole === '%') return '';
    // A quote without its end, or a backslash at the end.
    if (whole === "'" || whole === '"' || whole === '\\') return undefined;
    return single ?? double ?? escaped ?? whole;
  }
  const count = whole.length;
  return letter === 'K' || letter === 'z' ? zone(letter, count, offset) : field(letter, count, date);
}

function field(letter: string, count: number, date: Date): string | undefined {
  const hours = date.getUTCHours();
  switch (letter) {
    case 'd':
      return count < 3 ? digits(date.getUTCDate(), count) : name(DAYS, date.getUTCDay(), count);
    case 'M':
      return count < 3 ? digits(date.getUTCMonth() + 1, count) : name(MONTHS, date.getUTCMonth(), count);
    case 'y':
      return year(date.getUTCFullYear(), count);
    case 'h':
      return digits(hours % 12 === 0 ? 12 : hours % 12, Math.min(count, 2));
    case 'H':
      return digits(hours, Math.min(count, 2));
    case 'm':
      return digits(date.getUTCMinutes(), Math.min(count, 2));
    case 's':
      return digits(date.getUTCSeconds(), Math.min(count, 2));
    case 't':
      return (hours < 12 ? 'AM' : 'PM').slice(0, Math.min(count, 2));
    case 'g':
      return 'A.D.';
    default:
      return fraction(letter, count, date.getUTCMilliseconds());
  }
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, '0');
}

function name(names: readonly string[], index: number, count: number): string {
  const full = names[index] ?? '';
  return count === 3 ? full.slice(0, 3) : full;
}

function year(value: number, count: number): string {
  return count < 3 ? digits(value % 100, count) : digits(value, count);
}

/** Ten-thousandths of a millisecond are as far as .NET goes; Muster's time ends at the millisecond. */
function fraction(letter: string, count: number, milliseconds: number): string | undefined {
  if (count > 7) return undefined;
  const text = digits(milliseconds, 3).padEnd(7, '0').slice(0, count);
  return letter === 'F' ? text.replace(/0+$/, '') : text;
}

function zone(letter: string, count: number, offset: number): string {
  if (letter === 'K' && offset === 0) return 'Z'.repeat(count);
  const sign = offset < 0 ? '-' : '+';
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  if (letter === 'K' || count > 2) return `${sign}${digits(hours, 2)}:${digits(minutes, 2)}`;
  return `${sign}${digits(hours, count)}`;
}
