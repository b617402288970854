// How commands write: aligned tables, durations and quoted words, as pure functions.

/** Two columns, the first as wide as its widest cell. Ends with a newline. */
export function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(0, ...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${label.padEnd(width)}  ${value}`.trimEnd() + '\n').join('');
}

/** Two units at most, as a person says it: `45 s`, `3 min 20 s`, `5 h 2 min`, `12 d 3 h`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const units = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ] as const;
  const largest = units.findIndex(([size]) => seconds >= size);
  if (largest < 0) return '0 s';
  let rest = seconds;
  const words: string[] = [];
  for (const [size, name] of units.slice(largest, largest + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) words.push(`${count} ${name}`);
  }
  return words.join(' ');
}

/** One word to a POSIX shell, whatever is in it. */
export function quoted(word: string): string {
  return /^[\w.,:/@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
