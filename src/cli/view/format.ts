// Format: values as programs read them (json, yaml, tsv, csv) and what --query makes of them first.

import { isFields } from '../json-file.ts';
import { EXIT, Problem } from '../problem.ts';
import { type Column, grid } from './grid.ts';

export const FORMATS = ['table', 'wide', 'json', 'yaml', 'tsv', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

/** Throws a Problem with exit code 2 for another word. */
export function readFormat(word: string): Format {
  const found = FORMATS.find((format) => format === word);
  if (found === undefined) {
    throw new Problem(`--output is one of ${FORMATS.join(', ')}, not '${word}'.`, EXIT.misused);
  }
  return found;
}

/** What a JMESPath expression makes of a value. Throws a Problem with exit code 2 where it is none. */
export async function queried(value: unknown, expression: string): Promise<unknown> {
  const { search } = await import('@jmespath-community/jmespath');
  try {
    // Dates and the like become texts first, as the expression will see them.
    return search(JSON.parse(JSON.stringify(value)) as Parameters<typeof search>[0], expression);
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new Problem(`--query: '${expression}' is no JMESPath expression that fits: ${why}`, EXIT.misused);
  }
}

/** Text that ends with a newline; empty where there is nothing, in tsv. */
export async function formatted(value: unknown, format: Format): Promise<string> {
  switch (format) {
    case 'json':
      return `${JSON.stringify(value ?? null, null, 2)}\n`;
    case 'yaml': {
      const { stringify } = await import('yaml');
      return stringify(JSON.parse(JSON.stringify(value ?? null)), { lineWidth: 0 });
    }
    case 'tsv':
      return rowsIn(value)
        .map((cells) => `${cells.map(tsvCell).join('\t')}\n`)
        .join('');
    case 'csv':
      return csv(value);
    case 'table':
    case 'wide':
      return asTable(value);
  }
}

function rowsIn(value: unknown): readonly (readonly unknown[])[] {
  if (value === null || value === undefined) return [];
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.map((item) => {
    if (Array.isArray(item)) return item as readonly unknown[];
    return isFields(item) ? Object.values(item) : [item];
  });
}

/** A first line of names where the rows are objects, which all have the same. */
function csv(value: unknown): string {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  const names = [...new Set(items.flatMap((item) => (isFields(item) ? Object.keys(item) : [])))];
  const rows =
    names.length === 0
      ? rowsIn(value)
      : [names, ...items.map((item) => names.map((name) => (isFields(item) ? item[name] : undefined)))];
  return rows.map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
}

function asTable(value: unknown): string {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  const names = [...new Set(items.flatMap((item) => (isFields(item) ? Object.keys(item) : [])))];
  if (names.length === 0) return items.map((item) => `${scalar(item)}\n`).join('');
  const columns = names.map((name): Column<unknown> => ({
    title: name,
    cell: (item) => ({ text: isFields(item) ? scalar(item[name]) : '' }),
  }));
  return grid(columns, items);
}

function scalar(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A tab or a line break inside a cell would make it two. */
function tsvCell(value: unknown): string {
  return scalar(value)
    .replaceAll('\\', '\\\\')
    .replaceAll('\t', '\\t')
    .replaceAll('\r', '\\r')
    .replaceAll('\n', '\\n');
}

/** RFC 4180. */
function csvCell(value: unknown): string {
  const text = scalar(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
