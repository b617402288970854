// Resources: how they are called, where they lie, how loops and children become a flat list.
import { expect, test } from 'vitest';
import {
  GROUP_ID,
  nowhere,
  pathOf,
  plan,
  refusal,
  SUBSCRIPTION,
  vnet,
  vnetId,
} from '../../../test/testing/templates.ts';
import type { JsonObject } from '../../domain/json.ts';

const names = (sections: JsonObject, values: JsonObject = {}): readonly string[] =>
  plan(sections, values).resources.map(({ name }) => name);

test('a resource has its id, its place and its version', () => {
  const [only] = plan({ resources: [vnet("[concat('v', 'net')]")] }).resources;
  expect({ ...only, body: undefined }).toEqual({
    id: vnetId('vnet'),
    type: 'Microsoft.Network/virtualNetworks',
    name: 'vnet',
    apiVersion: '2024-05-01',
    group: 'lab',
    condition: true,
    dependsOn: [],
    body: undefined,
  });
});

test('the body is what is declared without what only the deployment needs', () => {
  const more = {
    location: '[resourceGroup().location]',
    tags: { a: null },
    comments: 'words',
    metadata: { description: 'words' },
    condition: true,
    dependsOn: [],
    sku: { name: 'Standard' },
    properties: { x: '[[y]', n: '50000' },
    zones: ['1'],
  };
  const [only] = plan({ resources: [vnet('a', more)] }).resources;
  expect(only?.body(nowhere)).toEqual({
    location: 'westus',
    tags: { a: null },
    sku: { name: 'Standard' },
    properties: { x: '[y]', n: '50000' },
    zones: ['1'],
  });
});

test('a loop makes copies in order, each with its index', () => {
  const copy = { name: 'nets', count: "[parameters('n')]" };
  const properties = { at: '[copyIndex()]', from: "[copyIndex('NETS', 5)]" };
  const sections = {
    parameters: { n: { type: 'int' } },
    resources: [vnet("[concat('v', copyIndex())]", { copy, properties }), vnet('last')],
  };
  const made = plan(sections, { n: 2 }).resources;
  expect(made.map(({ name }) => name)).toEqual(['v0', 'v1', 'last']);
  expect(made[1]?.body(nowhere)).toEqual({ properties: { at: 1, from: 6 } });
  expect(names(sections, { n: 0 })).toEqual(['last']);
});

test('within a property loop, copyIndex without a name is still that of the resource', () => {
  const properties = {
    copy: [{ name: 'rules', count: 2, input: "[format('{0}.{1}', copyIndex(), copyIndex('rules'))]" }],
  };
  const resources = [vnet("[concat('v', copyIndex())]", { copy: { name: 'all', count: 2 }, properties })];
  expect(plan({ resources }).resources[1]?.body(nowhere)).toEqual({ properties: { rules: ['1.0', '1.1'] } });
});

test('copyIndex outside of a loop is refused', () => {
  expect(refusal(() => plan({ resources: [vnet("[concat('v', copyIndex())]")] })).message).toContain(
    'copyIndex',
  );
});

test('copies of one name are refused as one resource that is defined twice', () => {
  const failure = refusal(() => plan({ resources: [vnet('v', { copy: { name: 'all', count: 2 } })] }));
  expect(failure.message).toContain(
    "The resource 'Microsoft.Network/virtualNetworks/v' is defined multiple times in a template",
  );
});

test('names compare without case when they are defined twice', () => {
  const failure = refusal(() => plan({ resources: [vnet('Web'), vnet('web')] }));
  expect(failure.message).toContain("virtualNetworks/web' is defined multiple times");
  expect(pathOf(failure)).toBe('properties.template.resources[1]');
});

test('two of one name are fine when only one of them is made', () => {
  const resources = [
    vnet('web', { condition: "[not(parameters('new'))]" }),
    vnet('web', { condition: "[parameters('new')]" }),
  ];
  const parameters = { new: { type: 'bool' } };
  const { resources: made } = plan({ parameters, resources }, { new: true });
  expect(made.map(({ condition }) => condition)).toEqual([false, true]);
});

