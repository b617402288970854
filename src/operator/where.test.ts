// The language of --where: what it means, what it refuses, and that it prints as it is read.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { factsOf } from '../../test/testing/operator-rows.ts';
import { FIELDS, type FieldName, fieldOf, type InstanceRow } from './fields.ts';
import type { InstanceFacts } from './inventory.ts';
import { matches } from './matches.ts';
import { parseWhere } from './parse-where.ts';
import { fieldsIn, milliseconds, printWhere, type Where, WhereProblem } from './where.ts';

const NOW = Date.parse('2026-11-24T08:00:00Z');

function row(changes: Partial<InstanceFacts> = {}, last?: InstanceRow['last']): InstanceRow {
  return { facts: factsOf(3, { zone: '2', health: 'unhealthy', ...changes }), last, now: NOW };
}

const holds = (text: string, of: InstanceRow = row()): boolean => matches(parseWhere(text), of);

describe('an expression', () => {
  test.each([
    ['health=unhealthy and zone=2', true],
    ['health=unhealthy and zone=1', false],
    ['health=healthy or zone=2', true],
    ['health=healthy or zone=1 and power=running', false],
    ['(health=healthy or zone=2) and power=running', true],
    ['not health=healthy', true],
    ['not (zone=2 or zone=3)', false],
    ['zone in (1, 2)', true],
    ['zone in (1, 3)', false],
    ['HEALTH=x', undefined],
    ['Health=unhealthy', undefined],
    ['health=UNHEALTHY', true],
    ['health!=healthy', true],
    ['name~^WEB_[0-9]$', true],
    ['name~"^db"', false],
    ['id=3', true],
    ['id=03', false],
    ['id<10', true],
    ['id>3', false],
    ['age>1h', true],
    ['age<1h30m', false],
    ['latest=yes', true],
    ['latest=false', false],
    ['behind=0', true],
    ['behind>0', false],
    ['protected=no', true],
    ["tag='tier=front'", true],
    ["tag~'^tier='", true],
    ["failed=''", true],
    ['action=restart', false],
    ['since<1h', false],
    ['balance in (none)', true],
    ['balance=in', false],
  ])('%s', (text, expected) => {
    if (expected === undefined) expect(() => holds(text)).toThrow(WhereProblem);
    else expect(holds(text)).toBe(expected);
  });

  test('compares what was last done, and when', () => {
    const time = new Date(NOW - 600_000).toISOString();
    const of = row({}, { verb: 'restart', status: 'Succeeded', time, caller: 'ada' });
    expect(holds('action=Restart and since>9m and since<11m', of)).toBe(true);
    expect(fieldsIn(parseWhere('action=restart or not (zone=1 and id in (1))'))).toEqual(
      new Set(['action', 'zone', 'id']),
    );
  });

  test('of which the instance says nothing is never larger or smaller', () => {
    const { created: _created, ...facts } = factsOf(3);
    const of: InstanceRow = { facts, last: undefined, now: NOW };
    expect([holds('age>0s', of), holds('age<1d', of), holds('age=5m', of), holds('age!=5m', of)]).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  test('looks at each failed extension', () => {
    const extension = { name: 'agent', type: '', version: '', message: '', state: 'failed' } as const;
    const of = row({ extensions: [extension, { ...extension, name: 'probe', state: 'ok' }] });
    expect([holds('failed=agent', of), holds('failed~prob', of), holds("failed!=''", of)]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

describe('refused, in one sentence, is', () => {
  test.each([
    ['', "'' is not understood at its end: a field is expected there."],
    ['heath=healthy', "There is no field 'heath'. The fields are listed by: muster list --help"],
    ['constructor=1', "There is no field 'constructor'. The fields are listed by: muster list --help"],
    ['health=unhealty', 'health=unhealty: health is one of healthy, unhealthy, initializing, unknown, none.'],
    ['zone<2', 'zone<2: zone has no order.'],
    ['behind>x', 'behind>x: behind is a whole number.'],
    ['age>10', 'age>10: age is a duration: 90s, 15m, 2h, 3d.'],
    ['latest=maybe', 'latest=maybe: latest is yes or no.'],
    ['latest~yes', 'latest~yes: ~ compares text, and latest is a flag.'],
    ['name~(', "'name~(' is not understood at '(' (character 6): a value is expected there."],
    ["name~'('", "name~'(': that is no regular expression."],
    ['id>web_1', 'id>web_1: ids are ordered by number.'],
    [
      'zone=1 zone=2',
      "'zone=1 zone=2' is not understood at 'zone' (character 8): and, or, or the end is expected there.",
    ],
    ['(zone=1', "'(zone=1' is not understood at its end: ')' is expected there."],
    ['zone', "'zone' is not understood at its end: =, !=, <, >, ~ or in is expected there."],
    ['zone in 1', "'zone in 1' is not understood at '1' (character 9): '(' is expected there."],
    ['zone in ()', "'zone in ()' is not understood at ')' (character 10): a value is expected there."],
    ["zone='1", "'zone='1' is not understood from character 6 on."],
    ['zone=and', "'zone=and' is not understood at 'and' (character 6): a value is expected there."],
    ["'zone'=1", "''zone'=1' is not understood at 'zone' (character 1): a field is expected there."],
    ['zone;1', "'zone;1' is not understood from character 5 on."],
    [`${'('.repeat(200)}zone=1`, `'${'('.repeat(200)}zone=1' is nested too deeply.`],
  ])('%s', (text, sentence) => {
    expect(() => parseWhere(text)).toThrow(new WhereProblem(sentence));
  });

  test('anything else that is not the language, and nothing throws another error', () => {
    const words = fc.constantFrom(
      'zone',
      'and',
      'or',
      'not',
      'in',
      '(',
      ')',
      '=',
      '~',
      '<',
      '1',
      "'",
      ',',
      ' ',
      'x',
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(words, { maxLength: 12 }).map((parts) => parts.join(' ')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          const where = parseWhere(text);
          expect(parseWhere(printWhere(where))).toEqual(where);
        } catch (error) {
          if (!(error instanceof WhereProblem)) throw error;
        }
      }),
    );
  });
});

const fieldNames = fc.constantFrom(...(Object.keys(FIELDS) as FieldName[]));

function valuesOf(name: FieldName): fc.Arbitrary<string> {
  const { kind, values } = fieldOf(name);
  if (values !== undefined) return fc.constantFrom(...values);
  switch (kind) {
    case 'number':
      return fc.nat(1000).map(String);
    case 'duration':
      return fc.tuple(fc.nat(999), fc.constantFrom('s', 'm', 'h', 'd')).map((parts) => parts.join(''));
    case 'flag':
      return fc.constantFrom('yes', 'no', 'true', 'false');
    case 'id':
    case 'text':
      return fc.oneof(fc.string(), fc.constantFrom('and', 'OR', 'not', 'in', "it's", '"', '', 'a b', '(1)'));
  }
}

const comparison: fc.Arbitrary<Where> = fieldNames.chain((field) =>
  fc.oneof(
    fc.record({
      kind: fc.constant('is' as const),
      field: fc.constant(field),
      operator: fc.constantFrom('=' as const, '!=' as const),
      value: valuesOf(field),
    }),
    fc.record({
      kind: fc.constant('in' as const),
      field: fc.constant(field),
      values: fc.array(valuesOf(field), { minLength: 1, maxLength: 4 }),
    }),
  ),
);

const { expression } = fc.letrec<{ expression: Where }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4 },
    comparison,
    tie('expression').map((of): Where => ({ kind: 'not', of })),
    fc
      .tuple(
        fc.constantFrom('all' as const, 'any' as const),
        fc.array(tie('expression'), { minLength: 2, maxLength: 4 }),
      )
      .map(([kind, of]): Where => ({ kind, of })),
  ),
}));

describe('every expression', () => {
  test('printed and read is the same', () => {
    fc.assert(
      fc.property(expression, (where) => {
        expect(parseWhere(printWhere(where))).toEqual(where);
      }),
    );
  });

  test('holds for an instance or does not, and its negation is the other', () => {
    fc.assert(
      fc.property(expression, (where) => {
        expect(matches({ kind: 'not', of: where }, row())).toBe(!matches(where, row()));
      }),
    );
  });
});

test.each([
  ['90s', 90_000],
  ['1h30m', 5_400_000],
  ['3d', 259_200_000],
  ['5', undefined],
  ['', undefined],
  ['m5', undefined],
])('the duration %s', (text, expected) => {
  expect(milliseconds(text)).toBe(expected);
});
