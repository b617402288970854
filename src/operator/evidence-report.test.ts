// Reports of records: what they say, and that nothing in a record can become markup in one.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { anyEntry } from '../../test/testing/entries.ts';
import { inventoryOf, instanceFacts } from '../../test/testing/inventories.ts';
import { hash, memoryRecord, toyHelm } from '../../test/testing/memory-record.ts';
import { toyFleet } from '../../test/testing/toy-fleet.ts';
import { type Sealed, seal } from './evidence.ts';
import { htmlOf } from './evidence-html.ts';
import { markdownOf } from './evidence-markdown.ts';
import { reportOf } from './evidence-report.ts';
import { execute } from './execute.ts';
import type { Entry } from './record-entry.ts';
import { recordOf } from './record.ts';
import { decideRepair } from './repair-plan.ts';
import { select } from './selection.ts';
import { sightingOf } from './sighting.ts';

/** The record of a repair that goes up to the replacement. */
async function repaired(): Promise<readonly Sealed[]> {
  const start = inventoryOf(4);
  const ill = {
    ...start,
    instances: start.instances.map((one) =>
      one.id === '1' ? instanceFacts('1', { health: 'unhealthy' }) : one,
    ),
  };
  const fleet = toyFleet(ill, { cures: { '1': 'never' } });
  const { ids } = select(ill, { by: 'ids', ids: ['1'] });
  const { plan } = decideRepair(ill, ids!, { until: 'replace', verifySeconds: 30 }, {});
  const record = memoryRecord(fleet.now);
  record.append({
    kind: 'intent',
    record: 'r-1',
    verb: 'repair',
    expect: 'three go on',
    who: 'ada',
    where: 'a plane',
    set: ill.set.resourceId,
    tool: 'muster',
  });
  record.append({ kind: 'plan', plan: plan!, flags: {} });
  record.append({ kind: 'sighting', when: 'before', sighting: sightingOf(ill, hash) });
  await execute(recordOf(record.entries), toyHelm(fleet, record));
  return record.entries;
}

let entries: readonly Sealed[] = [];
beforeAll(async () => {
  entries = await repaired();
});

describe('the report of a repair', () => {
  test('says what was expected, how it ended, and what was asked of ARM with which ids', () => {
    const report = reportOf(entries);
    expect(report.title).toBe('repair on rg/web');
    expect(Object.fromEntries(report.facts)).toMatchObject({
      record: 'r-1',
      expected: 'three go on',
      outcome: 'succeeded. Healed by replace: capacity.',
    });
    expect(report.requests.map(([step, , status]) => [step, status])).toEqual([
      ['diagnose 1', '200'],
      ['diagnose 1', '204'],
      ['restart 1', '202'],
      ['reimage 1', '202'],
      ['delete 1', '202'],
      ['capacity 1', '200'],
    ]);
    for (const row of report.requests) expect(row[4]).toMatch(/^[0-9a-f-]{36}$/);
    expect(report.changes.map(([id, was, is]) => [id, was, is])).toEqual([
      ['1', 'running, Succeeded, unhealthy, balancer: in, latest model', 'is gone'],
      ['100', 'was not there', 'running, Succeeded, healthy, balancer: in, latest model'],
    ]);
    const requests = report.bars.filter(({ label }) => label !== 'verify');
    expect(requests.map(({ label, tone }) => [label, tone])).toEqual(
      ['diagnose', 'restart', 'reimage', 'delete', 'capacity'].map((label) => [label, 'good']),
    );
    const verified = report.bars.filter(({ label }) => label === 'verify');
    expect(verified.map(({ tone }) => tone)).toEqual(['bad', 'bad', 'good', 'good']);
    expect(report.head).toBe(entries.at(-1)?.hash);
  });

  test('is one HTML file with a picture, which asks nobody for anything', () => {
    const html = htmlOf(reportOf(entries));
    expect(html).toContain('<svg');
    expect(html.match(/<rect /g)).toHaveLength(9);
    expect(html).toContain('out of 1');
    expect(html).not.toMatch(/<script|https?:|\bsrc=|\bhref=/);
  });

  test('is Markdown with the same facts', () => {
    const markdown = markdownOf(reportOf(entries));
    expect(markdown).toContain('| outcome | succeeded. Healed by replace: capacity. |');
    expect(markdown).toContain('```text\nout of 1\n```');
    expect(markdown).toContain(entries.at(-1)?.hash);
  });

  test('of one that is not finished says so', () => {
    const half = entries.slice(0, entries.findIndex(({ kind }) => kind === 'sending') + 1);
    const report = reportOf(half);
    expect(Object.fromEntries(report.facts)['outcome']).toBe('not finished');
    expect(report.bars).toMatchObject([{ label: 'diagnose', tone: 'open' }]);
    expect(report.requests[0]?.[2]).toBe('not heard');
    expect(htmlOf(report)).toContain('class="open"');
  });

  test('has no operation URL', () => {
    const sealed = sealAll([
      {
        kind: 'answered',
        step: 's',
        status: 202,
        requestId: 'r',
        correlationId: 'c',
        follow: { location: 'https://x/?s=signature' },
      },
    ]);
    const report = reportOf(sealed);
    expect(htmlOf(report) + markdownOf(report)).not.toContain('signature');
  });
});

