// Nested deployments: which scope evaluates what, what is refused, what stays secure.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { at, type Json, type JsonObject } from '../../domain/json.ts';
import {
  deploymentFacts,
  GROUP_ID,
  nowhere,
  plan,
  publicIp,
  refusal,
  shown,
  SUBSCRIPTION,
  template,
  vnet,
  vnetId,
} from '../../../test/testing/templates.ts';
import { type Lookup, type PlannedResource, planTemplate } from './plan.ts';

const INNER = { expressionEvaluationOptions: { scope: 'Inner' } };

function deployment(properties: JsonObject, more: JsonObject = {}): JsonObject {
  return {
    type: 'Microsoft.Resources/deployments',
    apiVersion: '2022-09-01',
    name: 'inside',
    properties: { mode: 'Incremental', ...properties },
    ...more,
  };
}

/** The only resource of a template that is a nested deployment. */
function nested(resource: JsonObject, sections: JsonObject = {}, values: JsonObject = {}): PlannedResource {
  const found = plan({ ...sections, resources: [resource] }, values).resources.at(-1);
  if (found === undefined) throw new Error('There is no resource.');
  return found;
}

const variables = { where: 'outer' };

test('a nested deployment is a resource of its own type, its body a request', () => {
  const inside = template({ resources: [vnet("[concat('v', '1')]")] });
  const found = nested(
    deployment({ template: inside }, { resourceGroup: 'other', subscriptionId: SUBSCRIPTION }),
  );
  expect(found).toMatchObject({
    id: `/subscriptions/${SUBSCRIPTION}/resourceGroups/other/providers/Microsoft.Resources/deployments/inside`,
    group: 'other',
    type: 'Microsoft.Resources/deployments',
  });
  expect(found.body(nowhere)).toEqual({
    properties: { mode: 'Incremental', template: template({ resources: [vnet('v1')] }) },
  });
});

test('with scope outer, the default, every expression is that of the outer template', () => {
  const inside = template({
    variables: { where: 'inner' },
    resources: [vnet("[variables('where')]")],
    outputs: { at: { type: 'string', value: '[deployment().name]' } },
  });
  for (const options of [{}, { expressionEvaluationOptions: { scope: 'outer' } }]) {
    const body = nested(deployment({ template: inside, ...options }), { variables }).body(nowhere);
    expect(at(body, 'properties', 'template', 'resources')).toEqual([vnet('outer')]);
    expect(at(body, 'properties', 'template', 'outputs', 'at', 'value')).toBe('first');
  }
});

test('with scope inner the template is left as it is, and its parameters are evaluated outside', () => {
  const inside = template({
    parameters: { name: { type: 'string' } },
    resources: [vnet("[concat(parameters('name'), '-', deployment().name)]")],
  });
  const parameters = { name: { value: "[variables('where')]" } };
  const body = nested(deployment({ ...INNER, template: inside, parameters }), { variables }).body(nowhere);
  expect(body).toEqual({
    properties: { mode: 'Incremental', ...INNER, template: inside, parameters: { name: { value: 'outer' } } },
  });
});

test('what an outer expression is worth is a literal inside, whatever it looks like', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('[a]', '[[a]', '[', ']', '[]', '[[', '[a', "[concat('x')]"),
  );
  const inside = template({ resources: [vnet('web', { properties: { value: "[parameters('p')]" } })] });
  const sections = { parameters: { p: { type: 'object' } } };
  fc.assert(
    fc.property(text, (value) => {
      const body = nested(deployment({ template: inside }), sections, { p: { text: value } }).body(nowhere);
      const again = planTemplate(at(body, 'properties', 'template') as JsonObject, {}, deploymentFacts());
      expect(again.resources[0]?.body(nowhere)).toEqual({ properties: { value: { text: value } } });
    }),
  );
});

test('an escaped text of the nested template stays escaped', () => {
  const inside = template({ resources: [vnet('web', { properties: { value: '[[literal]' } })] });
  const body = nested(deployment({ template: inside })).body(nowhere);
  const again = planTemplate(at(body, 'properties', 'template') as JsonObject, {}, deploymentFacts());
  expect(again.resources[0]?.body(nowhere)).toEqual({ properties: { value: '[literal]' } });
});

