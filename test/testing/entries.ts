// Entries for tests of records and evidence: any at all, and texts that try to be more than text.

import fc from 'fast-check';
import type { Entry } from '../../src/operator/record-entry.ts';

/** What a person or a guest may write, markup and line breaks included. */
const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onload='x",
    '&lt;b&gt;',
    ']]>',
    '-->',
    '`code` | row\n# head',
    'ä∑🙂',
    '\u2028',
  ),
);

export const anyEntry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({
    kind: fc.constant('intent' as const),
    record: anyText,
    verb: anyText,
    expect: anyText,
    who: anyText,
    where: anyText,
    set: anyText,
    tool: anyText,
  }),
  fc.record({
    kind: fc.constant('sending' as const),
    step: anyText,
    deed: fc.constantFrom('restart' as const, 'run' as const),
    instance: anyText,
    method: fc.constant('POST'),
    path: anyText,
    correlationId: anyText,
  }),
  fc.record({
    kind: fc.constant('answered' as const),
    step: anyText,
    status: fc.integer({ min: 200, max: 599 }),
    requestId: anyText,
    correlationId: anyText,
    follow: fc.record({ location: anyText }),
    error: fc.record({ code: anyText, message: anyText }),
  }),
  fc.record({
    kind: fc.constant('output' as const),
    step: anyText,
    instance: anyText,
    state: anyText,
    exitCode: fc.nat(255),
    stdout: anyText,
    stderr: anyText,
  }),
  fc.record({
    kind: fc.constant('verified' as const),
    stage: anyText,
    looked: fc.boolean(),
    ok: fc.boolean(),
    reasons: fc.array(anyText, { maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('interrupted' as const), why: anyText }),
  fc.record({
    kind: fc.constant('done' as const),
    outcome: fc.constantFrom('succeeded' as const, 'failed' as const),
    summary: anyText,
  }),
);
