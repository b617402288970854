// Words: counts, ids, spans of time and numbers as sentences have them.

/** `1 instance`, `3 instances`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `is` or `are`, `runs` or `run`: the word that goes with a count. */
export function verbFor(count: number, one: string, more: string): string {
  return count === 1 ? one : more;
}

/** `4, 9, 12`, and after the twelfth `… and 38 more`. */
export function idList(ids: readonly string[], most = 12): string {
  const shown = ids.slice(0, most).join(', ');
  return ids.length <= most ? shown : `${shown} and ${ids.length - most} more`;
}

/** One unit, rounded down: `45 s`, `12 min`, `5 h`, `3 d`. */
export function lasting(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 2 * 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 2 * 86_400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

/** Three significant digits, without a tail of zeros, and never as a power of ten below a million. */
export function figure(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const rounded = Number(value.toPrecision(3));
  return Math.abs(rounded) >= 1e-6 && Math.abs(rounded) < 1e21 ? String(rounded) : rounded.toExponential();
}

/** `p = 0.0083`, `p < 0.0001`. */
export function chance(p: number): string {
  return p < 0.0001 ? 'p < 0.0001' : `p = ${Number(p.toPrecision(2))}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function joined(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** `2026-11-24 06:08:00 UTC`; a text that is no time stays as it is. */
export function moment(time: string): string {
  const value = Date.parse(time);
  if (Number.isNaN(value)) return time;
  return `${new Date(value).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