test('a deployment further inside decides for its own template', () => {
  const innermost = template({
    variables: { where: 'innermost' },
    resources: [vnet("[variables('where')]")],
  });
  const inside = template({
    resources: [
      deployment({ ...INNER, template: innermost, parameters: { x: { value: "[variables('where')]" } } }),
      deployment({ template: template({ resources: [vnet("[variables('where')]")] }) }, { name: 'other' }),
    ],
  });
  const body = nested(deployment({ template: inside }, { condition: false }), { variables }).body(nowhere);
  const [first, second] = at(body, 'properties', 'template', 'resources') as readonly JsonObject[];
  expect(at(first, 'properties', 'template')).toEqual(innermost);
  expect(at(first, 'properties', 'parameters', 'x', 'value')).toBe('outer');
  expect(at(second, 'properties', 'template', 'resources')).toEqual([vnet('outer')]);
});

test('a copied deployment hands its index on', () => {
  const inside = template({ resources: [vnet("[concat('v', copyIndex())]")] });
  const copy = { name: 'all', count: 2 };
  const made = plan({
    resources: [deployment({ template: inside }, { name: "[concat('d', copyIndex())]", copy })],
  }).resources;
  expect(made.map(({ body }) => at(body(nowhere), 'properties', 'template', 'resources'))).toEqual([
    [vnet('v0')],
    [vnet('v1')],
  ]);
});

test('a loop inside a nested template of scope outer has no index, as on Azure', () => {
  const inside = template({
    resources: [vnet("[concat('v', copyIndex())]", { copy: { name: 'all', count: 2 } })],
  });
  expect(refusal(() => nested(deployment({ template: inside }))).message).toContain('copyIndex');
  expect(nested(deployment({ ...INNER, template: inside })).name).toBe('inside');
});

test('outputs of a nested deployment are read by reference, which waits for it', () => {
  const inside = template({ resources: [], outputs: { space: { type: 'string', value: 'x' } } });
  const resources = [
    deployment({ template: inside }),
    publicIp('ip', { properties: { value: "[reference('inside').outputs.space.value]" } }),
  ];
  const last = plan({ resources }).resources.at(-1);
  const id = `${GROUP_ID}/providers/Microsoft.Resources/deployments/inside`;
  expect(last?.dependsOn).toEqual([id]);
  const lookup: Lookup = (wanted) =>
    wanted === id
      ? { properties: { outputs: { space: { type: 'String', value: '10.0.0.0/8' } } } }
      : undefined;
  expect(last?.body(lookup)).toEqual({ properties: { value: '10.0.0.0/8' } });
});

test.each([
  [
    { templateLink: { uri: 'https://example.com/t.json' } },
    "'templateLink', and there is nowhere to fetch it from",
  ],
  [{ templateLink: { relativePath: 't.json' } }, "'templateLink', and there is nowhere to fetch it from"],
  [{ template: template({}), parametersLink: { uri: 'x' } }, "'parametersLink', and there is nowhere"],
  [{}, 'it has no template'],
  [{ template: 'x' }, "Expected a value of type 'Object' for 'template'"],
  [{ template: template({}), mode: 'Complete' }, "must have the mode 'Incremental'"],
])('a nested deployment with %j is refused', (properties, words) => {
  expect(refusal(() => nested(deployment(properties))).message).toContain(words);
});

test('a link of a deployment that is turned off is no matter', () => {
  expect(nested(deployment({ templateLink: { uri: 'x' } }, { condition: false })).condition).toBe(false);
});

test('deployments in deployments are counted together', () => {
  const copied = (count: number, inside: JsonObject): JsonObject =>
    template({
      resources: [
        deployment(
          { ...INNER, template: inside },
          { name: "[concat('d', copyIndex())]", copy: { name: 'all', count } },
        ),
      ],
    });
  const planned = (outside: number, within: number): unknown =>
    planTemplate(copied(outside, copied(within, template({}))), {}, deploymentFacts());
  expect(planned(40, 19)).toMatchObject({ resources: { length: 40 } });
  expect(refusal(() => planned(800, 800)).message).toContain(
    "The number of nested deployments limit exceeded. Limit: '800'",
  );
});

test('another subscription is refused', () => {
  const elsewhere = { subscriptionId: '33333333-3333-4333-8333-333333333333' };
  expect(refusal(() => nested(deployment({ template: template({}) }, elsewhere))).message).toContain(
    'stays in its subscription',
  );
});

