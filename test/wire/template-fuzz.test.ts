// Templates that are nearly right: whatever is wrong with one, the answer is never a 500, a refusal leaves nothing at all, and
// what is accepted comes to an end without the plane having anything to complain about.
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { isActive } from '../../src/domain/deployment.ts';
import type { Json } from '../../src/arm/json.ts';
import { ask } from './ask.ts';
import { openWorld } from './world.ts';

const world = await openWorld();
const group = `/subscriptions/${world.subscriptionId}/resourceGroups/rg`;
const path = `${group}/providers/Microsoft.Resources/deployments/fuzz`;
const API = 'api-version=2022-09-01';
const SECRET = 'S3cret-word';
await ask(world, `PUT ${group}?${API}`, { body: { location: 'westus' } });

afterAll(async () => {
  await world.close();
});

const balancer = {
  type: 'Microsoft.Network/loadBalancers',
  apiVersion: '2024-05-01',
  name: 'lb',
  location: '[resourceGroup().location]',
  properties: { frontendIPConfigurations: [{ name: 'front' }], backendAddressPools: [{ name: 'pool' }] },
};

const good = {
  mode: 'Incremental',
  parameters: { word: { value: SECRET }, count: { value: 2 } },
  template: {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    parameters: { word: { type: 'secureString' }, count: { type: 'int', defaultValue: 1 } },
    variables: { names: { copy: [{ name: 'all', count: 2, input: "[concat('n', copyIndex('all'))]" }] } },
    resources: [
      balancer,
      {
        type: 'Microsoft.Compute/virtualMachineScaleSets',
        apiVersion: '2024-07-01',
        name: "[concat('set', copyIndex())]",
        location: 'westus',
        copy: { name: 'sets', count: "[parameters('count')]" },
        dependsOn: ["[resourceId('Microsoft.Network/loadBalancers', 'lb')]"],
        sku: { name: 'Standard_B1s', capacity: 1 },
        properties: {
          overprovision: false,
          virtualMachineProfile: {
            osProfile: { adminUsername: 'a', adminPassword: "[parameters('word')]" },
            storageProfile: { imageReference: { publisher: 'muster', offer: 'web' } },
          },
        },
      },
      {
        type: 'Microsoft.Resources/deployments',
        apiVersion: '2022-09-01',
        name: 'part',
        condition: "[equals(variables('names').all[0], 'n0')]",
        dependsOn: ['sets'],
        properties: {
          mode: 'Incremental',
          template: {
            $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
            contentVersion: '1.0.0.0',
            resources: [
              { ...balancer, name: 'inner', tags: { from: "[reference('lb').provisioningState]" } },
            ],
          },
        },
      },
    ],
    outputs: { pool: { type: 'string', value: "[reference('lb').backendAddressPools[0].id]" } },
  },
};

const value = fc.oneof(
  fc.jsonValue() as fc.Arbitrary<Json>,
  fc.constantFrom<Json>(
    null,
    '',
    '[',
    '[]',
    "[parameters('none')]",
    "[parameters('word')]",
    "[reference('none')]",
    "[reference('lb')]",
    '[copyIndex()]',
    "[[parameters('word')]",
    'lb',
    'sets',
    'part',
    -1,
    801,
    0,
    [],
    {},
    'Complete',
  ),
);

/** The document with the value in the place of its n-th member, counted through all levels; or without that member. */
function changed(document: Json, at: number, put: Json | undefined): Json {
  let left = at;
  const walk = (item: Json): Json | undefined => {
    left -= 1;
    if (left === -1) return put;
    if (Array.isArray(item)) return item.map(walk).filter((one) => one !== undefined);
    if (typeof item !== 'object' || item === null) return item;
    const members = Object.entries(item).map(([key, member]) => [key, walk(member as Json)] as const);
    return Object.fromEntries(members.filter(([, member]) => member !== undefined));
  };
  return walk(document) ?? {};
}

function count(item: Json): number {
  if (typeof item !== 'object' || item === null) return 1;
  return 1 + Object.values(item).reduce((sum: number, member) => sum + count(member as Json), 0);
}

const change = fc.tuple(fc.nat({ max: count(good) - 1 }), fc.option(value, { nil: undefined, freq: 5 }));

test('a template that is nearly right is refused whole, or ends', { timeout: 120_000 }, async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 2 }), async (changes) => {
      let properties: Json = good;
      for (const [at, put] of changes) properties = changed(properties, at, put);
      let commits = 0;
      const stop = world.store.onCommit(() => {
        commits += 1;
      });
      const answered = await ask(world, `PUT ${path}?${API}`, { body: { properties } });
      stop();
      expect(answered.status).toBeLessThan(500);
      if (answered.status >= 400) expect(commits).toBe(0);
      await world.settle();
      expect((await world.store.deployments()).some(isActive)).toBe(false);
      const { text } = await ask(world, `GET ${path}?${API}`);
      const operations = await ask(world, `GET ${path}/operations?${API}`);
      // What is there after a refusal is an earlier deployment, for which the word may have been no secret.
      const shown = answered.status < 400 ? `${answered.text}${text}${operations.text}` : answered.text;
      if (JSON.stringify(properties).includes('secureString')) expect(shown).not.toContain(SECRET);
      seen.add(/"provisioningState":"(\w+)"/.exec(answered.status < 400 ? text : '')?.[1] ?? 'refused');
    }),
    { numRuns: 300 },
  );
  expect(world.errors).toEqual([]);
  expect([...seen].toSorted()).toEqual(['Failed', 'Succeeded', 'refused']);
});
