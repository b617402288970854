// Distribution. What must hold: a flow keeps its backend, only the flows of a backend that left move, and all get their share.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Distribution, type Flow, flowKey, preference } from './distribution.ts';

const SET = '5e7a0000-0000-4000-8000-000000000001';
const backends = fc.uniqueArray(
  fc.nat(50).map((id) => `${SET}_${id}`),
  { minLength: 1, maxLength: 12 },
);
const FLOW: Flow = { sourceHost: '127.0.0.1', sourcePort: 40_000, host: '127.200.1.2', port: 80 };

function first(key: string, among: readonly string[]): string | undefined {
  return preference(key, among)[0];
}

describe('a flow', () => {
  test('prefers every backend once, in an order that does not hang on how they are listed', () => {
    fc.assert(
      fc.property(backends, fc.string(), (all, key) => {
        const order = preference(key, all);
        expect(order.toSorted()).toEqual(all.toSorted());
        expect(preference(key, all.toReversed())).toEqual(order);
      }),
    );
  });

  test('keeps its order when another backend leaves', () => {
    fc.assert(
      fc.property(backends, fc.string(), fc.nat(), (all, key, at) => {
        const left = all.filter((_, index) => index !== at % all.length);
        const order = preference(key, all).filter((backend) => left.includes(backend));
        expect(preference(key, left)).toEqual(order);
      }),
    );
  });
});

describe('ten thousand flows', () => {
  const keys = Array.from({ length: 10_000 }, (_, index) =>
    flowKey('Default', { ...FLOW, sourcePort: 20_000 + index }),
  );

  test.each([2, 3, 5, 10])('spread over %i backends within a tenth of their fair share', (count) => {
    const all = Array.from({ length: count }, (_, id) => `${SET}_${id}`);
    const shares = all.map((backend) => keys.filter((key) => first(key, all) === backend).length);
    for (const share of shares) expect(Math.abs(share - 10_000 / count)).toBeLessThan(1000 / count + 60);
  });
});

test.each<[Distribution, Partial<Flow>, boolean]>([
  ['Default', { sourcePort: 40_001 }, false],
  ['Default', { port: 81 }, false],
  ['SourceIP', { sourcePort: 40_001, port: 81 }, true],
  ['SourceIP', { sourceHost: '127.0.0.9' }, false],
  ['SourceIPProtocol', { sourcePort: 40_001, port: 81 }, true],
  ['SourceIPProtocol', { host: '127.200.1.3' }, false],
])('by %s, flows that differ in %o are the same: %s', (distribution, change, same) => {
  const key = flowKey(distribution, FLOW);
  expect(flowKey(distribution, { ...FLOW, ...change }) === key).toBe(same);
});
