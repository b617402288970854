// Table: what a benchmark found, as Markdown that docs/performance.md can hold as it is.

export interface Row {
  readonly what: string;
  readonly found: string;
  /** What the number is held against, measured in the same run where there is such a thing. */
  readonly against: string;
}

export function printTable(rows: readonly Row[]): void {
  const lines = [
    ['what', 'found', 'against'],
    ['---', '---', '---'],
    ...rows.map(({ what, found, against }) => [what, found, against]),
  ];
  process.stdout.write(`${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`);
}

export function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
}

export function perSecond(count: number, elapsed: number): string {
  return `${Math.round((count * 1000) / elapsed).toLocaleString('en-US')} /s`;
}
