// References: whatever sequence of writes and deletes is asked of networks, balancers, scale sets and groups, two at a time, no
// row ever names what is not there, in another region or in a group that is gone, and no public IP address serves two.
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { Json } from '../../src/arm/json.ts';
import { isObject, type JsonObject, listAt, textAt } from '../../src/domain/json.ts';
import { NETWORK_TYPES } from '../../src/domain/network-resource.ts';
import { ask, setBody } from './ask.ts';
import { openWorld, type WireWorld } from './world.ts';

const GROUPS = ['one', 'two'] as const;
const REGIONS = [...Array.from({ length: 9 }, () => 'westus'), 'eastus'];
const SUBNETS = ['s', 't'] as const;

let world: WireWorld | undefined;
afterEach(async () => world?.close());

interface Asked {
  readonly method: 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: Json;
}

const group = fc.constantFrom(...GROUPS);
const region = fc.constantFrom(...REGIONS);

function at(type: string, fixed?: string): fc.Arbitrary<string> {
  const provider = type.startsWith('virtualMachine') ? 'Microsoft.Compute' : 'Microsoft.Network';
  const name = fixed === undefined ? fc.constantFrom('a', 'b') : fc.constant(fixed);
  return fc
    .tuple(group, name)
    .map(([of, called]) => `{subscription}/resourceGroups/${of}/providers/${provider}/${type}/${called}`);
}

const nothing = fc.constant(undefined);
const reference = (path: fc.Arbitrary<string>): fc.Arbitrary<Json> => path.map((id) => ({ id }));
const maybe = (path: fc.Arbitrary<string>): fc.Arbitrary<Json | undefined> =>
  fc.oneof(nothing, reference(path));
const subnetPath = fc
  .tuple(at('virtualNetworks'), fc.constantFrom(...SUBNETS))
  .map(([of, name]) => `${of}/subnets/${name}`);

const subnetProperties = (name: string): fc.Arbitrary<JsonObject> =>
  fc.record({
    addressPrefix: fc.constantFrom(...(name === 's' ? ['10.0.0.0/24', '10.0.0.0/25'] : ['10.0.2.0/24'])),
    networkSecurityGroup: maybe(at('networkSecurityGroups')),
    natGateway: maybe(at('natGateways')),
  }) as fc.Arbitrary<JsonObject>;
const subnets = fc
  .subarray([...SUBNETS])
  .chain((names) =>
    fc.tuple(
      ...names.map((name) => subnetProperties(name).map((properties): Json => ({ name, properties }))),
    ),
  );

function body(properties: fc.Arbitrary<JsonObject>, more: JsonObject = {}): fc.Arbitrary<Json> {
  return fc.tuple(region, properties).map(([location, given]) => ({ location, properties: given, ...more }));
}

const STANDARD = { sku: { name: 'Standard' } };
const BODIES: Readonly<Record<string, fc.Arbitrary<Json>>> = {
  virtualNetworks: body(
    subnets.map((list) => ({ addressSpace: { addressPrefixes: ['10.0.0.0/16'] }, subnets: list })),
  ),
  networkSecurityGroups: body(fc.constant({})),
  publicIPAddresses: body(fc.constant({ publicIPAllocationMethod: 'Static' }), STANDARD),
  natGateways: body(
    fc
      .array(reference(at('publicIPAddresses')), { maxLength: 2 })
      .map((publicIpAddresses) => ({ publicIpAddresses })),
  ),
  loadBalancers: body(
    fc
      .array(
        fc.oneof(
          reference(at('publicIPAddresses')).map((publicIPAddress): JsonObject => ({ publicIPAddress })),
          reference(subnetPath).map((subnet): JsonObject => ({ subnet })),
        ),
        { maxLength: 2 },
      )
      .map((frontends) => ({
        frontendIPConfigurations: frontends.map((properties, index) => ({ name: `f${index}`, properties })),
      })),
    STANDARD,
  ),
  networkInterfaces: body(
    fc
      .tuple(reference(subnetPath), maybe(at('publicIPAddresses')), maybe(at('networkSecurityGroups')))
      .map(([subnet, publicIPAddress = null, networkSecurityGroup = null]) => ({
        networkSecurityGroup,
        ipConfigurations: [{ name: 'ip', properties: { subnet, publicIPAddress } }],
      })),
  ),
  virtualMachineScaleSets: fc
    .tuple(maybe(subnetPath), maybe(at('networkSecurityGroups')), fc.nat({ max: 1 }))
    .map(([subnet = null, networkSecurityGroup = null, capacity]) =>
      setOf(capacity, subnet, networkSecurityGroup),
    ),
};

