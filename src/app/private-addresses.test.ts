// Private addresses in requests: a write that asks for more than there is room for, an update that leads into another subnet,
// and the frontends of internal balancers, which take from the same subnets. A refusal changes nothing.
import { beforeEach, describe, expect, test } from 'vitest';
import {
  ORIGIN,
  refusedWhole,
  store,
  storeSet,
  SUBSCRIPTION,
  type TestPlane,
  testPlane,
} from '../../test/testing/plane.ts';
import {
  groupRow,
  instanceRow,
  loadBalancerRow,
  networkRow,
  scaleSetBody,
  scaleSetRow,
  SET_UID,
} from '../../test/testing/rows.ts';
import { guestHandle } from '../domain/guest.ts';
import { type JsonObject, listAt, textAt } from '../domain/json.ts';
import type { PrivateAddress } from '../domain/private-address.ts';
import { actOnInstances } from './act-on-instances.ts';
import { findSelf } from './guest-metadata.ts';
import { putLoadBalancer } from './load-balancers.ts';
import { patchScaleSet, putScaleSet } from './write-scale-set.ts';

const NETWORK = networkRow({
  properties: {
    addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
    subnets: ['a', 'b'].map((name, index) => ({
      name,
      properties: { addressPrefix: `10.0.${index}.0/29` },
    })),
  },
});
const SET = { group: 'rg', name: 'web' };
const LB = { group: 'rg', name: 'lb' };

let plane: TestPlane;

beforeEach(async () => {
  plane = testPlane();
  await store(plane, 'group', groupRow());
  await store(plane, 'network', NETWORK);
});

