// Network interfaces that are resources of their own: their addresses, what they hold, what is refused. A refusal changes nothing.
import * as fc from 'fast-check';
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
import { groupRow, instanceRow, loadBalancerRow, networkRow, SET_UID } from '../../test/testing/rows.ts';
import { Failure } from '../domain/failure.ts';
import { guestHandle } from '../domain/guest.ts';
import { attachTo } from '../domain/interface-resource.ts';
import type { JsonObject } from '../domain/json.ts';
import { networkPath } from '../domain/network-reference.ts';
import type { NetworkResource, NetworkType } from '../domain/network-resource.ts';
import { deleteLoadBalancer, getLoadBalancer, putLoadBalancer } from './load-balancers.ts';
import {
  deleteNetworkResource,
  getNetworkResource,
  type NetworkRef,
  patchNetworkResource,
  putNetworkResource,
} from './network-resources.ts';
import { deleteGroup } from './resource-groups.ts';

const ref = (type: NetworkType, name: string, group = 'rg'): NetworkRef => ({ type, group, name });
const path = (of: NetworkRef): string => networkPath(SUBSCRIPTION, of);
const VNET = ref('virtualNetworks', 'vnet');
const NIC = ref('networkInterfaces', 'nic');
const LB = { group: 'rg', name: 'lb' };
const BALANCER = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/loadBalancers/lb`;
/** Three addresses that may be given: 10.0.0.4 to 10.0.0.6. */
const NETWORK = networkRow({
  properties: {
    addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
    subnets: ['a', 'b'].map((name, index) => ({
      name,
      properties: { addressPrefix: `10.0.${index}.0/29` },
    })),
  },
});

let plane: TestPlane;

beforeEach(async () => {
  plane = testPlane();
  await store(plane, 'group', groupRow(), groupRow({ name: 'other' }));
  await store(plane, 'network', NETWORK);
});

function ip(more: JsonObject = {}, name = 'ip', subnet = 'a'): JsonObject {
  return { name, properties: { subnet: { id: `${path(VNET)}/subnets/${subnet}` }, ...more } };
}

function fixed(privateIPAddress: string): JsonObject {
  return { privateIPAddress, privateIPAllocationMethod: 'Static' };
}

async function put(of: NetworkRef, ...ips: readonly JsonObject[]) {
  const body = { location: 'westus', properties: { ipConfigurations: ips } };
  return putNetworkResource(plane, ORIGIN, { ...of, body });
}

async function addresses(of: NetworkRef): Promise<readonly (string | undefined)[]> {
  const { resource } = await getNetworkResource(plane, of);
  return (resource.addresses ?? []).map(({ address }) => address);
}

/** A machine with this network interface, as whoever writes machines attaches it. */
async function attach(of: NetworkRef): Promise<void> {
  const rows = await plane.store.networks('networkInterfaces');
  const guest = guestHandle(SET_UID, 0);
  const machine = { subscriptionId: SUBSCRIPTION, path: '/machine', location: 'westus', guest };
  const attached = attachTo(machine, [{ id: path(of) }], rows, () => '');
  const address = { host: '127.0.0.9', port: 8080 };
  const instance = instanceRow({
    addresses: attached.addresses,
    observed: { ready: true, power: 'running', address },
  });
  await storeSet(plane, [instance]);
  await store(plane, 'network', ...attached.changed);
}

describe('private addresses', () => {
  test('are the first free ones, or those declared, and stay', async () => {
    const fixedOne = ref('networkInterfaces', 'static');
    const last = ref('networkInterfaces', 'last');
    await put(NIC, ip());
    await put(fixedOne, ip(fixed('10.0.0.5')));
    await put(last, ip());
    // What a client sends back of what was handed out is no declaration.
    await put(NIC, ip({ privateIPAddress: '10.0.0.6', privateIPAllocationMethod: 'Dynamic' }));
    expect([await addresses(NIC), await addresses(fixedOne), await addresses(last)]).toEqual([
      ['10.0.0.4'],
      ['10.0.0.5'],
      ['10.0.0.6'],
    ]);
  });

  test('are refused when they are taken, outside, kept by Azure, or none is left', async () => {
    await put(NIC, ip());
    const other = ref('networkInterfaces', 'other');
    const refusals: readonly [string, string][] = [
      ['10.0.0.4', 'privateAddressTaken'],
      ['10.0.1.4', 'privateAddressOutsideSubnet'],
      ['10.0.0.3', 'privateAddressReserved'],
    ];
    for (const [address, code] of refusals) {
      expect(await refusedWhole(plane, async () => put(other, ip(fixed(address))))).toMatchObject({ code });
    }
    await put(other, ip({ primary: true }), ip({}, 'second'));
    const full = await refusedWhole(plane, async () => put(ref('networkInterfaces', 'third'), ip()));
    expect(full.code).toBe('subnetIsFull');
  });

  test('are counted with those of instances and frontends', async () => {
    const held = { nic: 'nic', ipConfiguration: 'ip', subnet: `${NETWORK.uid}/a`, address: '10.0.0.4' };
    await storeSet(plane, [instanceRow({ addresses: [held] })]);
    const front = { name: 'front', properties: { subnet: { id: `${path(VNET)}/subnets/a` } } };
    await put(NIC, ip());
    const body = { location: 'westus', properties: { frontendIPConfigurations: [front] } };
    const { balancer } = await putLoadBalancer(plane, ORIGIN, { ...LB, body });
    expect(await addresses(NIC)).toEqual(['10.0.0.5']);
    expect(JSON.stringify(balancer.properties)).toContain('10.0.0.6');
  });

  test('change with the subnet, and are changed by what is declared, also while a machine has them', async () => {
    await put(NIC, ip());
    await attach(NIC);
    await put(NIC, ip(fixed('10.0.0.4')));
    await put(NIC, ip(fixed('10.0.0.6')));
    expect(await addresses(NIC)).toEqual(['10.0.0.6']);
    await put(NIC, ip({}, 'ip', 'b'));
    expect(await addresses(NIC)).toEqual(['10.0.1.4']);
  });
});

const step = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd'),
  wish: fc.constantFrom('free', 'gone', '10.0.0.4', '10.0.0.5', '10.0.0.6'),
  two: fc.boolean(),
});

test('whatever is written at the same time, no address is given twice', async () => {
  let given = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(step, step), { maxLength: 8 }), async (turns) => {
      plane = testPlane();
      await store(plane, 'group', groupRow());
      await store(plane, 'network', NETWORK);
      for (const turn of turns) {
        await Promise.all(
          turn.map(async ({ name, wish, two }) => {
            const of = ref('networkInterfaces', name);
            const first = wish === 'free' ? {} : fixed(wish);
            const work =
              wish === 'gone'
                ? deleteNetworkResource(plane, ORIGIN, of)
                : put(of, ip({ ...first, primary: true }), ...(two ? [ip({}, 'second')] : []));
            try {
              await work;
            } catch (error) {
              if (!(error instanceof Failure)) throw error;
            }
          }),
        );
        const rows = await plane.store.networks('networkInterfaces');
        const all = rows.flatMap((row) => (row.addresses ?? []).map(({ address }) => address));
        expect(new Set(all).size).toBe(all.length);
        for (const row of rows) expect(row.addresses).toHaveLength(partsOf(row).length);
        given += all.length;
      }
    }),
    { numRuns: 40 },
  );
  expect(given).toBeGreaterThan(100);
});

function partsOf({ properties }: NetworkResource): readonly unknown[] {
  return properties['ipConfigurations'] as readonly unknown[];
}

describe('what a network interface names', () => {
  const ADDRESS = ref('publicIPAddresses', 'public');
  const GROUP = ref('networkSecurityGroups', 'nsg');

  async function putNaming(of: NetworkRef): Promise<void> {
    const ipConfigurations = [ip({ publicIPAddress: { id: path(ADDRESS) } })];
    const properties = { networkSecurityGroup: { id: path(GROUP) }, ipConfigurations };
    await putNetworkResource(plane, ORIGIN, { ...of, body: { location: 'westus', properties } });
  }

  test('must be there, and stays while it is named', async () => {
    expect(await refusedWhole(plane, async () => putNaming(NIC))).toMatchObject({
      code: 'invalidResourceReference',
      message: expect.stringContaining(`referenced by resource ${path(NIC)} was not found`) as string,
    });
    for (const one of [ADDRESS, GROUP]) {
      await putNetworkResource(plane, ORIGIN, { ...one, body: { location: 'westus' } });
    }
    await putNaming(NIC);
    const refusals: readonly [NetworkRef, string][] = [
      [ADDRESS, 'publicIPAddressInUse'],
      [GROUP, 'securityGroupInUse'],
      [VNET, 'subnetInUse'],
    ];
    for (const [one, code] of refusals) {
      const refused = await refusedWhole(plane, async () => deleteNetworkResource(plane, ORIGIN, one));
      expect(refused.code).toBe(code);
      expect(refused.message).toContain(path(NIC));
    }
    const again = await refusedWhole(plane, async () => putNaming(ref('networkInterfaces', 'second')));
    expect(again.code).toBe('publicIPAddressTaken');
    expect((await getNetworkResource(plane, VNET)).users).toMatchObject([
      { by: `${path(NIC)}/ipConfigurations/ip` },
    ]);
    await deleteNetworkResource(plane, ORIGIN, NIC);
    for (const [one] of refusals) expect(await deleteNetworkResource(plane, ORIGIN, one)).toBe(true);
  });

  test('of a balancer is kept too, and a rule leads to one alone', async () => {
    const single = {
      name: 'ssh',
      properties: { protocol: 'Tcp', frontendPort: 2222, backendPort: 22 },
    };
    const row = loadBalancerRow();
    await store(plane, 'loadBalancer', {
      ...row,
      properties: { ...row.properties, inboundNatRules: [single] },
    });
    const named = ip({
      loadBalancerBackendAddressPools: [{ id: `${BALANCER}/backendAddressPools/pool` }],
      loadBalancerInboundNatRules: [{ id: `${BALANCER}/inboundNatRules/ssh` }],
    });
    const lost = ip({ loadBalancerBackendAddressPools: [{ id: `${BALANCER}/backendAddressPools/none` }] });
    const dangling = await refusedWhole(plane, async () => put(NIC, lost));
    expect(dangling.code).toBe('invalidResourceReference');
    await put(NIC, named);
    expect((await getLoadBalancer(plane, LB)).interfaces.map(({ kind, name }) => [kind, name])).toEqual([
      ['backendAddressPools', 'pool'],
      ['inboundNatRules', 'ssh'],
    ]);
    const second = await refusedWhole(plane, async () => put(ref('networkInterfaces', 'second'), named));
    expect(second.code).toBe('natRuleTaken');
    const gone = await refusedWhole(plane, async () => deleteLoadBalancer(plane, ORIGIN, LB));
    expect(gone).toMatchObject({
      code: 'balancerPartInUse',
      message: `Cannot delete load balancer ${BALANCER} since its child resources pool, ssh are in use by network interface IP configuration ${path(NIC)}/ipConfigurations/ip.`,
    });
    const bare = { location: 'westus', properties: { backendAddressPools: [{ name: 'pool' }] } };
    const smaller = await refusedWhole(plane, async () =>
      putLoadBalancer(plane, ORIGIN, { ...LB, body: bare }),
    );
    expect(smaller.message).toContain('Cannot remove inbound nat rule ssh from load balancer');
    await put(NIC, ip());
    expect(await deleteLoadBalancer(plane, ORIGIN, LB)).toBe(true);
  });
});

describe('a network interface that a machine has', () => {
  test('shows it, is not deleted, and keeps it through every write', async () => {
    await put(NIC, ip());
    await attach(NIC);
    const machine = { vmId: instanceRow().vmId, host: '127.0.0.9' };
    expect(await getNetworkResource(plane, NIC)).toMatchObject({ machine });
    const refused = await refusedWhole(plane, async () => deleteNetworkResource(plane, ORIGIN, NIC));
    expect(refused.code).toBe('networkInterfaceInUse');
    await put(NIC, ip());
    await patchNetworkResource(plane, ORIGIN, { ...NIC, tags: { a: 'b' } });
    expect(await getNetworkResource(plane, NIC)).toMatchObject({ machine, resource: { tags: { a: 'b' } } });
  });

  test('of another group holds its own group back', async () => {
    const nic = ref('networkInterfaces', 'nic', 'other');
    await put(nic, ip());
    await attach(nic);
    const refused = await refusedWhole(plane, async () => deleteGroup(plane, ORIGIN, 'other'));
    expect(refused.code).toBe('networkInterfaceInUse');
  });
});
