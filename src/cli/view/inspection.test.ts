// The page about one instance: each of its parts where there is something, and a sentence where there is nothing.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mangled } from '../../../test/testing/mangled.ts';
import { bodyOf, factsOf, SET } from '../../../test/testing/operator-rows.ts';
import { instanceFacts } from '../../operator/facts.ts';
import type { InstanceFacts } from '../../operator/inventory.ts';
import { type Inspection, inspectionPage } from './inspection.ts';
import { plain } from './paint.ts';

function page(changes: Partial<Inspection> = {}, facts: Partial<InstanceFacts> = {}): string {
  return inspectionPage(
    {
      set: SET,
      facts: factsOf(3, facts),
      differences: [],
      alone: [],
      neighbours: 2,
      events: [],
      bootLog: { kind: 'none', why: 'Boot diagnostics are off.' },
      now: Date.parse('2026-11-24T08:00:00Z'),
      ...changes,
    },
    plain,
  );
}

/** The lines below a heading. */
function part(text: string, heading: string): readonly string[] {
  const [, below = ''] = new RegExp(`^${heading}\n((?:  .*\n|\n(?=  ))*)`, 'm').exec(text) ?? [];
  return below.trimEnd().split('\n');
}

test('has a sentence where there is nothing', () => {
  const text = page();
  expect(part(text, 'Model')).toEqual(['  It has the latest model.']);
  expect(part(text, 'Extensions')).toEqual(['  It has none.']);
  expect(part(text, 'Where it stands alone')).toEqual([
    '  In nothing: each of its values is some of 2 healthy neighbours’ as well.',
  ]);
  expect(part(text, 'Timeline')).toEqual(['  The activity log has nothing about it.']);
  expect(part(text, 'Boot log')).toEqual(['  Boot diagnostics are off.']);
  expect(part(page({ neighbours: 0 }), 'Where it stands alone')).toEqual([
    '  There is no healthy neighbour to compare it with.',
  ]);
  expect(part(page({}, { latestModel: false }), 'Model')).toEqual([
    '  It does not have the latest model. In what ARM shows of it, it differs in nothing.',
  ]);
  expect(part(page({ bootLog: { kind: 'text', lines: [], cut: false } }), 'Boot log')).toEqual([
    '  It is empty.',
  ]);
});

describe('extensions', () => {
  const failed = {
    name: 'agent',
    type: 'Contoso.Agent',
    version: '1.0',
    state: 'failed',
    message: 'exit code 3',
  } as const;
  const stream = (word: string, message: string): { code: string; message: string } => ({
    code: `ComponentStatus/${word}/succeeded`,
    message,
  });

  test('are shown with what they printed, its end alone, and nothing that plays with a terminal', () => {
    const stderr = Array.from({ length: 30 }, (_, line) => `line ${line}\u001B[2J`).join('\n');
    const view = {
      extensions: [{ name: 'agent', substatuses: [stream('StdOut', 'hello\n'), stream('StdErr', stderr)] }],
    };
    const lines = part(page({}, { extensions: [failed], view }), 'Extensions');
    expect(lines.slice(0, 4)).toEqual([
      '  agent  failed  Contoso.Agent 1.0',
      '    exit code 3',
      '    stdout: hello',
      '    stderr: line 10[2J',
    ]);
    expect(lines).toHaveLength(23);
    expect(lines.at(-1)).toBe('            line 29[2J');
  });
});

test('a failure is told with its code, a long value is cut, and the log says that it is a tail', () => {
  const failure = { code: 'VMStartTimedOut', message: 'It did not\nstart.' };
  const text = page(
    {
      differences: [{ path: 'x.settings', instance: '', set: `"${'a'.repeat(100)}"` }],
      bootLog: { kind: 'text', lines: ['one', 'two'], cut: true },
    },
    { provisioning: 'Failed', failure },
  );
  expect(text).toMatch(/^Provisioning +Failed: VMStartTimedOut: It did not start\.$/m);
  expect(part(text, 'Model').at(-1)).toBe(`  x.settings  -         "${'a'.repeat(56)}...`);
  expect(part(text, 'Boot log')).toEqual(['  …', '  one', '  two']);
});

test('is made of whatever an instance looks like', () => {
  fc.assert(
    fc.property(mangled(bodyOf(3)), (body) => {
      expect(page({}, instanceFacts(body, { set: SET, balance: 'unknown' }))).toContain('Boot log');
    }),
  );
});
