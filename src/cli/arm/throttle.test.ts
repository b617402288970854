// Throttling: who is sent again, after how long, and when it is enough.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge, LIMITS, retryAfter } from './throttle.ts';

const NOW = Date.parse('2026-11-24T08:00:00Z');
const attempt = (
  status: number,
  more: Partial<Parameters<typeof judge>[0]> = {},
): Parameters<typeof judge>[0] => ({
  method: 'GET',
  status,
  headers: {},
  earlier: 0,
  waited: 0,
  ...more,
});

describe('an answer', () => {
  test.each([200, 201, 202, 204, 400, 404, 409, 412])('of %i is taken, whatever it asks for', (status) => {
    expect(judge(attempt(status, { headers: { 'retry-after': '1' } }), NOW)).toEqual({ kind: 'take' });
  });

  test('429 is waited out as long as it asks, for every method', () => {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const verdict = judge(attempt(429, { method, headers: { 'retry-after': '17' } }), NOW);
      expect(verdict).toEqual({ kind: 'wait', milliseconds: 17_000 });
    }
  });

  test.each([500, 502, 503, 504])(
    'of %i is asked for again, and never sent again where it might change something',
    (status) => {
      expect(judge(attempt(status), NOW)).toEqual({ kind: 'wait', milliseconds: 1000 });
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        expect(judge(attempt(status, { method, headers: { 'retry-after': '1' } }), NOW)).toEqual({
          kind: 'take',
        });
      }
    },
  );

  test('that says nothing is waited for longer each time', () => {
    const waits = [0, 1, 2, 3, 4, 5, 6].map((earlier) => judge(attempt(429, { earlier }), NOW));
    expect(waits.map((verdict) => (verdict.kind === 'wait' ? verdict.milliseconds : verdict.kind))).toEqual([
      1000, 2000, 4000, 8000, 16_000, 30_000, 30_000,
    ]);
    expect(judge(attempt(429, { earlier: 7 }), NOW)).toEqual({ kind: 'take' });
  });

  test('that asks for more than the limit is taken at once', () => {
    expect(judge(attempt(429, { headers: { 'retry-after': '480' } }), NOW)).toEqual({ kind: 'take' });
  });
});

test('nobody waits longer than the limit, and no wait is shorter than what was asked for', () => {
  const asked = fc.option(fc.nat(300), { nil: undefined });
  fc.assert(
    fc.property(
      fc.array(asked, { minLength: 1, maxLength: 30 }),
      fc.constantFrom(429, 503),
      (answers, status) => {
        let waited = 0;
        for (const [earlier, seconds] of answers.entries()) {
          const headers: Record<string, string> =
            seconds === undefined ? {} : { 'retry-after': String(seconds) };
          const verdict = judge(attempt(status, { headers, earlier, waited }), NOW);
          if (verdict.kind === 'take') return;
          if (seconds !== undefined) expect(verdict.milliseconds).toBeGreaterThanOrEqual(seconds * 1000);
          waited += verdict.milliseconds;
          expect(waited).toBeLessThanOrEqual(LIMITS.wait);
          expect(earlier).toBeLessThan(LIMITS.attempts);
        }
      },
    ),
  );
});

test.each([
  [{ 'retry-after': '5' }, 5000],
  [{ 'retry-after': '0.2' }, 200],
  [{ 'retry-after': 'Tue, 24 Nov 2026 08:01:00 GMT' }, 60_000],
  [{ 'retry-after': 'Tue, 24 Nov 2026 07:00:00 GMT' }, 0],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '5', 'retry-after-ms': '100' }, 100],
  [{ 'x-ms-retry-after-ms': '50', 'retry-after-ms': '100' }, 50],
  [{}, undefined],
])('%j', (headers, milliseconds) => {
  expect(retryAfter(headers as Record<string, string>, NOW)).toBe(milliseconds);
});
