// Outputs: values, loops, conditions, what is secure, and what fails when.
import { expect, test } from 'vitest';
import type { JsonObject } from '../../domain/json.ts';
import { nowhere, pathOf, plan, refusal, vnet, vnetId } from '../../../test/testing/templates.ts';
import type { Lookup } from './plan.ts';

const web: Lookup = (id) => (id === vnetId('web') ? { properties: { space: '10.0.0.0/16' } } : undefined);

const outputsOf = (outputs: JsonObject, sections: JsonObject = {}, values: JsonObject = {}): JsonObject =>
  plan({ resources: [vnet('web')], ...sections, outputs }, values).outputs(web);

test('outputs have a type and a value', () => {
  const outputs = {
    text: { type: 'string', value: "[concat('a', 'b')]" },
    number: { type: 'INT', value: 3 },
    net: { type: 'object', value: "[reference('web')]" },
    list: { type: 'array', value: ["[reference('web').space]"] },
  };
  expect(outputsOf(outputs)).toEqual({
    text: { type: 'String', value: 'ab' },
    number: { type: 'Int', value: 3 },
    net: { type: 'Object', value: { space: '10.0.0.0/16' } },
    list: { type: 'Array', value: ['10.0.0.0/16'] },
  });
});

test('a loop makes a list; its copyIndex has no name', () => {
  const copy = { count: '[add(1, 1)]', input: "[concat(reference('web').space, '#', copyIndex())]" };
  expect(outputsOf({ all: { type: 'array', copy } })).toEqual({
    all: { type: 'Array', value: ['10.0.0.0/16#0', '10.0.0.0/16#1'] },
  });
});

test('an output whose condition does not hold is not there, nor evaluated', () => {
  const outputs = { off: { type: 'string', condition: '[equals(1, 2)]', value: '[nosuch()]' } };
  expect(outputsOf(outputs)).toEqual({});
});

test('a secure output has no value, nor has one that a secure parameter went into', () => {
  const sections = {
    parameters: { password: { type: 'securestring' } },
    variables: { url: "[concat('https://u:', parameters('password'))]" },
    functions: [
      {
        namespace: 'f',
        members: { same: { parameters: [{ name: 'x' }], output: { value: "[parameters('x')]" } } },
      },
    ],
  };
  const outputs = {
    declared: { type: 'securestring', value: 'x' },
    direct: { type: 'string', value: "[parameters('password')]" },
    inside: { type: 'object', value: { a: ["[toUpper(variables('url'))]"] } },
    through: { type: 'string', value: "[f.same(parameters('password'))]" },
    apart: { type: 'string', value: "[f.same('x')]" },
  };
  expect(outputsOf(outputs, sections, { password: 'S3cret' })).toEqual({
    declared: { type: 'SecureString' },
    direct: { type: 'String' },
    inside: { type: 'Object' },
    through: { type: 'String' },
    apart: { type: 'String', value: 'x' },
  });
});

test.each([
  [{ type: 'string', value: '[nosuch()]' }, "The template function 'nosuch' is not valid"],
  [{ type: 'string', value: "[parameters('nope')]" }, "'nope'"],
  [{ type: 'string', value: "[reference('nope').x]" }, "'nope' is not valid: could not find"],
  [
    { type: 'string', value: 3 },
    "Template output JToken type is not valid. Expected 'String, Uri'. Actual 'Integer'",
  ],
  [{ type: 'object', value: 'S3cret' }, "Expected 'Object'. Actual 'String'"],
  [{ type: 'string' }, 'it has no value'],
  [{ type: 'array', copy: { count: 1 } }, 'its copy has no input'],
  [{ type: 'array', copy: { count: 'x', input: 1 } }, 'the copy count must be an integer'],
  [{ value: 'x' }, 'its type must be one of'],
  [{ type: 'text', value: 'x' }, 'its type must be one of'],
  [{ type: 'string', value: 'x', condition: 'maybe' }, 'the condition must be a boolean'],
  [{ type: 'string', value: 'x', condition: "[reference('web').on]" }, "'reference' is not expected"],
])('an output like %j is refused before anything runs', (output, words) => {
  const failure = refusal(() => plan({ resources: [vnet('web')], outputs: { out: output } }));
  expect(failure.code).toBe('invalidTemplate');
  expect(failure.message).toContain(words);
  expect(failure.message).not.toContain('S3cret');
  expect(pathOf(failure)).toContain('properties.template.outputs.out');
});

test('outputs that fail at the end are all named, with a detail each', () => {
  const outputs = {
    fine: { type: 'string', value: 'x' },
    gone: { type: 'string', value: "[reference('web').nope]" },
    wrong: { type: 'int', value: "[reference('web').space]" },
  };
  const failure = refusal(() => outputsOf(outputs));
  expect(failure.code).toBe('deploymentOutputEvaluationFailed');
  expect(failure.message).toBe(
    "Unable to evaluate template outputs: 'gone, wrong'. Please see error details and deployment operations. Please see https://aka.ms/arm-common-errors for usage details.",
  );
  expect(failure.details.map(({ code, target }) => [code, target])).toEqual([
    ['DeploymentOutputEvaluationFailed', 'gone'],
    ['DeploymentOutputEvaluationFailed', 'wrong'],
  ]);
  expect(failure.details[0]?.message).toMatch(/^The template output 'gone' is not valid: .*'nope'/);
  expect(failure.details[1]?.message).toMatch(
    /^The template output 'wrong' is not valid: Template output JToken type is not valid\. Expected 'Integer'\. Actual 'String'\./,
  );
});

test('a resource that is gone fails the output that needs it', () => {
  const { outputs } = plan({
    resources: [vnet('web')],
    outputs: { net: { type: 'object', value: "[reference('web')]" } },
  });
  const failure = refusal(() => outputs(nowhere));
  expect(failure.details[0]?.message).toContain("'Microsoft.Network/virtualNetworks/web'");
});

test('there are at most 64 outputs', () => {
  const many = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`o${index}`, { type: 'int', value: index }] as const),
    );
  expect(Object.keys(outputsOf(many(64)))).toHaveLength(64);
  expect(refusal(() => outputsOf(many(65))).message).toContain(
    "The number of template outputs limit exceeded. Limit: '64' and actual: '65'",
  );
});