function sealAll(given: readonly Entry[]): readonly Sealed[] {
  const sealed: Sealed[] = [];
  for (const entry of given) sealed.push(seal(entry, sealed.at(-1), '2026-11-24T06:00:00.000Z', hash));
  return sealed;
}

describe('whatever is in a record', () => {
  const ELEMENTS = new Set(
    '!doctype html head meta title style body h1 h2 p table tr th td pre code svg line rect text'.split(' '),
  );
  const CLASSES = new Set('plain good bad open lane mark wait'.split(' '));

  test('no text of it opens a tag or an attribute in HTML', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 8 }), (given) => {
        const html = htmlOf(reportOf(sealAll(given)));
        const tags = [...html.matchAll(/<\/?([^\s>]*)[^>]*>/g)];
        const strange = tags.filter(([tag, name = '']) => {
          const classes = [...tag.matchAll(/class="([^"]*)"/g)].flatMap(([, names = '']) => names.split(' '));
          const isKnown = ELEMENTS.has(name.toLowerCase()) && classes.every((each) => CLASSES.has(each));
          return !isKnown || /\son\w+\s*=|javascript:/i.test(tag);
        });
        expect(strange).toEqual([]);
        const opened = [...html.matchAll(/<(td|th|pre|title|text)\b/g)].length;
        const closed = [...html.matchAll(/<\/(td|th|pre|title|text)>/g)].length;
        expect(opened).toBe(closed);
      }),
      { numRuns: 300 },
    );
  });

  test('no text of it is lost on the way: a reader sees what was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (stdout) => {
        const output: Entry = {
          kind: 'output',
          step: 's',
          instance: '1',
          state: 'Succeeded',
          exitCode: 0,
          stdout,
          stderr: '',
        };
        const html = htmlOf(reportOf(sealAll([output])));
        const [, shown = ''] = /<pre>(.*?)<\/pre>/s.exec(html) ?? [];
        const read = shown
          .replaceAll('&lt;', '<')
          .replaceAll('&gt;', '>')
          .replaceAll('&quot;', '"')
          .replaceAll('&#39;', "'")
          .replaceAll('&amp;', '&');
        expect(read).toBe(stdout.replaceAll(/[^\P{Cc}\n\t]/gu, '\ufffd'));
      }),
    );
  });

  test('no text of it breaks out of a table or a fence in Markdown', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 8 }), (given) => {
        const markdown = markdownOf(reportOf(sealAll(given)));
        let fence: string | undefined;
        for (const line of markdown.split('\n')) {
          const [, ticks] = /^(`{3,})/.exec(line) ?? [];
          if (fence !== undefined) {
            if (line === fence) fence = undefined;
          } else if (ticks !== undefined) fence = ticks;
          else expect(line.replaceAll('&lt;', '')).not.toMatch(/<|(?<!\\)`/);
        }
        expect(fence).toBeUndefined();
      }),
    );
  });
});