function subnet(name: string): JsonObject {
  const path = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network`;
  return { id: `${path}/virtualNetworks/vnet/subnets/${name}` };
}

function profile(name: string): JsonObject {
  const { virtualMachineProfile } = scaleSetBody()['properties'] as { virtualMachineProfile: JsonObject };
  const ip = { name: 'ip', properties: { subnet: subnet(name) } };
  return {
    ...virtualMachineProfile,
    networkProfile: {
      networkInterfaceConfigurations: [{ name: 'nic', properties: { ipConfigurations: [ip] } }],
    },
  };
}

function body(capacity: number, name = 'a'): JsonObject {
  return scaleSetBody({
    sku: { name: 'Standard_B1s', capacity },
    properties: { overprovision: false, virtualMachineProfile: profile(name) },
  });
}

function held(name: string, address: string): PrivateAddress {
  return { nic: 'nic', ipConfiguration: 'ip', subnet: `${NETWORK.uid}/${name}`, address };
}

function frontend(name: string, properties: JsonObject): JsonObject {
  return {
    location: 'westus',
    properties: { frontendIPConfigurations: [{ name, properties: { subnet: subnet('a'), ...properties } }] },
  };
}

async function addressOf(): Promise<unknown> {
  const balancer = await plane.store.loadBalancer('rg', 'lb');
  const [first] = listAt(balancer?.properties, 'frontendIPConfigurations');
  return textAt(first, 'properties', 'privateIPAddress');
}

describe('a write of a set', () => {
  test('that asks for more addresses than its subnet has is refused', async () => {
    const failure = await refusedWhole(plane, () => putScaleSet(plane, ORIGIN, { ...SET, body: body(4) }));
    expect(failure).toMatchObject({
      code: 'subnetIsFull',
      message: 'Subnet a with address prefix 10.0.0.0/29 does not have enough capacity for 4 IP addresses.',
    });
    await putScaleSet(plane, ORIGIN, { ...SET, body: body(3) });
  });

  test('counts what instances and frontends hold, and asks for those only that are missing', async () => {
    await putLoadBalancer(plane, ORIGIN, { ...LB, body: frontend('front', {}) });
    await putScaleSet(plane, ORIGIN, { ...SET, body: body(2) });
    const failure = await refusedWhole(plane, () =>
      patchScaleSet(plane, ORIGIN, { ...SET, body: { sku: { capacity: 3 } } }),
    );
    expect(failure.code).toBe('subnetIsFull');
    await patchScaleSet(plane, ORIGIN, { ...SET, body: { sku: { capacity: 1 } } });
  });
});

describe('what was declared before networks were looked at and names a subnet that is not there', () => {
  const elsewhere = (value: JsonObject, network: string): JsonObject =>
    JSON.parse(JSON.stringify(value).replaceAll('/vnet/', `/${network}/`)) as JsonObject;

  test('is a set that can be changed, but not led to another that is not there', async () => {
    await storeSet(plane, [instanceRow()], scaleSetRow({ capacity: 1 }));
    const set = await plane.store.scaleSet('rg', 'web');
    if (set === undefined) throw new Error('there is no set');
    const virtualMachineProfile = elsewhere(profile('a'), 'lost');
    const properties = { ...set.declared.properties, virtualMachineProfile };
    await store(plane, 'scaleSet', { ...set, declared: { ...set.declared, properties } });
    await patchScaleSet(plane, ORIGIN, { ...SET, body: { tags: { a: 'b' }, sku: { capacity: 3 } } });
    const other = { properties: { virtualMachineProfile: elsewhere(profile('a'), 'other') } };
    const failure = await refusedWhole(plane, () => patchScaleSet(plane, ORIGIN, { ...SET, body: other }));
    expect(failure.code).toBe('invalidResourceReference');
  });

  test('is a balancer that can be changed', async () => {
    const front = {
      privateIPAllocationMethod: 'Static',
      privateIPAddress: '10.9.0.7',
      subnet: elsewhere(subnet('a'), 'lost'),
    };
    const { properties } = frontend('front', front) as { properties: JsonObject };
    await store(plane, 'loadBalancer', loadBalancerRow({ properties }));
    const pools = { ...properties, backendAddressPools: [{ name: 'pool' }] };
    await putLoadBalancer(plane, ORIGIN, { ...LB, body: { location: 'westus', properties: pools } });
    expect(await addressOf()).toBe('10.9.0.7');
  });
});

describe('an update', () => {
  const update = { ...SET, verb: 'update', target: { kind: 'named', instanceIds: ['0'] } } as const;

  beforeEach(async () => {
    const instances = [instanceRow({ addresses: [held('a', '10.0.0.5')] })];
    await storeSet(plane, instances, scaleSetRow({ capacity: 1, model: 2 }));
    const models = await plane.store.models(SET_UID);
    const latest = models.find(({ version }) => version === 2);
    if (latest === undefined) throw new Error('there is no second model');
    await plane.store.commit([
      { kind: 'removeModels', set: SET_UID, versions: [2] },
      { kind: 'putModel', model: { ...latest, profile: profile('b') } },
    ]);
  });

  test('into another subnet gives an address of that, and holds the old one until it has come true', async () => {
    await actOnInstances(plane, ORIGIN, update);
    const [after] = await plane.store.instances(SET_UID);
    expect(after).toMatchObject({
      addresses: [held('b', '10.0.1.4')],
      wanted: { model: 2, turn: { kind: 'reconfigure' } },
      task: { undo: { addresses: [held('a', '10.0.0.5')] } },
    });
    const [network] = await plane.store.networks('virtualNetworks');
    expect(network?.revision).toBe(2);
  });

  test('that is under way leaves what its guest is told of its network as it was', async () => {
    const [first] = await plane.store.models(SET_UID);
    if (first === undefined) throw new Error('there is no model');
    await plane.store.commit([
      { kind: 'removeModels', set: SET_UID, versions: [first.version] },
      { kind: 'putModel', model: { ...first, profile: profile('a') } },
    ]);
    await actOnInstances(plane, ORIGIN, update);
    const self = await findSelf(plane, guestHandle(SET_UID, 0));
    expect(self?.prefixes.get('10.0.0.5')).toBe('10.0.0.0/29');
  });

  test('into a full subnet is refused', async () => {
    const others = [4, 5, 6].map((n) =>
      instanceRow({
        set: '5e7a0000-0000-4000-8000-00000000000c',
        id: n,
        addresses: [held('b', `10.0.1.${n}`)],
      }),
    );
    const other = scaleSetRow({ uid: '5e7a0000-0000-4000-8000-00000000000c', name: 'other', capacity: 3 });
    await storeSet(plane, others, other);
    const failure = await refusedWhole(plane, () => actOnInstances(plane, ORIGIN, update));
    expect(failure.code).toBe('subnetIsFull');
  });
});

describe('a frontend of an internal balancer', () => {
  test('gets the first free address of its subnet, and keeps it as long as it is in it', async () => {
    await storeSet(plane, [instanceRow({ addresses: [held('a', '10.0.0.4')] })]);
    await putLoadBalancer(plane, ORIGIN, { ...LB, body: frontend('front', {}) });
    expect(await addressOf()).toBe('10.0.0.5');
    const [instance] = await plane.store.instances(SET_UID);
    if (instance === undefined) throw new Error('there is no instance');
    await plane.store.commit([{ kind: 'remove', table: 'instance', row: instance }]);
    // What a client sends back of an address that was handed out says nothing.
    await putLoadBalancer(plane, ORIGIN, {
      ...LB,
      body: frontend('front', { privateIPAddress: '10.0.0.6' }),
    });
    expect(await addressOf()).toBe('10.0.0.5');
    await putLoadBalancer(plane, ORIGIN, { ...LB, body: frontend('front', { subnet: subnet('b') }) });
    expect(await addressOf()).toBe('10.0.1.4');
  });

  test('has the static address that it asks for, unless an instance has it', async () => {
    await storeSet(plane, [instanceRow({ addresses: [held('a', '10.0.0.4')] })]);
    const asking = (address: string): JsonObject =>
      frontend('front', { privateIPAddress: address, privateIPAllocationMethod: 'Static' });
    const failure = await refusedWhole(plane, () =>
      putLoadBalancer(plane, ORIGIN, { ...LB, body: asking('10.0.0.4') }),
    );
    expect(failure.code).toBe('privateAddressTaken');
    await putLoadBalancer(plane, ORIGIN, { ...LB, body: asking('10.0.0.6') });
    expect(await addressOf()).toBe('10.0.0.6');
  });

  test('finds a full subnet', async () => {
    const rows = [4, 5, 6].map((n, id) => instanceRow({ id, addresses: [held('a', `10.0.0.${n}`)] }));
    await storeSet(plane, rows);
    const failure = await refusedWhole(plane, () =>
      putLoadBalancer(plane, ORIGIN, { ...LB, body: frontend('front', {}) }),
    );
    expect(failure.code).toBe('subnetIsFull');
  });
});
