// User-defined functions: what they see, and how they are called.
import { expect, test } from 'vitest';
import { plan, refusal, worth } from '../../../test/testing/templates.ts';

const functions = [
  {
    namespace: 'contoso',
    members: {
      uniqueName: {
        parameters: [{ name: 'prefix', type: 'string' }],
        output: {
          type: 'string',
          value: "[concat(toLower(parameters('Prefix')), '-', resourceGroup().name)]",
        },
      },
      pair: { output: { type: 'object', value: { left: 1, right: '[add(1, 1)]' } } },
      nosy: { output: { type: 'string', value: "[variables('v')]" } },
      vain: { output: { type: 'string', value: '[contoso.pair()]' } },
    },
  },
];

test('a function is called by its namespace and name in any case', () => {
  expect(worth("[Contoso.UNIQUEname('Web')]", { functions })).toBe('web-lab');
});

test('its value may be an object', () => {
  expect(worth('[contoso.pair().right]', { functions })).toBe(2);
});

test('it may be called from variables', () => {
  expect(worth("[variables('v')]", { functions, variables: { v: "[contoso.uniqueName('A')]" } })).toBe(
    'a-lab',
  );
});

test('it sees neither variables nor other functions', () => {
  const sections = { functions, variables: { v: 'x' } };
  expect(refusal(() => worth('[contoso.nosy()]', sections)).message).toContain(
    "The template function 'contoso.nosy' is not valid",
  );
  expect(refusal(() => worth('[contoso.vain()]', sections)).message).toContain("'contoso.pair' is not valid");
});

test('it takes as many arguments as it has parameters', () => {
  expect(refusal(() => worth('[contoso.uniqueName()]', { functions })).message).toContain(
    "'contoso.uniqueName' is not valid: it requires 1 argument(s) while 0 were provided",
  );
});

test('one that there is not is refused', () => {
  expect(refusal(() => worth('[contoso.other()]', { functions })).message).toContain("'contoso.other'");
});

test.each([
  [[{}], 'needs a namespace'],
  [['x'], 'needs a namespace'],
  [[{ namespace: 'a', members: { f: 1 } }], 'it must be an object'],
  [[{ namespace: 'a', members: { f: {} } }], 'it has no output'],
  [[{ namespace: 'a', members: { f: { parameters: [{}], output: { value: 1 } } } }], 'needs a name'],
  [
    [
      { namespace: 'a', members: { f: { output: { value: 1 } } } },
      { namespace: 'A', members: { F: { output: { value: 1 } } } },
    ],
    "'A.F' is defined twice",
  ],
  ['x', "'Array' for 'functions'"],
])('definitions like %j are refused', (definitions, words) => {
  expect(refusal(() => plan({ functions: definitions })).message).toContain(words);
});