test.each([
  [template({ resources: [vnet('[nosuch()]')] }), 'invalidTemplate'],
  [template({ parameters: { p: { type: 'string' } } }), 'invalidTemplate'],
  [template({ resources: [vnet('a', { type: 'Microsoft.Web/sites' })] }), 'invalidTemplateDeployment'],
  [template({ resources: [vnet('a', { dependsOn: ['a'] })] }), 'invalidTemplate'],
])('what is wrong inside is refused before anything outside runs', (inside, code) => {
  const failure = refusal(() => nested(deployment({ ...INNER, template: inside })));
  expect([failure.code, failure.target]).toEqual([
    code,
    `${GROUP_ID}/providers/Microsoft.Resources/deployments/inside`,
  ]);
});

test('what waits for a resource cannot be judged yet', () => {
  const inside = template({ parameters: { p: { type: 'int' } } });
  const parameters = { p: { value: "[reference('web').space]" } };
  const resources = [vnet('web'), deployment({ ...INNER, template: inside, parameters })];
  const last = plan({ resources }).resources.at(-1);
  expect(last?.dependsOn).toEqual([vnetId('web')]);
  expect(
    at(
      last?.body(() => ({ properties: { space: 'x' } })),
      'properties',
      'parameters',
    ),
  ).toEqual({
    p: { value: 'x' },
  });
});

const SECRET = { parameters: { password: { type: 'securestring' }, keys: { type: 'secureObject' } } };
const VALUES = { password: 'S3cret', keys: { a: 'S3cret' } };

test('a secure value that is given to a nested parameter stays secure there', () => {
  const inside = template({
    parameters: { text: { type: 'string' }, object: { type: 'object' }, plain: { type: 'string' } },
    outputs: { leak: { type: 'string', value: "[parameters('text')]" } },
  });
  const parameters = {
    text: { value: "[concat('x-', parameters('password'))]" },
    object: { value: { deep: "[parameters('keys').a]" } },
    plain: { value: 'open' },
  };
  const body = nested(deployment({ ...INNER, template: inside, parameters }), SECRET, VALUES).body(nowhere);
  const { properties } = body as { properties: { template: JsonObject; parameters: JsonObject } };
  expect(properties.parameters.text).toEqual({ value: 'x-S3cret' });
  const again = planTemplate(properties.template, properties.parameters, deploymentFacts());
  expect(again.parameters).toEqual({
    text: { type: 'SecureString' },
    object: { type: 'SecureObject' },
    plain: { type: 'String', value: 'open' },
  });
  expect(again.outputs(nowhere)).toEqual({ leak: { type: 'String' } });
});

test('a secure value that is written into a nested template of scope outer shows in none of its outputs', () => {
  const inside = template({
    parameters: { p: { type: 'string', defaultValue: "[parameters('password')]" } },
    outputs: {
      leak: { type: 'string', value: "[parameters('password')]" },
      open: { type: 'string', value: 'x' },
    },
  });
  const body = nested(deployment({ template: inside }), SECRET, VALUES).body(nowhere);
  const again = planTemplate(at(body, 'properties', 'template') as JsonObject, {}, deploymentFacts());
  expect(again.outputs(nowhere)).toEqual({
    leak: { type: 'SecureString' },
    open: { type: 'String', value: 'x' },
  });
  expect(again.parameters).toEqual({ p: { type: 'SecureString' } });
});

test('nor in those of a deployment further inside, whether resources are a list, named, or children', () => {
  const innermost = deployment(
    { template: template({ outputs: { leak: { type: 'object', value: "[parameters('keys')]" } } }) },
    { name: 'deep' },
  );
  const shapes: readonly JsonObject[] = [
    { resources: [innermost] },
    { languageVersion: '2.0', resources: { deep: innermost } },
    { RESOURCES: [{ ...vnet('net'), resources: [innermost] }] },
  ];
  for (const shape of shapes) {
    const resource = deployment({ template: { contentVersion: '1.0.0.0', ...shape } });
    const body = plan(
      { ...SECRET, resources: [{ ...resource, resourceGroup: 'other' }] },
      VALUES,
    ).resources[0]?.body(nowhere);
    expect(JSON.stringify(body)).toContain('"leak":{"type":"secureObject","value":{"a":"S3cret"}}');
  }
});

test.each<[string, Json]>([
  ['name', "[parameters('password')]"],
  ['apiVersion', "[parameters('password')]"],
  ['dependsOn', ["[parameters('password')]"]],
])('a secure value is not taken for the %s of a resource inside', (key, value) => {
  const inside = template({ resources: [vnet('web', { [key]: value })] });
  const failure = refusal(() => nested(deployment({ template: inside }), SECRET, VALUES));
  expect(failure.message).toContain('reads a secure parameter, and would show it');
  expect(shown(failure)).not.toContain('S3cret');
});
