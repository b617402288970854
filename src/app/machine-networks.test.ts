// Machine networks: network interfaces and public IP addresses that came with machines, among the rows of their type; and a
// machine whose own network interface is declared anew. A refusal changes nothing.
import { beforeEach, describe, expect, test } from 'vitest';
import {
  ORIGIN,
  refusalOf,
  refusedWhole,
  store,
  SUBSCRIPTION,
  type TestPlane,
  testPlane,
} from '../../test/testing/plane.ts';
import {
  declaredRow,
  groupRow,
  instanceRow,
  loadBalancerRow,
  modelRow,
  networkRow,
  scaleSetRow,
  SET_UID,
  vmIdOf,
} from '../../test/testing/rows.ts';
import { guestHandle } from '../domain/guest.ts';
import type { Instance } from '../domain/instance.ts';
import { type Attached, attachTo } from '../domain/interface-resource.ts';
import type { JsonObject } from '../domain/json.ts';
import { machineName } from '../domain/machine-name.ts';
import { networkPath } from '../domain/network-reference.ts';
import type { NetworkType } from '../domain/network-resource.ts';
import { machinePath, scaleSetPath } from '../domain/resource-path.ts';
import { listGroupResources } from './group-resources.ts';
import { getLoadBalancer } from './load-balancers.ts';
import { getInterfaces, listInterfaces } from './network-interfaces.ts';
import {
  deleteNetworkResource,
  getNetworkResource,
  listNetworkResources,
  type NetworkRef,
  patchNetworkResource,
  putNetworkResource,
} from './network-resources.ts';
import type { Change } from './ports/store.ts';

const NETWORK = networkRow({
  properties: {
    addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
    subnets: [{ name: 'a', properties: { addressPrefix: '10.0.0.0/24' } }],
  },
});
const SUBNET = { id: `${networkPath(SUBSCRIPTION, NETWORK)}/subnets/a` };
const name = (id: number): string => machineName('web', vmIdOf(id));
const digits = (id: number): string => name(id).slice(-8);
const path = (of: NetworkRef): string => networkPath(SUBSCRIPTION, of);
const ref = (type: NetworkType, called: string, group = 'rg'): NetworkRef => ({ type, group, name: called });

let plane: TestPlane;

beforeEach(async () => {
  plane = testPlane();
  await store(plane, 'group', groupRow(), groupRow({ name: 'other' }));
  await store(plane, 'network', NETWORK);
});

const MADE: JsonObject = {
  networkProfile: {
    networkInterfaceConfigurations: [
      {
        name: 'nic',
        properties: {
          primary: true,
          deleteOption: 'Delete',
          ipConfigurations: [
            { name: 'ip', properties: { subnet: SUBNET, publicIPAddressConfiguration: { name: 'public' } } },
          ],
        },
      },
    ],
  },
};

async function storeMachines(profile: JsonObject, version: number, ...given: readonly Instance[]) {
  const set = scaleSetRow({
    declared: declaredRow({ capacity: given.length, properties: { orchestrationMode: 'Flexible' } }),
    ...(version < 0 ? { lastOwnModel: version } : {}),
  });
  await store(plane, 'scaleSet', set);
  const model: Change = { kind: 'putModel', model: modelRow({ set: SET_UID, version, profile }) };
  await plane.store.commit([model]);
  await store(plane, 'instance', ...given);
}

function machine(id: number, given: Partial<Instance> = {}): Instance {
  return instanceRow({ id, vmId: vmIdOf(id), machine: { group: 'rg', name: name(id) }, ...given });
}

