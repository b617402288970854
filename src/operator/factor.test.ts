// What instances can be asked, and who has which answer.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventOf, fleet } from '../../test/testing/inventories.ts';
import { eventFacts } from './event-facts.ts';
import { type Candidate, candidates } from './factor.ts';
import type { InstanceFacts } from './inventory.ts';

const none = eventFacts([]);

function of(list: readonly Candidate[], factor: string): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(
    list.filter((one) => one.factor === factor).map(({ value, having }) => [value, having]),
  );
}

test('each question has the instances of each of its answers', () => {
  const list = candidates(
    fleet(6, (n) => ({
      latestModel: n > 1,
      behind: n > 1 ? [] : [{ path: 'size', instance: '"a"', set: '"b"' }],
      extensions: n % 2 === 0 ? [{ name: 'app', type: '', version: '1', state: 'ok', message: '' }] : [],
      view: { placementGroupId: n < 3 ? 'p' : 'q', assignedHost: n < 2 ? 'h' : 'i' },
      faultDomain: '0',
    })),
    none,
  );
  expect(of(list, 'zone')).toEqual({ 1: [0, 3], 2: [1, 4], 3: [2, 5] });
  expect(of(list, 'model')).toEqual({ 'the latest': [2, 3, 4, 5], 'an older one': [0, 1] });
  expect(of(list, 'model field')).toEqual({ 'size = "a"': [0, 1] });
  expect(of(list, 'extension')).toEqual({ 'app 1': [0, 2, 4] });
  expect(of(list, 'placement group')).toEqual({ p: [0, 1, 2], q: [3, 4, 5] });
  expect(of(list, 'host')).toEqual({ h: [0, 1], i: [2, 3, 4, 5] });
  // A fault domain is one only within its zone and placement group: nobody shares one here.
  expect(of(list, 'fault domain')).toEqual({});
});

test('an instance without an answer takes no part, but one without extensions has none', () => {
  const list = candidates(
    fleet(5, (n) => ({
      zone: n < 3 ? '1' : '',
      extensions: n < 2 ? [{ name: 'a', type: '', version: '', state: 'ok', message: '' }] : [],
    })),
    none,
  );
  expect(list.find(({ factor }) => factor === 'zone')?.known).toEqual([0, 1, 2]);
  expect(list.find(({ factor }) => factor === 'extension')).toEqual({
    factor: 'extension',
    value: 'a',
    having: [0, 1],
  });
});

test('those that were made in one second, or by one operation, have that in common', () => {
  const made = eventOf({
    operation: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/write',
    description: 'Created web_2 and 1 more: x.',
    instances: ['2', '3'],
    correlationId: 'op',
  });
  const list = candidates(
    fleet(4, (n) => ({ created: `2026-11-24T04:00:0${n < 2 ? 0 : 5}.${n}00Z` })),
    eventFacts([made]),
  );
  expect(of(list, 'created by')).toEqual({ 'the operation op': [2, 3] });
  expect(of(list, 'created at')).toEqual({ '2026-11-24T04:00:00Z': [0, 1], '2026-11-24T04:00:05Z': [2, 3] });
});

test('ages are cut at the tenths, both ways', () => {
  const cuts = of(candidates(fleet(10), none), 'created');
  expect(Object.keys(cuts)).toHaveLength(18);
  expect(cuts['before 2026-11-24T04:03:00.000Z']).toEqual([0, 1, 2]);
  expect(cuts['at 2026-11-24T04:03:00.000Z or later']).toEqual([3, 4, 5, 6, 7, 8, 9]);
});

test('what else is known by id is asked too', () => {
  const extra = [
    {
      factor: 'ring',
      valueOf: new Map([
        ['0', 'a'],
        ['2', 'a'],
      ]),
    },
  ];
  expect(of(candidates(fleet(3), none, extra), 'ring')).toEqual({ a: [0, 2] });
});

test('every answer has two instances or more, ascending, that are there', () => {
  const some: fc.Arbitrary<Partial<InstanceFacts>> = fc.record({
    zone: fc.constantFrom('', '1', '2'),
    size: fc.constantFrom('', 'a', 'b'),
    created: fc.constantFrom('2026-11-24T04:00:00Z', 'never', '2026-11-24T05:00:00Z'),
  });
  fc.assert(
    fc.property(fc.array(some, { maxLength: 20 }), (rows) => {
      for (const { factor, having, known } of candidates(
        fleet(rows.length, (n) => rows[n]!),
        none,
      )) {
        expect(having).toEqual([...new Set(having)].toSorted((a, b) => a - b));
        expect(having.every((index) => index >= 0 && index < rows.length)).toBe(true);
        if (factor !== 'created') expect(having.length).toBeGreaterThanOrEqual(2);
        if (known !== undefined) expect(having.filter((index) => !known.includes(index))).toEqual([]);
      }
    }),
  );
});
