// Evidence as one HTML file that needs nothing else: no script, no other address, and a policy that forbids both.

import { CHANGE_COLUMNS, type Report, REQUEST_COLUMNS } from './evidence-report.ts';
import { timelineSvg } from './evidence-timeline.ts';
import { escaped } from './html-escape.ts';

const STYLE = `
:root { color-scheme: light dark; --line: #8886; --good: #2a7d4f; --bad: #c0392b; --open: #b7791f; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { font-weight: 600; } td:first-child { white-space: nowrap; }
pre { overflow: auto; padding: .8rem; border: 1px solid var(--line); border-radius: 4px; max-height: 30rem; }
.bad { color: var(--bad); } .good { color: var(--good); }
svg { width: 100%; border: 1px solid var(--line); border-radius: 4px; }
svg text { font: 12px system-ui, sans-serif; fill: currentColor; }
svg .lane { stroke: var(--line); } svg .mark { stroke-width: 2; stroke-dasharray: 3 2; }
svg line.good { stroke: var(--good); } svg line.bad { stroke: var(--bad); }
svg rect.good { fill: var(--good); fill-opacity: .45; } svg rect.bad { fill: var(--bad); fill-opacity: .45; } svg rect.open { fill: var(--open); fill-opacity: .45; }
svg rect.wait { fill-opacity: .15; }
`.trim();

export function htmlOf(report: Report): string {
  const { title, facts, notes, events, requests, changes, outputs, head } = report;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    `<h1>${escaped(title)}</h1>`,
    table([], facts),
    ...notes.map((note) => `<p>${escaped(note)}</p>`),
    '<h2>Timeline</h2>',
    timelineSvg(report),
    table(
      ['time', 'event'],
      events.map(({ at, text }) => [at, text]),
      events.map(({ tone }) => tone),
    ),
    ...section('Requests', REQUEST_COLUMNS, requests),
    ...section('Before and after', CHANGE_COLUMNS, changes),
    ...outputs.flatMap(({ name, text }) => [`<h2>${escaped(name)}</h2>`, `<pre>${escaped(text)}</pre>`]),
    `<p>The last entry's hash is <code>${escaped(head)}</code>: kept elsewhere, it proves that the record was not rewritten.</p>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function section(
  title: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  return rows.length === 0 ? [] : [`<h2>${title}</h2>`, table(columns, rows)];
}

function table(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  tones: readonly string[] = [],
): string {
  const cells = (row: readonly string[], tag: 'td' | 'th'): string =>
    row.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('');
  const head = columns.length === 0 ? '' : `<tr>${cells(columns, 'th')}</tr>\n`;
  const body = rows.map((row, at) => `<tr class="${tones[at] ?? 'plain'}">${cells(row, 'td')}</tr>`);
  return `<table>\n${head}${body.join('\n')}\n</table>`;
}