describe('the machines of a set', () => {
  const NIC = ref('networkInterfaces', `nic-${digits(0)}`);
  const ADDRESS = ref('publicIPAddresses', `public-${digits(0)}`);
  const held = { nic: 'nic', ipConfiguration: 'ip', subnet: `${NETWORK.uid}/a`, address: '10.0.0.4' };
  const observed = { ready: true, address: { host: '127.0.0.9', port: 80 } } as const;

  beforeEach(async () => {
    await storeMachines(MADE, 1, machine(0, { addresses: [held], observed }), machine(1));
  });

  test('have network interfaces and addresses that are found by their names and in lists', async () => {
    const view = await getNetworkResource(plane, { ...NIC, name: NIC.name.toUpperCase() });
    expect(view).toMatchObject({
      resource: { name: NIC.name, addresses: [held], holder: { primary: true } },
      machine: { path: machinePath(SUBSCRIPTION, 'rg', name(0)), host: '127.0.0.9', nic: 'nic' },
    });
    expect(await getNetworkResource(plane, ADDRESS)).toMatchObject({
      users: [{ by: `${path(NIC)}/ipConfigurations/ip` }],
      machine: { host: '127.0.0.9' },
    });
    for (const [type, start] of [
      ['networkInterfaces', 'nic'],
      ['publicIPAddresses', 'public'],
    ] as const) {
      const names = [digits(0), digits(1)].map((one) => `${start}-${one}`);
      for (const group of [undefined, 'RG']) {
        const views = await listNetworkResources(plane, type, group);
        expect(views.map(({ resource }) => resource.name)).toEqual(names);
      }
      expect(await listNetworkResources(plane, type, 'other')).toEqual([]);
    }
    for (const called of ['nic', `other-${digits(0)}`, `nic${digits(0)}`, 'nic-00000000']) {
      const failure = await refusalOf(getNetworkResource(plane, { ...NIC, name: called }));
      expect(failure.code).toBe('resourceNotFound');
    }
    expect((await refusalOf(getNetworkResource(plane, { ...NIC, group: 'other' }))).code).toBe(
      'resourceNotFound',
    );
  });

  test('are named by the subnet they stand in, and listed with the set that they go with', async () => {
    const { users } = await getNetworkResource(plane, NETWORK);
    expect(users.map(({ by }) => by)).toEqual(
      expect.arrayContaining(
        [0, 1].map((id) => `${path(ref('networkInterfaces', `nic-${digits(id)}`))}/ipConfigurations/ip`),
      ),
    );
    const listed = (await listGroupResources(plane, 'rg')).filter(({ managedBy }) => managedBy !== undefined);
    expect(listed).toHaveLength(4);
    expect(new Set(listed.map(({ managedBy }) => managedBy))).toEqual(
      new Set([scaleSetPath(SUBSCRIPTION, 'rg', 'web')]),
    );
  });

  test('keep what came with them: it is neither written nor deleted by itself', async () => {
    const ipConfigurations = [{ name: 'ip', properties: { subnet: SUBNET } }];
    const body = { location: 'westus', properties: { ipConfigurations } };
    const writes = [
      async () => putNetworkResource(plane, ORIGIN, { ...NIC, body }),
      async () => patchNetworkResource(plane, ORIGIN, { ...NIC, tags: {} }),
      async () => putNetworkResource(plane, ORIGIN, { ...ADDRESS, body: { location: 'westus' } }),
    ];
    for (const write of writes) expect((await refusedWhole(plane, write)).code).toBe('operationNotAllowed');
    const removed = await refusedWhole(plane, async () => deleteNetworkResource(plane, ORIGIN, NIC));
    expect(removed).toMatchObject({
      code: 'networkInterfaceInUse',
      message: expect.stringContaining(machinePath(SUBSCRIPTION, 'rg', name(0))) as string,
    });
    const address = await refusedWhole(plane, async () => deleteNetworkResource(plane, ORIGIN, ADDRESS));
    expect(address.code).toBe('publicIPAddressInUse');
  });

  test('have none below their set', async () => {
    const web = { group: 'rg', name: 'web' };
    for (const ask of [listInterfaces(plane, web), getInterfaces(plane, { ...web, instanceId: name(0) })]) {
      expect((await refusalOf(ask)).message).toBe(
        `Resource ${scaleSetPath(SUBSCRIPTION, 'rg', 'web')} not found.`,
      );
    }
  });
});

