// Variables: order, rings, loops, limits.
import { expect, test } from 'vitest';
import { pathOf, plan, refusal, worth } from '../../../test/testing/templates.ts';

test('variables read parameters and one another in any order and case', () => {
  const sections = {
    parameters: { p: { type: 'string', defaultValue: 'x' } },
    variables: { a: "[concat(variables('B'), '!')]", b: "[concat(parameters('P'), '?')]" },
  };
  expect(worth("[variables('A')]", sections)).toBe('x?!');
});

test('expressions are evaluated inside objects and lists, and in names', () => {
  const variables = { v: { list: ['[add(1, 1)]', '[[literal]'], "[concat('k', 'ey')]": true, none: null } };
  expect(worth("[variables('v')]", { variables })).toEqual({ list: [2, '[literal]'], key: true, none: null });
});

test('a ring of variables is refused with the ring', () => {
  const variables = { a: "[variables('b')]", b: "[variables('c')]", c: "[variables('B')]" };
  const failure = refusal(() => plan({ variables }));
  expect(failure.message).toBe(
    "Deployment template validation failed: 'The template variable 'b' is not valid: Circular dependency detected in template language expression: 'b -> c -> b'. Please see https://aka.ms/arm-syntax-variables for usage details.'.",
  );
});

test('a variable that nobody reads must be right all the same', () => {
  const failure = refusal(() => plan({ variables: { fine: 'x', bad: { deep: ["[nosuch('x')]"] } } }));
  expect(failure.code).toBe('invalidTemplate');
  expect(failure.message).toContain(
    "The template variable 'bad' is not valid: at 'properties.template.variables.bad.deep[0]', expression '[nosuch('x')]'",
  );
  expect(pathOf(failure)).toBe('properties.template.variables.bad.deep[0]');
});

test('an unknown variable or parameter is refused by name', () => {
  expect(refusal(() => worth("[variables('nope')]")).message).toContain("'nope'");
  expect(refusal(() => plan({ variables: { a: "[parameters('nope')]" } })).message).toContain("'nope'");
});

test('a variable may not refer to resources', () => {
  const failure = refusal(() => plan({ variables: { a: "[reference('x')]" } }));
  expect(failure.message).toContain("'reference' is not expected at this location");
});

test('loops make variables, and members of them', () => {
  const variables = {
    copy: [
      { name: 'names', count: 3, input: "[concat('n', copyIndex('names'))]" },
      { name: 'pairs', count: "[length(variables('names'))]", input: { at: "[copyIndex('pairs', 1)]" } },
    ],
    inside: {
      fixed: true,
      copy: [{ name: 'disks', count: 2, input: "[variables('names')[copyIndex('disks')]]" }],
    },
  };
  expect(worth("[variables('names')]", { variables })).toEqual(['n0', 'n1', 'n2']);
  expect(worth("[variables('pairs')]", { variables })).toEqual([{ at: 1 }, { at: 2 }, { at: 3 }]);
  expect(worth("[variables('inside')]", { variables })).toEqual({ fixed: true, disks: ['n0', 'n1'] });
});

test('copyIndex without a name means no loop of a variable', () => {
  const variables = { copy: [{ name: 'a', count: 1, input: '[copyIndex()]' }] };
  expect(refusal(() => plan({ variables })).message).toContain('copyIndex');
});

test('a variable and a loop of one name are refused', () => {
  const variables = { a: 1, copy: [{ name: 'A', count: 1, input: 1 }] };
  expect(refusal(() => plan({ variables })).message).toContain("The template variable 'A' is defined twice");
});

test('a variable whose name is `copy` but that is no loop is a variable', () => {
  expect(worth("[variables('copy')]", { variables: { copy: 'x' } })).toBe('x');
});

test('there are at most 256 variables, those of loops counted', () => {
  const many = Object.fromEntries(Array.from({ length: 256 }, (_, index) => [`v${index}`, index] as const));
  expect(plan({ variables: many }).resources).toEqual([]);
  const copy = [{ name: 'more', count: 1, input: 1 }];
  expect(refusal(() => plan({ variables: { ...many, copy } })).message).toContain(
    "The number of template variables limit exceeded. Limit: '256' and actual: '257'",
  );
});

test.each([
  [-1, 'must not be negative'],
  [801, "exceeds the maximum of '800'"],
  [1.5, 'must be an integer'],
  ["[concat('a')]", 'must be an integer'],
  ['3', 'must be an integer'],
])('a loop does not run %j times', (count, words) => {
  const variables = { copy: [{ name: 'a', count, input: 1 }] };
  expect(refusal(() => plan({ variables })).message).toContain(words);
});
