// Fuzzing: whatever is asked, the answer is never a 500, a refusal changes nothing at all, and no secret comes back.
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { type Route, ROUTES } from '../../src/arm/routes.ts';
import type { Json } from '../../src/arm/json.ts';
import { API, ask, makeSet, paths, setBody } from './ask.ts';
import { openWorld } from './world.ts';

const world = await openWorld();
await makeSet(world, 3);
await makeMachines();
const SECRET = 'S3cret-word';
/** A secret by what the template says of it; to any other resource it is a member like others. */
const DEPLOYED = 'S3cret-parameter';

afterAll(async () => {
  await world.close();
});

/** Beside the numbered ones, a set whose instances are machines. */
async function makeMachines(): Promise<void> {
  await ask(world, `PUT ${paths(world).set.replace(/web$/, 'flex')}?${API}`, { body: flexible(2) });
  await world.settle();
}

function flexible(capacity: number): Json {
  const { overprovision: _none, ...properties } = (setBody(capacity) as { properties: Record<string, Json> })
    .properties;
  return { ...(setBody(capacity) as object), properties: { ...properties, orchestrationMode: 'Flexible' } };
}

async function machineNames(): Promise<readonly string[]> {
  const set = await world.store.scaleSet('rg', 'flex');
  const instances = set === undefined ? [] : await world.store.instances(set.uid);
  return instances.flatMap(({ machine }) => machine?.name ?? []);
}

/** Machines have other names each time that they are made. */
function withMachines(line: string, known: readonly string[]): string {
  return line.replaceAll(/\{(\d)\}/g, (_, index: string) => known[Number(index)] ?? 'none');
}

/** Requests may delete what the others are about. */
async function restore(): Promise<void> {
  await world.settle();
  const set = await world.store.scaleSet('rg', 'web');
  if (set === undefined) await makeSet(world, 3);
  else if (set.declared.sku.capacity === 0) {
    await ask(world, `PUT ${paths(world).set}?${API}`, { body: setBody(3) });
    await world.settle();
  }
  if ((await machineNames()).length < 2) await makeMachines();
}

const odd = fc.oneof(
  fc.constantFrom(
    '',
    '*',
    '%2A',
    '0',
    '1',
    '99',
    '-1',
    '00',
    'web',
    'rg',
    'none',
    '%',
    '%2F',
    '..',
    'a'.repeat(300),
  ),
  fc.string({ maxLength: 8 }).map(encodeURIComponent),
);
/** Mostly names of what is there, so that many requests get far. */
const names: Readonly<Record<string, fc.Arbitrary<string>>> = {
  subscription: fc.oneof({ weight: 20, arbitrary: fc.constant(world.subscriptionId) }, odd),
  group: fc.oneof({ weight: 20, arbitrary: fc.constantFrom('rg', 'RG', 'other') }, odd),
  set: fc.oneof({ weight: 20, arbitrary: fc.constantFrom('web', 'Web', 'new', 'flex') }, odd),
  instance: fc.oneof({ weight: 5, arbitrary: fc.constantFrom('0', '1', '2', '7', '{0}', '{1}') }, odd),
  machine: fc.oneof({ weight: 20, arbitrary: fc.constantFrom('{0}', '{1}') }, odd),
  deployment: fc.oneof({ weight: 5, arbitrary: fc.constantFrom('fleet', 'Fleet') }, odd),
  location: fc.oneof({ weight: 5, arbitrary: fc.constantFrom('westus', 'WestUS') }, odd),
  network: fc.oneof({ weight: 5, arbitrary: fc.constantFrom('net', 'Net') }, odd),
  balancer: fc.oneof({ weight: 5, arbitrary: fc.constantFrom('lb', 'LB') }, odd),
  part: fc.oneof({ weight: 5, arbitrary: fc.constantFrom('part', 'Part') }, odd),
};

function network(subnet: Json): Json {
  const addressSpace = { addressPrefixes: ['10.0.0.0/16', 'fd00::/48'] };
  return {
    location: 'westus',
    properties: { addressSpace, subnets: [{ name: 'part', properties: subnet }] },
  };
}

const ruleProperties: Json = {
  protocol: 'Tcp',
  access: 'Allow',
  direction: 'Inbound',
  priority: '100',
  sourcePortRange: '*',
  sourceAddressPrefix: '*',
  destinationPortRange: 22,
  destinationAddressPrefix: '*',
};