function setOf(capacity: number, subnet: Json, networkSecurityGroup: Json): Json {
  const ip = { name: 'ip', properties: { subnet } };
  const nic = { name: 'nic', properties: { primary: true, networkSecurityGroup, ipConfigurations: [ip] } };
  const storageProfile = { imageReference: { publisher: 'muster', offer: 'web' } };
  const networkProfile = { networkInterfaceConfigurations: [nic] };
  return setBody(capacity, { virtualMachineProfile: { storageProfile, networkProfile } });
}

const TYPES = Object.keys(BODIES);
const write = fc
  .constantFrom(...TYPES)
  .chain((type) =>
    fc
      .tuple(at(type), BODIES[type] ?? fc.constant({}))
      .map(([path, sent]): Asked => ({ method: 'PUT', path, body: sent })),
  );
const removal = fc
  .oneof(
    fc.constantFrom(...TYPES).chain((type) => at(type)),
    subnetPath,
  )
  .map((path): Asked => ({ method: 'DELETE', path }));
const part = fc.constantFrom(...SUBNETS).chain((name) =>
  fc.tuple(at('virtualNetworks'), subnetProperties(name)).map(([of, properties]): Asked => ({
    method: 'PUT',
    path: `${of}/subnets/${name}`,
    body: { properties },
  })),
);
const groups = group.chain((of) =>
  fc.constantFrom<Asked>(
    { method: 'DELETE', path: `{subscription}/resourceGroups/${of}` },
    { method: 'PUT', path: `{subscription}/resourceGroups/${of}`, body: { location: 'westus' } },
  ),
);
const step = fc.oneof(
  { weight: 12, arbitrary: write },
  { weight: 5, arbitrary: removal },
  { weight: 3, arbitrary: part },
  { weight: 1, arbitrary: groups },
);
/** Two that are asked at the same time, and whether everything comes to rest afterwards. */
const turn = fc.record({ both: fc.tuple(step, step), settle: fc.boolean() });

/** Something to name, so that many requests get far. */
const BEGINNING: readonly Asked[] = GROUPS.flatMap((of) => {
  const below = `{subscription}/resourceGroups/${of}`;
  const put = (type: string, properties: JsonObject, more: JsonObject = {}): Asked => ({
    method: 'PUT',
    path: `${below}/providers/Microsoft.Network/${type}/a`,
    body: { location: 'westus', properties, ...more },
  });
  const lists = SUBNETS.map((name, index) => ({
    name,
    properties: { addressPrefix: `10.0.${index * 2}.0/24` },
  }));
  return [
    { method: 'PUT', path: below, body: { location: 'westus' } },
    put('networkSecurityGroups', {}),
    put('natGateways', {}),
    put('publicIPAddresses', { publicIPAllocationMethod: 'Static' }, STANDARD),
    put('virtualNetworks', { addressSpace: { addressPrefixes: ['10.0.0.0/16'] }, subnets: lists }),
  ];
});

async function send(to: WireWorld, { method, path, body: sent }: Asked): Promise<number> {
  const fill = (text: string): string => text.replaceAll('{subscription}', to.subscriptionId);
  const line = `${method} ${fill(`/subscriptions/${path}`)}?api-version=2024-07-01`;
  if (sent === undefined) return (await ask(to, line)).status;
  const text = fill(JSON.stringify(sent).replaceAll('"{', '"/subscriptions/{'));
  return (await ask(to, line, { body: JSON.parse(text) as Json })).status;
}

