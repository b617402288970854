// OData filters: the ones that Azure's clients and documents write, what they mean, and what is refused.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from './json.ts';
import { conjunction, matches, pathsIn } from './odata-match.ts';
import { LONGEST_FILTER } from './odata-tokens.ts';
import { type Expression, parseFilter } from './odata.ts';

const VM: Json = {
  name: 'web_3',
  instanceId: '3',
  sku: null,
  properties: { latestModelApplied: true, provisioningState: 'Succeeded', weight: 5 },
  instanceView: {
    statuses: [{ code: 'ProvisioningState/succeeded', level: 'Info' }, { code: 'PowerState/running' }],
  },
};

function parsed(filter: string): Expression {
  const result = parseFilter(filter);
  if (!result.ok) throw new Error(result.problem);
  return result.expression;
}

const holds = (filter: string, document: Json = VM): boolean => matches(parsed(filter), document);

describe('a filter', () => {
  test.each([
    'properties/latestModelApplied eq true',
    'Properties/LatestModelApplied EQ True',
    "startswith(instanceView/statuses/code, 'PowerState') eq true",
    "startswith(instanceView/statuses/code,'PowerState')",
    "instanceView/statuses/code eq 'PowerState/running'",
    "instanceView/statuses/any(s: s/code eq 'PowerState/running')",
    "instanceView/statuses/any(s: startswith(s/code, 'ProvisioningState') and s/level eq 'Info')",
    "not (name eq 'web_4')",
    'not not properties/latestModelApplied eq true',
    "name eq 'WEB_3' and (instanceId eq '9' or instanceId eq '3')",
    "instanceId eq '3' or instanceId eq '4' and name eq 'nobody'",
    "substringof('eb_', name)",
    "endswith(name, '_3') and contains(name, 'web')",
    'properties/weight gt 4 and properties/weight ge 5 and properties/weight lt 5.5 and properties/weight le 5',
    'sku eq null and nothing/here eq null',
    "name ne 'x'",
    "startswith(name, 'x') eq false",
  ])('holds: %s', (filter) => {
    expect(holds(filter)).toBe(true);
  });

  test.each([
    'properties/latestModelApplied eq false',
    "instanceView/statuses/code eq 'PowerState/stopped'",
    "instanceView/statuses/code ne 'PowerState/running'",
    "instanceView/statuses/any(s: s/code eq 'PowerState/running' and s/level eq 'Info')",
    "name gt 5 or properties/weight eq '5'",
    "nothing/here eq 'x' or nothing ge 1",
    "startswith(instanceView/statuses/code, 'PowerState') eq false",
  ])('does not hold: %s', (filter) => {
    expect(holds(filter)).toBe(false);
  });

  test('doubles a quote inside a text', () => {
    expect(holds("name eq 'it''s'", { name: "it's" })).toBe(true);
  });

  test('reads every path it names, a variable as the list it runs over', () => {
    const filter = "A/b eq 1 and not startswith(c, 'x') or d/e/any(s: s/Code eq 'x' and f eq 2)";
    expect(pathsIn(parsed(filter))).toEqual(['a/b', 'c', 'd/e/code', 'f']);
  });

  test.each([
    ['', 'the end'],
    ['name', 'a comparison was expected'],
    ['name eq', 'the end'],
    ["name eq 'x", "''' at position 8 was not expected"],
    ["name eq 'x' extra", "'extra' was not expected"],
    ["(name eq 'x'", "')' was expected, not the end"],
    ['length(name) eq 3', "the function 'length' is not supported"],
    ["startswith(name 'x')", "',' was expected, not 'x'"],
    ["a/any(b/c: b eq 'x')", "'b/c' was not expected"],
    ['name eq 3x', "'3' at position 8 was not expected"],
    ['name = 3', "'=' at position 5 was not expected"],
    [`${'('.repeat(40)}a eq 1${')'.repeat(40)}`, 'it is nested too deeply'],
    [`a eq '${'x'.repeat(LONGEST_FILTER)}'`, `it is longer than ${LONGEST_FILTER} characters`],
  ])('is refused: %s', (filter, problem) => {
    const result = parseFilter(filter);
    expect(result.ok).toBe(false);
    expect(!result.ok && result.problem).toContain(problem);
  });

  test('of any text is parsed or refused, and what is parsed can be evaluated', () => {
    const word = fc.constantFrom(
      'name',
      'a/b',
      'eq',
      'and',
      'or',
      'not',
      '(',
      ')',
      ',',
      "'x'",
      '3',
      'any(',
      's:',
      'startswith(',
      'true',
      '%',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 14 }), (words) => {
        const result = parseFilter(words.join(' '));
        if (result.ok) expect(typeof matches(result.expression, VM)).toBe('boolean');
        else expect(result.problem).not.toBe('');
      }),
    );
  });
});

describe('a conjunction', () => {
  test('is what the activity log is asked for, with bare and with quoted times', () => {
    const filter =
      "eventTimestamp ge '2026-11-24T06:00:00Z' and eventTimestamp le 2026-11-24T07:00:00 00:00 and resourceGroupName eq 'rg'";
    expect(conjunction(parsed(filter))).toEqual([
      { name: 'eventtimestamp', operator: 'ge', value: '2026-11-24T06:00:00Z' },
      { name: 'eventtimestamp', operator: 'le', value: '2026-11-24T07:00:00 00:00' },
      { name: 'resourcegroupname', operator: 'eq', value: 'rg' },
    ]);
  });

  test.each([
    "a eq 'x' or b eq 'y'",
    "not a eq 'x'",
    "'x' eq a",
    "startswith(a, 'x')",
    "a eq b and c eq 'x'",
  ])('is not: %s', (filter) => {
    expect(conjunction(parsed(filter))).toBeUndefined();
  });
});
