// References: what waits for what because of them, and what they answer when the time has come.
import { expect, test } from 'vitest';
import type { JsonObject } from '../../domain/json.ts';
import {
  GROUP_ID,
  nowhere,
  pathOf,
  plan,
  publicIp,
  refusal,
  vnet,
  vnetId,
} from '../../../test/testing/templates.ts';
import type { Lookup } from './plan.ts';

const NET = 'Microsoft.Network/virtualNetworks';
const idOf = `resourceId('${NET}', 'web')`;

/** The last of the resources, whose property refers to another. */
function referring(expression: string, others: readonly JsonObject[] = [vnet('web')]) {
  const resources = [...others, publicIp('ip', { properties: { value: expression } })];
  const last = plan({ resources }).resources.at(-1);
  if (last === undefined) throw new Error('There is no last resource.');
  return last;
}

/** There is one network, and it tells how it was asked for. */
const web: Lookup = (id, apiVersion) =>
  id.toLowerCase() === vnetId('web').toLowerCase()
    ? {
        id,
        name: 'web',
        type: NET,
        location: 'westus',
        tags: { a: 'b' },
        properties: { space: '10.0.0.0/16', asked: apiVersion ?? 'own' },
      }
    : undefined;

test.each([
  `[reference('web').space]`,
  `[reference('WEB', '2024-05-01').space]`,
  `[reference('${NET}/web').space]`,
  `[reference(${idOf}).space]`,
  `[concat(reference('web').space)]`,
  `[if(equals(1, 2), reference('web').space, 'none')]`,
  `[reference(variables('name')).space]`,
])('%s makes a dependency', (expression) => {
  const resources = [vnet('web'), publicIp('ip', { properties: { deep: [{ value: expression }] } })];
  const last = plan({ resources, variables: { name: 'web' } }).resources.at(-1);
  expect(last?.dependsOn).toEqual([vnetId('web')]);
});

test('a reference in a turn of a loop depends on what that turn names', () => {
  const resources = [
    vnet('v0'),
    vnet('v1'),
    vnet('v2'),
    publicIp('ip', {
      properties: {
        copy: [{ name: 'all', count: 2, input: "[reference(concat('v', copyIndex('all', 1))).space]" }],
      },
    }),
  ];
  expect(plan({ resources }).resources.at(-1)?.dependsOn).toEqual([vnetId('v1'), vnetId('v2')]);
});

test('an id with an api-version is something that is there already', () => {
  expect(referring(`[reference(${idOf}, '2024-05-01').space]`).dependsOn).toEqual([]);
});

test('nobody waits for a reference to what is not made', () => {
  expect(referring("[reference('web').space]", [vnet('web', { condition: false })]).dependsOn).toEqual([]);
});

test('the answer is the properties of the resource, or all of it', () => {
  expect(referring("[reference('web').space]").body(web)).toEqual({ properties: { value: '10.0.0.0/16' } });
  expect(referring("[reference('web', '', 'Full')]").body(web)).toEqual({
    properties: {
      value: {
        apiVersion: '2024-05-01',
        location: 'westus',
        tags: { a: 'b' },
        properties: { space: '10.0.0.0/16', asked: 'own' },
        subscriptionId: vnetId('web').split('/')[2],
        resourceGroupName: 'lab',
        scope: '',
        resourceId: `${NET}/web`,
        referenceApiVersion: '2024-05-01',
        condition: true,
        isConditionTrue: true,
        isTemplateResource: true,
        isAction: false,
        provisioningOperation: 'Read',
      },
    },
  });
});

test('a resource of the template is read at its own version, unless another is asked for', () => {
  const asked = (expression: string) => referring(expression).body(web).properties;
  expect(asked("[reference('web').asked]")).toEqual({ value: 'own' });
  expect(asked("[reference('web', '2020-01-01').asked]")).toEqual({ value: '2020-01-01' });
  expect(asked(`[reference(${idOf}, '2020-01-01').asked]`)).toEqual({ value: '2020-01-01' });
});

test('what is not in the template is read by its id and version', () => {
  const last = referring(`[reference(${idOf}, '2020-01-01', 'Full').isTemplateResource]`, []);
  expect(last.body(web)).toEqual({ properties: { value: false } });
});

