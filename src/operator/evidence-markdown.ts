// Evidence as Markdown, for a postmortem. What others wrote is text in it: it opens no markup.

import { CHANGE_COLUMNS, type Report, REQUEST_COLUMNS } from './evidence-report.ts';

export function markdownOf(report: Report): string {
  const { facts, notes, events, requests, changes, outputs } = report;
  return [
    `# ${inline(report.title)}`,
    table(['', ''], facts),
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${inline(note)}`).join('\n')]),
    '## Timeline',
    table(
      ['time', 'event'],
      events.map(({ at, text, tone }) => [at, tone === 'bad' ? `${text} (!)` : text]),
    ),
    ...section('Requests', REQUEST_COLUMNS, requests),
    ...section('Before and after', CHANGE_COLUMNS, changes),
    ...outputs.flatMap(({ name, text }) => [`## ${inline(name)}`, fenced(text)]),
    `The last entry's hash is ${inline(report.head)}: kept elsewhere, it proves that the record was not rewritten.`,
  ]
    .map((part) => `${part}\n`)
    .join('\n');
}

function section(
  title: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  return rows.length === 0 ? [] : [`## ${title}`, table(columns, rows)];
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(inline).join(' | ')} |`;
  return [line(columns), `|${' --- |'.repeat(columns.length)}`, ...rows.map(line)].join('\n');
}

function inline(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_[\]|#~]/g, (mark) => `\\${mark}`);
}

/** A fence longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const clean = text.replaceAll('\r\n', '\n').replaceAll(/[^\P{Cc}\n\t]/gu, '\ufffd');
  return `${fence}text\n${clean}${clean.endsWith('\n') ? '' : '\n'}${fence}`;
}