/** Any JSON, and documents that are nearly right: one member of a good one replaced. */
const anything = fc.jsonValue() as fc.Arbitrary<Json>;
const good: readonly Json[] = [
  setBody(2),
  { ...(setBody(2, { virtualMachineProfile: { osProfile: { adminPassword: SECRET } } }) as object) },
  { instanceIds: ['0'] },
  { instanceIds: ['*'] },
  { commandId: 'RunShellScript', script: ['echo'] },
  {
    location: 'westus',
    properties: { source: { script: 'echo' }, protectedParameters: [{ name: 'p', value: SECRET }] },
  },
  { properties: { protectionPolicy: { protectFromScaleIn: true } } },
  network({ addressPrefix: '10.0.0.0/24' }),
  network({ addressPrefixes: ['10.0.1.0/24', 'fd00::/64'] }),
  { location: 'westus', properties: { publicIPAllocationMethod: 'Static', idleTimeoutInMinutes: '5' } },
  { properties: ruleProperties },
  { properties: { addressPrefix: '10.0.2.0/24' } },
  { location: 'westus', properties: { securityRules: [{ name: 'part', properties: ruleProperties }] } },
  {
    properties: {
      mode: 'Incremental',
      parameters: { word: { value: DEPLOYED } },
      template: {
        $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
        contentVersion: '1.0.0.0',
        parameters: { word: { type: 'secureString' } },
        resources: [
          {
            type: 'Microsoft.Network/loadBalancers',
            apiVersion: '2024-05-01',
            name: "[concat('lb', copyIndex())]",
            location: '[resourceGroup().location]',
            copy: { name: 'loop', count: 2 },
            properties: { adminPassword: "[parameters('word')]" },
          },
        ],
        outputs: { word: { type: 'secureString', value: "[parameters('word')]" } },
      },
    },
  },
];
const body = fc.oneof(
  fc.constant(undefined),
  anything,
  fc.constantFrom(...good),
  fc
    .tuple(fc.constantFrom(...good), fc.nat(), anything)
    .map(([document, at, value]) => replaced(document, at, value)),
);

/** The document with the value in the place of its n-th member, counted through all levels. */
function replaced(document: Json, at: number, value: Json): Json {
  let left = at % Math.max(1, count(document));
  const walk = (item: Json): Json => {
    left -= 1;
    if (left === -1) return value;
    if (Array.isArray(item)) return item.map(walk);
    if (typeof item !== 'object' || item === null) return item;
    return Object.fromEntries(Object.entries(item).map(([key, member]) => [key, walk(member as Json)]));
  };
  return walk(document);
}

function count(item: Json): number {
  if (typeof item !== 'object' || item === null) return 1;
  return 1 + Object.values(item).reduce((sum: number, member) => sum + count(member as Json), 0);
}

const query = fc.dictionary(
  fc.constantFrom('$filter', '$expand', '$select', '$skiptoken', 'forceDeletion', 'skipShutdown', 'monitor'),
  fc.oneof(
    fc.constantFrom('true', 'false', 'instanceView', 'userData', "name eq 'web_0'", "status eq 'x'"),
    fc.string(),
  ),
  { maxKeys: 2 },
);
const version = fc.oneof(
  { weight: 20, arbitrary: fc.constant('2024-07-01') },
  fc.constantFrom('', '2019-01-01', 'x'),
);
const headers = fc.constantFrom({}, { 'if-match': '"1"' }, { 'if-none-match': '*' }, { 'if-match': ',"' });

const request = fc.constantFrom(...(Object.values(ROUTES) as Route[])).chain((route) => {
  const labels = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);
  const values = fc.tuple(...labels.map((label) => names[label] ?? odd));
  return fc
    .tuple(values, query, version, body, headers)
    .map(([chosen, options, apiVersion, sent, conditions]) => {
      const path = labels.reduce(
        (text, label, index) => text.replace(`{${label}}`, () => chosen[index] ?? ''),
        route.path,
      );
      const search = new URLSearchParams({ 'api-version': apiVersion, ...options }).toString();
      return { line: `${route.method} ${path}?${search}`, sent, conditions };
    });
});

test(
  'whatever is asked is answered, refused without a trace, or carried out',
  { timeout: 60_000 },
  async () => {
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(request, async ({ line, sent, conditions }) => {
        let commits = 0;
        await restore();
        const stop = world.store.onCommit(() => {
          commits += 1;
        });
        const answered = await ask(world, withMachines(line, await machineNames()), {
          headers: conditions,
          ...(sent === undefined ? {} : { body: sent }),
        });
        stop();
        statuses.set(answered.status, (statuses.get(answered.status) ?? 0) + 1);
        expect(answered.status).toBeLessThan(500);
        if (answered.status >= 400) {
          expect(commits).toBe(0);
          if (!line.startsWith('HEAD'))
            expect(answered.text).toMatch(/^\{"(error":\{")?code":"\w+","message":".+"/);
        }
        expect(answered.text).not.toContain(SECRET);
        if (line.includes('/deployments/')) expect(answered.text).not.toContain(DEPLOYED);
      }),
      { numRuns: 1000 },
    );
    expect(world.errors).toEqual([]);
    // That it got far enough for this to mean something.
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 202, 400, 404]));
  },
);