test('a child inside its parent takes its type and name from it, and waits for nobody by itself', () => {
  const child = { type: 'subnets', apiVersion: '2024-05-01', name: 'front', properties: { x: 1 } };
  const { resources } = plan({ resources: [vnet('net', { resources: [child] }), vnet('other')] });
  expect(resources.map(({ id }) => id)).toEqual([
    vnetId('net'),
    `${vnetId('net')}/subnets/front`,
    vnetId('other'),
  ]);
  expect(resources[1]).toMatchObject({
    type: 'Microsoft.Network/virtualNetworks/subnets',
    name: 'net/front',
    dependsOn: [],
  });
  expect(resources[0]?.body(nowhere)).toEqual({});
});

test('a child at the top has as many names as types', () => {
  const child = vnet('net/front', { type: 'Microsoft.Network/virtualNetworks/subnets' });
  expect(plan({ resources: [child] }).resources[0]?.id).toBe(`${vnetId('net')}/subnets/front`);
});

test('children of a copied parent are copied with it', () => {
  const child = { type: 'subnets', apiVersion: '2024-05-01', name: "[concat('s', copyIndex())]" };
  const parent = vnet("[concat('n', copyIndex())]", { copy: { name: 'nets', count: 2 }, resources: [child] });
  expect(names({ resources: [parent] })).toEqual(['n0', 'n0/s0', 'n1', 'n1/s1']);
});

test('a child with a loop of its own is refused', () => {
  const child = { type: 'subnets', apiVersion: '2024-05-01', name: 'a', copy: { name: 'c', count: 2 } };
  expect(refusal(() => plan({ resources: [vnet('n', { resources: [child] })] })).message).toContain(
    'a resource inside another one cannot have a copy loop',
  );
});

test.each([
  ['Microsoft.Network/virtualNetworks', 'a/b'],
  ['Microsoft.Network/virtualNetworks/subnets', 'a'],
  ['Microsoft.Network', 'a'],
  ['Microsoft.Network/virtualNetworks', ''],
  ['Microsoft.Network/virtualNetworks/subnets', 'a/'],
])('type %s does not fit name %s', (type, name) => {
  const failure = refusal(() => plan({ resources: [vnet(name, { type })] }));
  expect(failure.message).toBe(
    `Deployment template validation failed: 'The template resource '${name}' for type '${type}' has incorrect segment lengths. A nested resource type must have identical number of segments as its resource name. A root resource type must have segment length one greater than its resource name. Please see https://aka.ms/arm-syntax-resources for usage details.'.`,
  );
  expect(pathOf(failure)).toBe('properties.template.resources[0].type');
});

test.each(['name', 'type', 'apiVersion'])('a resource without %s is refused', (key) => {
  const { [key]: _, ...rest } = vnet('web');
  expect(refusal(() => plan({ resources: [rest] })).message).toContain(`'${key}' is required`);
});

test('a wrong expression is refused with resource, path and expression', () => {
  const resources = [vnet('web'), vnet("[parameters('nope')]")];
  const failure = refusal(() => plan({ resources }));
  expect(failure.message).toContain(
    "The template resource '[parameters('nope')]' is not valid: at 'properties.template.resources[1].name', expression '[parameters('nope')]': ",
  );
  const body = refusal(() =>
    plan({ resources: [vnet('web', { properties: { a: [{ b: '[nosuch()]' }] } })] }),
  );
  expect(body.message).toContain(
    "The template resource 'web' is not valid: at 'properties.template.resources[0].properties.a[0].b', expression '[nosuch()]': The template function 'nosuch' is not valid.",
  );
  expect(pathOf(body)).toBe('properties.template.resources[0].properties.a[0].b');
});

test.each([
  [{ name: 3 }, "Expected a value of type 'String' for 'name'"],
  [{ name: '[add(1, 2)]' }, "'name' must be a string"],
  [{ condition: 'yes' }, 'the condition must be a boolean'],
  [{ condition: '[add(1, 2)]' }, 'the condition must be a boolean'],
  [{ copy: { count: 1 } }, 'its copy loop needs a name'],
  [{ copy: { name: 'a' } }, 'the copy count must be an integer'],
  [{ copy: { name: 'a', count: 801 } }, "exceeds the maximum of '800'"],
  [{ copy: { name: 'a', count: 1, mode: 'serial', batchSize: 0 } }, 'batchSize must be at least 1'],
  [{ copy: [] }, "Expected a value of type 'Object' for 'copy'"],
  [{ dependsOn: 'x' }, "Expected a value of type 'Array' for 'dependsOn'"],
  [{ dependsOn: [3] }, "'dependsOn[0]' must be a string"],
  [{ resources: 'x' }, "Expected a value of type 'Array' for 'resources'"],
  [{ resources: ['x'] }, 'must be an object'],
])('a resource with %j is refused', (more, words) => {
  expect(refusal(() => plan({ resources: [vnet('web', more)] })).message).toContain(words);
});