test('what is not in the template needs a version', () => {
  const failure = refusal(() => referring(`[reference(${idOf}).x]`, []));
  expect(failure.message).toBe(
    `Deployment template validation failed: 'The template resource 'ip' reference to '${NET}/web' requires an API version. Please see https://aka.ms/arm-template for usage details.'.`,
  );
  expect(pathOf(failure)).toBe('properties.template.resources[0].properties.value');
});

test('a name that is not in the template is refused before anything runs', () => {
  expect(refusal(() => referring("[reference('nope').x]")).message).toContain(
    "The template reference 'nope' is not valid: could not find template resource or resource copy with this name",
  );
});

test('the name of a loop is not one resource', () => {
  const copies = vnet("[concat('v', copyIndex())]", { copy: { name: 'nets', count: 2 } });
  expect(refusal(() => referring("[reference('nets').x]", [copies])).message).toContain('names a copy loop');
});

test('a resource that is not there fails the one that refers to it, with its id', () => {
  const failure = refusal(() => referring("[reference('web').space]").body(nowhere));
  expect([failure.code, failure.message]).toEqual([
    'resourceNotFound',
    `The Resource '${NET}/web' under resource group 'lab' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  ]);
});

test('a property that the answer lacks fails in the words of a running deployment', () => {
  const failure = refusal(() => referring("[reference('web').nope]").body(web));
  expect(failure.code).toBe('invalidTemplate');
  expect(failure.message).toContain(
    `Unable to process template language expressions for resource '${GROUP_ID}/providers/Microsoft.Network/publicIPAddresses/ip' at 'properties.template.resources[1].properties.value', expression '[reference('web').nope]'.`,
  );
});

test('a branch that is not taken is not read', () => {
  const off = [vnet('web', { condition: false })];
  const last = referring("[if(equals(1, 2), reference('web').space, 'none')]", off);
  expect(last.body(nowhere)).toEqual({ properties: { value: 'none' } });
});

test.each(['name', 'type', 'apiVersion', 'condition', 'scope'])('%s may not refer to a resource', (key) => {
  const failure = refusal(() =>
    plan({ resources: [vnet('web'), vnet('b', { [key]: "[reference('web').x]" })] }),
  );
  expect(failure.message).toContain("'reference' is not expected at this location");
});

test('the count of a loop may not refer to a resource', () => {
  const properties = { copy: [{ name: 'a', count: "[length(reference('web').list)]", input: 1 }] };
  const failure = refusal(() => plan({ resources: [vnet('web'), vnet('b', { properties })] }));
  expect(failure.message).toContain("'reference' is not expected at this location");
});

test.each([
  ["[concat(reference('web').x, parameters('nope'))]", "'nope'"],
  ["[concat(reference('web').x, variables('nope'))]", "'nope'"],
  ["[concat(reference('web').x, nosuch())]", "'nosuch'"],
  ["[if(true(), reference('web').x)]", "'if'"],
  ["[reference('web']", 'Unable to parse language expression'],
  ['[reference()]', "'reference'"],
])('what else is wrong with %s is refused before anything runs', (expression, words) => {
  const failure = refusal(() => referring(expression));
  expect(failure.code).toBe('invalidTemplate');
  expect(failure.message).toContain(words);
});

test('symbolic names are referred to, existing resources at the version that is declared', () => {
  const resources = {
    old: vnet('web', { existing: true, apiVersion: '2021-01-01' }),
    nets: vnet("[concat('v', copyIndex())]", { copy: { name: 'loop', count: 2 } }),
    ip: publicIp('ip', {
      properties: { old: "[reference('old').asked]", new: "[reference(format('nets[{0}]', 1)).space]" },
    }),
  };
  const last = plan({ languageVersion: '2.0', resources }).resources.at(-1);
  expect(last?.dependsOn).toEqual([vnetId('v1')]);
  const lookup: Lookup = (id, version) =>
    id === vnetId('v1') ? { properties: { space: 's1' } } : web(id, version);
  expect(last?.body(lookup)).toEqual({ properties: { old: '2021-01-01', new: 's1' } });
});
