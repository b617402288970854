// Orders of instances: by several fields, turned round, with what is unknown at the end.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { factsOf } from '../../test/testing/operator-rows.ts';
import type { InstanceRow } from './fields.ts';
import type { InstanceFacts } from './inventory.ts';
import { parseSort, sorted } from './matches.ts';
import { WhereProblem } from './where.ts';

const NOW = Date.parse('2026-11-24T08:00:00Z');
const rowOf = (id: number, changes: Partial<InstanceFacts> = {}): InstanceRow => ({
  facts: factsOf(id, changes),
  last: undefined,
  now: NOW,
});

const order = (rows: readonly InstanceRow[], text: string): readonly string[] =>
  sorted(rows, parseSort(text)).map(({ facts }) => facts.id);

test('ids are numbers', () => {
  expect(order([rowOf(10), rowOf(9), rowOf(100)], 'id')).toEqual(['9', '10', '100']);
  expect(order([rowOf(10), rowOf(9), rowOf(100)], '-id')).toEqual(['100', '10', '9']);
});

test('the second field decides where the first does not', () => {
  const rows = [
    rowOf(1, { zone: '2', created: '2026-11-24T07:00:00Z' }),
    rowOf(2, { zone: '10', created: '2026-11-24T06:00:00Z' }),
    rowOf(3, { zone: '2', created: '2026-11-24T05:00:00Z' }),
  ];
  expect(order(rows, 'zone,-age')).toEqual(['3', '1', '2']);
  expect(order(rows, '-zone,age')).toEqual(['2', '1', '3']);
});

test('what is unknown comes last, in both directions', () => {
  const { created: _created, ...old } = factsOf(7);
  const rows = [
    { facts: old, last: undefined, now: NOW },
    rowOf(8),
    rowOf(9, { created: '2026-11-24T07:59:00Z' }),
  ];
  expect(order(rows, 'age')).toEqual(['9', '8', '7']);
  expect(order(rows, '-age')).toEqual(['8', '9', '7']);
});

test.each(['', 'age,', 'bogus', '--age', 'id,-'])('refused is %j', (text) => {
  expect(() => parseSort(text)).toThrow(WhereProblem);
});

test('every order keeps every instance, and is an order', () => {
  const keys = fc.array(fc.constantFrom('id', '-id', 'zone', '-age', 'latest', '-power', 'tag', 'since'), {
    minLength: 1,
    maxLength: 4,
  });
  const rows = fc.uniqueArray(fc.tuple(fc.nat(50), fc.constantFrom('', '1', '2', 'x')), {
    selector: ([id]) => id,
  });
  fc.assert(
    fc.property(rows, keys, (given, words) => {
      const made = given.map(([id, zone]) => rowOf(id, { zone }));
      const first = order(made, words.join(','));
      expect([...first].toSorted()).toEqual(made.map(({ facts }) => facts.id).toSorted());
      expect(order([...made].toReversed(), words.join(','))).toEqual(first);
    }),
  );
});