interface Row {
  readonly group: string;
  readonly location: string;
  readonly document: unknown;
}

/** Every row there is, by its id in lower case, with the parts of those that have some. */
async function rowsOf({ store, subscriptionId }: WireWorld): Promise<ReadonlyMap<string, Row>> {
  const rows = new Map<string, Row>();
  const add = (of: string, type: string, name: string, row: Omit<Row, 'group'>): void => {
    const id = `/subscriptions/${subscriptionId}/resourceGroups/${of}/providers/${type}/${name}`;
    rows.set(id.toLowerCase(), { group: of, ...row });
  };
  for (const type of NETWORK_TYPES) {
    for (const { group: of, name, location, properties } of await store.networks(type)) {
      add(of, `Microsoft.Network/${type}`, name, { location, document: properties });
      for (const subnet of listAt(properties, 'subnets')) {
        const below = `${name}/subnets/${textAt(subnet, 'name')}`;
        add(of, `Microsoft.Network/${type}`, below, { location, document: {} });
      }
    }
  }
  for (const { group: of, name, location, properties } of await store.loadBalancers()) {
    add(of, 'Microsoft.Network/loadBalancers', name, { location, document: properties });
  }
  for (const { group: of, name, uid, declared, model } of await store.scaleSets()) {
    const had = (await store.instances(uid)).flatMap((one) => [one.model, one.wanted.model]);
    const models = (await store.models(uid)).filter(({ version }) => [model, ...had].includes(version));
    const document = { declared, models };
    add(of, 'Microsoft.Compute/virtualMachineScaleSets', name, { location: declared.location, document });
  }
  return rows;
}

/** Every network id in a document, wherever it stands. */
function idsIn(document: unknown): readonly string[] {
  if (Array.isArray(document)) return document.flatMap(idsIn);
  if (!isObject(document)) return [];
  return Object.entries(document).flatMap(([key, value]) =>
    key === 'id' && typeof value === 'string' && value.includes('/Microsoft.Network/')
      ? [value.toLowerCase()]
      : idsIn(value),
  );
}

async function checkWhole(of: WireWorld, seen: { references: number }): Promise<void> {
  const rows = await rowsOf(of);
  const known = new Set((await of.store.groups()).map(({ name }) => name));
  const addresses: string[] = [];
  for (const row of rows.values()) {
    expect(known).toContain(row.group);
    // The latest model is declared too: each reference of a set counts once.
    for (const id of new Set(idsIn(row.document))) {
      expect(rows.get(id)?.location, `${id} of ${JSON.stringify(row)}`).toBe(row.location);
      seen.references += 1;
    }
    addresses.push(...idsIn(row.document).filter((id) => id.includes('/publicipaddresses/')));
  }
  expect(new Set(addresses).size).toBe(addresses.length);
}

test('no reference ever dangles, and no public IP address serves two', { timeout: 120_000 }, async () => {
  const statuses = new Map<number, number>();
  const seen = { references: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(turn, { minLength: 10, maxLength: 60, size: 'max' }), async (turns) => {
      world = await openWorld();
      for (const asked of BEGINNING) await send(world, asked);
      for (const { both, settle } of turns) {
        const here = world;
        for (const status of await Promise.all(both.map(async (asked) => send(here, asked)))) {
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
        if (settle) await here.settle();
        await checkWhole(here, seen);
      }
      expect(world.errors).toEqual([]);
      await world.close();
      world = undefined;
    }),
    { numRuns: 40 },
  );
  expect([...statuses.keys()].every((status) => status < 500)).toBe(true);
  // That it got far enough for this to mean something.
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 201, 202, 204, 400, 404]));
  expect(seen.references).toBeGreaterThan(400);
});