describe('a machine with a network interface of its own', () => {
  const NIC = ref('networkInterfaces', 'eth0');
  const LB = { group: 'rg', name: 'lb' };
  const POOL = {
    id: `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/loadBalancers/lb/backendAddressPools/pool`,
  };

  async function put(properties: JsonObject = {}): Promise<void> {
    const ipConfigurations = [{ name: 'ip', properties: { subnet: SUBNET, ...properties } }];
    const body = { location: 'westus', properties: { ipConfigurations } };
    await putNetworkResource(plane, ORIGIN, { ...NIC, body });
  }

  async function attach(given: Partial<Instance> = {}): Promise<void> {
    const rows = await plane.store.networks('networkInterfaces');
    const at = {
      subscriptionId: SUBSCRIPTION,
      path: '/vm',
      location: 'westus',
      guest: guestHandle(SET_UID, 0),
    };
    const { changed, configurations, addresses }: Attached = attachTo(
      at,
      [{ id: path(NIC) }],
      rows,
      () => '',
    );
    const profile = { networkProfile: { networkInterfaceConfigurations: configurations } };
    const wanted = { ...instanceRow().wanted, model: -1 };
    await storeMachines(profile, -1, machine(0, { addresses, model: -1, wanted, ...given }));
    await store(plane, 'network', ...changed);
  }

  async function now(): Promise<Instance> {
    return (await plane.store.machine('rg', name(0))) as Instance;
  }

  beforeEach(async () => {
    await store(plane, 'loadBalancer', loadBalancerRow());
    await put();
  });

  test('joins and leaves the pools that its network interface is declared with', async () => {
    await attach();
    const members = async () =>
      (await getLoadBalancer(plane, LB)).members.map(({ handle, ipConfigurations }) => [
        handle,
        ...ipConfigurations.values(),
      ]);
    expect(await members()).toEqual([]);
    await put({ loadBalancerBackendAddressPools: [POOL] });
    expect(await members()).toEqual([[guestHandle(SET_UID, 0), `${path(NIC)}/ipConfigurations/ip`]]);
    await put();
    expect(await members()).toEqual([]);
    expect((await now()).model).toBe(-3);
    expect((await plane.store.scaleSetByUid(SET_UID))?.lastOwnModel).toBe(-3);
    // The network interface names its pool and its subnet; the machine does not a second time.
    await put({ loadBalancerBackendAddressPools: [POOL] });
    const { users } = await getNetworkResource(plane, NETWORK);
    expect(users.map(({ by }) => by)).toEqual([`${path(NIC)}/ipConfigurations/ip`]);
  });

  test('holds the address that its network interface has, and nobody is given it again', async () => {
    await attach();
    await put({ privateIPAddress: '10.0.0.77', privateIPAllocationMethod: 'Static' });
    expect((await now()).addresses).toEqual([
      { nic: 'eth0', ipConfiguration: 'ip', subnet: `${NETWORK.uid}/a`, address: '10.0.0.77' },
    ]);
    const ip = { subnet: SUBNET, privateIPAddress: '10.0.0.77', privateIPAllocationMethod: 'Static' };
    const body = { location: 'westus', properties: { ipConfigurations: [{ name: 'ip', properties: ip }] } };
    const other = await refusedWhole(plane, async () =>
      putNetworkResource(plane, ORIGIN, { ...ref('networkInterfaces', 'eth1'), body }),
    );
    expect(other.code).toBe('privateAddressTaken');
  });

  test('is left alone on its way out', async () => {
    await attach({ wanted: { ...instanceRow().wanted, model: -1, exists: false } });
    const before = await now();
    await put({ loadBalancerBackendAddressPools: [POOL] });
    expect(await now()).toBe(before);
  });
});
