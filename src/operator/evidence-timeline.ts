// The picture of a record's time: a lane for each instance, a bar for each request until it was over, a line for each verdict.
// Inline SVG in which everything that others wrote is escaped.

import type { ReportEvent } from './evidence-events.ts';
import type { Bar, Report } from './evidence-report.ts';
import { escaped } from './html-escape.ts';

const WIDTH = 960;
const LABEL = 150;
const LANE = 24;
const TOP = 28;
/** More lanes than a picture can show are left to the tables. */
const LANES = 40;

export function timelineSvg({ bars, events }: Report): string {
  const lanes = [...new Set(bars.map(({ lane }) => lane))].slice(0, LANES);
  const times = events.map(({ at }) => Date.parse(at)).filter((time) => !Number.isNaN(time));
  const start = Math.min(...times);
  const end = Math.max(...times, start + 1000);
  if (lanes.length === 0 || times.length === 0) return '';
  const x = (at: string): number => {
    const time = Date.parse(at);
    const share = Number.isNaN(time) ? 0 : (time - start) / (end - start);
    return Math.round(LABEL + Math.min(1, Math.max(0, share)) * (WIDTH - LABEL - 10));
  };
  const bottom = TOP + lanes.length * LANE;
  return [
    `<svg viewBox="0 0 ${WIDTH} ${bottom + 24}" role="img" aria-label="Timeline">`,
    ...lanes.map((lane, at) => laneOf(lane, TOP + at * LANE)),
    ...events.filter(({ tone }) => tone !== 'plain').map((event) => markOf(event, x(event.at), bottom)),
    ...bars
      .filter(({ lane }) => lanes.includes(lane))
      .map((bar) =>
        barOf(
          bar,
          { from: x(bar.from), to: bar.to === undefined ? x(lastOf(events)) : x(bar.to) },
          TOP + lanes.indexOf(bar.lane) * LANE,
        ),
      ),
    text(LABEL, bottom + 16, new Date(start).toISOString()),
    `<text x="${WIDTH - 10}" y="${bottom + 16}" text-anchor="end">${new Date(end).toISOString()}</text>`,
    '</svg>',
  ].join('\n');
}

function lastOf(events: readonly ReportEvent[]): string {
  return events.at(-1)?.at ?? '';
}

function laneOf(lane: string, y: number): string {
  const shown = lane.length > 20 ? `${lane.slice(0, 19).toWellFormed()}…` : lane;
  return `<line class="lane" x1="${LABEL}" x2="${WIDTH - 10}" y1="${y + LANE / 2}" y2="${y + LANE / 2}"/>${text(4, y + 16, shown)}`;
}

function barOf({ label, tone, lane }: Bar, { from, to }: { from: number; to: number }, y: number): string {
  const width = Math.max(4, to - from);
  const title = `<title>${escaped(`${label} ${lane}`)}</title>`;
  return `<rect class="${label === 'verify' ? `wait ${tone}` : tone}" x="${from}" y="${y + 4}" width="${width}" height="${LANE - 8}" rx="3">${title}</rect>${text(from + 4, y + 16, label)}`;
}

function markOf({ at, text: said, tone }: ReportEvent, x: number, bottom: number): string {
  const title = `<title>${escaped(`${at} ${said}`)}</title>`;
  return `<line class="mark ${tone}" x1="${x}" x2="${x}" y1="${TOP - 8}" y2="${bottom}">${title}</line>`;
}

function text(x: number, y: number, said: string): string {
  return `<text x="${x}" y="${y}">${escaped(said)}</text>`;
}