test('the condition may read parameters, and what it turns off is kept but not evaluated', () => {
  const resources = [
    vnet('off', {
      condition: "[not(empty(parameters('list')))]",
      properties: { first: "[parameters('list')[0].name]" },
    }),
  ];
  const parameters = { list: { type: 'array' } };
  expect(plan({ parameters, resources }, { list: [] }).resources.map(({ condition }) => condition)).toEqual([
    false,
  ]);
  const failure = refusal(() => plan({ parameters, resources }, { list: [{}] }));
  expect(failure.message).toContain("'properties.template.resources[0].properties.first'");
});

test('what is turned off must be well written all the same', () => {
  const resources = [vnet('off', { condition: false, properties: { x: "[nosuch('a')]" } })];
  expect(refusal(() => plan({ resources })).message).toContain("'nosuch'");
});

test('there are at most 800 resources', () => {
  const copies = vnet("[concat('v', copyIndex())]", { copy: { name: 'all', count: 800 } });
  expect(plan({ resources: [copies] }).resources).toHaveLength(800);
  expect(refusal(() => plan({ resources: [copies, vnet('more')] })).message).toContain(
    "The number of template resources limit exceeded. Limit: '800' and actual: '801'",
  );
});

test('symbolic names need language version 2.0', () => {
  const resources = { net: vnet('web') };
  expect(names({ languageVersion: '2.0', resources })).toEqual(['web']);
  expect(refusal(() => plan({ resources })).message).toContain("languageVersion '2.0'");
});

test.each(['a.b', 'a[0]', "[concat('a', 'b')]"])('%s is no symbolic name', (symbol) => {
  const failure = refusal(() => plan({ languageVersion: '2.0', resources: { [symbol]: vnet('web') } }));
  expect(failure.message).toContain(`The symbolic name '${symbol}' is not valid`);
});

test('an existing resource is named and not made', () => {
  const resources = { old: vnet('old', { existing: true }), net: vnet('web', { dependsOn: ['old'] }) };
  const made = plan({ languageVersion: '2.0', resources }).resources;
  expect(made.map(({ name, dependsOn }) => [name, dependsOn])).toEqual([['web', []]]);
});

test('an extension lies on what it extends', () => {
  const served = (): readonly string[] => ['2020-01-01'];
  const lock = (scope: string): JsonObject => ({
    type: 'Microsoft.Authorization/locks',
    apiVersion: '2020-01-01',
    name: 'keep',
    scope,
  });
  const idOf = (scope: string): string | undefined =>
    plan({ resources: [lock(scope)] }, {}, { served }).resources[0]?.id;
  const expected = `${vnetId('web')}/providers/Microsoft.Authorization/locks/keep`;
  expect(idOf('Microsoft.Network/virtualNetworks/web')).toBe(expected);
  expect(idOf("[resourceId('Microsoft.Network/virtualNetworks', 'web')]")).toBe(expected);
});

test('nothing lies outside of the subscription', () => {
  const elsewhere = '/subscriptions/33333333-3333-4333-8333-333333333333/resourceGroups/lab';
  for (const scope of ['/', elsewhere, `/subscriptions/${SUBSCRIPTION}`]) {
    expect(refusal(() => plan({ resources: [vnet('a', { scope })] })).message).toContain(
      'stays in its subscription',
    );
  }
});

test('the group lends its name to ids as it is spelled', () => {
  const group = { id: GROUP_ID, name: 'Lab', location: 'eastus' };
  const [only] = plan({ resources: [vnet('a')] }, {}, { group }).resources;
  expect([only?.group, only?.id]).toEqual([
    'Lab',
    `/subscriptions/${SUBSCRIPTION}/resourceGroups/Lab/providers/Microsoft.Network/virtualNetworks/a`,
  ]);
});
