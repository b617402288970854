// Network resources: what a write keeps and replaces, what it must name, and what is refused because something is named. A
// refusal changes nothing.
import { beforeEach, describe, expect, test } from 'vitest';
import {
  logged,
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
  modelRow,
  scaleSetBody,
  scaleSetRow,
  SET_UID,
} from '../../test/testing/rows.ts';
import type { JsonObject } from '../domain/json.ts';
import { networkPath } from '../domain/network-reference.ts';
import type { NetworkType } from '../domain/network-resource.ts';
import { deleteLoadBalancer, putLoadBalancer } from './load-balancers.ts';
import { deleteNetworkPart, putNetworkPart } from './network-parts.ts';
import {
  deleteNetworkResource,
  getNetworkResource,
  listNetworkResources,
  type NetworkRef,
  patchNetworkResource,
  putNetworkResource,
} from './network-resources.ts';
import { deleteGroup } from './resource-groups.ts';
import { putScaleSet } from './write-scale-set.ts';

let plane: TestPlane;

beforeEach(async () => {
  plane = testPlane();
  await store(plane, 'group', groupRow(), groupRow({ name: 'other' }));
});

const ref = (type: NetworkType, name: string, group = 'rg'): NetworkRef => ({ type, group, name });
const VNET = ref('virtualNetworks', 'vnet');
const NSG = ref('networkSecurityGroups', 'nsg');
const IP = ref('publicIPAddresses', 'ip');
const NAT = ref('natGateways', 'nat');
const path = (of: NetworkRef): string => networkPath(SUBSCRIPTION, of);
const SUBNET = `${path(VNET)}/subnets/default`;
const STANDARD = { sku: { name: 'Standard' } };

async function make(of: NetworkRef, properties: JsonObject = {}, more: JsonObject = {}) {
  return putNetworkResource(plane, ORIGIN, { ...of, body: { location: 'westus', properties, ...more } });
}

function network(...subnets: readonly JsonObject[]): JsonObject {
  return { addressSpace: { addressPrefixes: ['10.0.0.0/16'] }, subnets };
}

function subnet(name = 'default', more: JsonObject = {}, addressPrefix = '10.0.0.0/24'): JsonObject {
  return { name, properties: { addressPrefix, ...more } };
}

async function makeAddress(name = 'ip'): Promise<void> {
  await make(ref('publicIPAddresses', name), { publicIPAllocationMethod: 'Static' }, STANDARD);
}

function balancer(name: string, ...frontends: readonly JsonObject[]) {
  const frontendIPConfigurations = frontends.map((properties, index) => ({ name: `f${index}`, properties }));
  const body = { location: 'westus', ...STANDARD, properties: { frontendIPConfigurations } };
  return putLoadBalancer(plane, ORIGIN, { group: 'rg', name, body });
}

/** Of a set whose one interface has these members, and whose one address has those. */
function setBody(ip: JsonObject, nic: JsonObject = {}): JsonObject {
  const { virtualMachineProfile } = scaleSetBody()['properties'] as { virtualMachineProfile: JsonObject };
  const ipConfigurations = [{ name: 'ip', properties: ip }];
  const networkProfile = {
    networkInterfaceConfigurations: [
      { name: 'nic', properties: { primary: true, ...nic, ipConfigurations } },
    ],
  };
  return scaleSetBody({
    properties: { virtualMachineProfile: { ...virtualMachineProfile, networkProfile } },
  });
}

describe('a write', () => {
  test('makes a resource with its id, its tag and a log entry', async () => {
    const { resource, created } = await make(VNET, network(subnet()), { tags: { a: 'b' } });
    expect(created).toBe(true);
    expect(resource).toMatchObject({ ...VNET, location: 'westus', tags: { a: 'b' } });
    expect(resource.uid).not.toBe(resource.etag);
    expect(await logged(plane)).toMatchObject([
      { status: 'Succeeded', operationName: 'Microsoft.Network/virtualNetworks/write' },
    ]);
  });

  test('replaces what was there, but for what makes it this one', async () => {
    const { resource: first } = await make(VNET, network(subnet()), { tags: { a: 'b' } });
    const { resource: second, created } = await make({ ...VNET, name: 'VNET' }, network());
    expect(created).toBe(false);
    expect(second).toMatchObject({ uid: first.uid, name: 'vnet', tags: {}, created: first.created });
    expect(second.etag).not.toBe(first.etag);
  });

  test('is refused where its condition does not hold', async () => {
    await make(VNET, network());
    const body = { location: 'westus', properties: network() };
    const write = async (): Promise<unknown> =>
      putNetworkResource(plane, ORIGIN, { ...VNET, body, ifNoneMatch: '*' });
    expect((await refusedWhole(plane, write)).code).toBe('preconditionFailed');
  });

  test('is refused in another region than before', async () => {
    await make(VNET, network());
    const move = async (): Promise<unknown> => make(VNET, network(), { location: 'eastus' });
    expect((await refusedWhole(plane, move)).code).toBe('invalidResourceLocation');
  });

  test('of tags changes nothing else', async () => {
    const { resource: before } = await make(VNET, network(subnet()), { tags: { a: 'b' } });
    const { resource } = await patchNetworkResource(plane, ORIGIN, { ...VNET, tags: { c: 1 } });
    expect(resource).toEqual({ ...before, revision: 1, tags: { c: '1' }, etag: resource.etag });
  });

  test('is refused in a group that goes away', async () => {
    await deleteGroup(plane, ORIGIN, 'rg');
    const failure = await refusedWhole(plane, async () => make(VNET, network()));
    expect(failure.code).toBe('groupBeingDeleted');
  });

  test('keeps types apart that share a name, and groups apart', async () => {
    await make(ref('networkSecurityGroups', 'same'));
    await make(ref('virtualNetworks', 'same'), network());
    await make(ref('virtualNetworks', 'same', 'other'), network());
    const named = async (group?: string): Promise<readonly string[]> =>
      (await listNetworkResources(plane, 'virtualNetworks', group)).map(({ resource }) => resource.group);
    expect([await named('rg'), await named()]).toEqual([['rg'], ['other', 'rg']]);
  });
});

describe('what is named', () => {
  test.each<[string, JsonObject, string]>([
    ['a group that is not there', { networkSecurityGroup: { id: path(NSG) } }, 'invalidResourceReference'],
    ['a gateway that is not there', { natGateway: { id: path(NAT) } }, 'invalidResourceReference'],
    [
      'what is not served',
      { routeTable: { id: path(NAT).replace('natGateways', 'routeTables') } },
      'invalidResourceReference',
    ],
    ['what is of another kind', { networkSecurityGroup: { id: path(NAT) } }, 'invalidRequestFormat'],
    ['what is no id', { networkSecurityGroup: { id: 'nsg' } }, 'invalidRequestFormat'],
    ['nothing', { networkSecurityGroup: {} }, 'invalidRequestFormat'],
    [
      'what another subscription has',
      { networkSecurityGroup: { id: path(NSG).replace(SUBSCRIPTION, 'x') } },
      'invalidResourceReference',
    ],
  ])('must be there: a subnet that names %s is refused', async (_, more, code) => {
    const failure = await refusedWhole(plane, async () => make(VNET, network(subnet('default', more))));
    expect(failure.code).toBe(code);
  });

  test('must be in the same region', async () => {
    await make(NSG, {}, { location: 'eastus' });
    const id = path(NSG);
    const write = async (): Promise<unknown> =>
      make(VNET, network(subnet('default', { networkSecurityGroup: { id } })));
    expect((await refusedWhole(plane, write)).code).toBe('invalidResourceReference');
  });

  test('must be there for a scale set too, and one without a network names nothing', async () => {
    const put = async (body: JsonObject): Promise<unknown> =>
      putScaleSet(plane, ORIGIN, { group: 'rg', name: 'web', body });
    const named = setBody({ subnet: { id: SUBNET } }, { networkSecurityGroup: { id: path(NSG) } });
    expect((await refusedWhole(plane, async () => put(named))).code).toBe('invalidResourceReference');
    await make(VNET, network(subnet()));
    expect((await refusedWhole(plane, async () => put(named))).message).toContain(
      'networkSecurityGroups/nsg',
    );
    await make(NSG);
    await put(named);
    await put(scaleSetBody());
  });

  test('is written again with what names it', async () => {
    const { resource } = await make(NSG);
    await make(VNET, network(subnet('default', { networkSecurityGroup: { id: path(NSG) } })));
    const stale = plane.store.commit([
      { kind: 'remove', table: 'network', row: { ...resource, revision: 1 } },
    ]);
    await expect(stale).rejects.toThrow('changed by somebody else');
  });
});

describe('a public IP address', () => {
  test('serves one frontend only', async () => {
    await makeAddress();
    const publicIPAddress = { id: path(IP) };
    const twice = async (): Promise<unknown> => balancer('lb', { publicIPAddress }, { publicIPAddress });
    expect((await refusedWhole(plane, twice)).code).toBe('publicIPAddressTaken');
    await balancer('lb', { publicIPAddress });
    await balancer('lb', { publicIPAddress });
    const other = async (): Promise<unknown> => balancer('other', { publicIPAddress });
    expect((await refusedWhole(plane, other)).code).toBe('publicIPAddressTaken');
    const gateway = async (): Promise<unknown> => make(NAT, { publicIpAddresses: [publicIPAddress] });
    expect((await refusedWhole(plane, gateway)).code).toBe('publicIPAddressTaken');
    await deleteLoadBalancer(plane, ORIGIN, { group: 'rg', name: 'lb' });
    await gateway();
  });

  test('serves balancers and gateways of its own kind only', async () => {
    await make(IP);
    const publicIPAddress = { id: path(IP) };
    const failure = await refusedWhole(plane, async () => balancer('lb', { publicIPAddress }));
    expect(failure.code).toBe('publicIPAddressAndBalancerDiffer');
    const gateway = async (): Promise<unknown> => make(NAT, { publicIpAddresses: [publicIPAddress] });
    expect((await refusedWhole(plane, gateway)).code).toBe('badRequest');
  });

  test('has a name of its own', async () => {
    const named = { dnsSettings: { domainNameLabel: 'web' } };
    await make(IP, named);
    await make(IP, named);
    const other = async (): Promise<unknown> => make(ref('publicIPAddresses', 'two'), named);
    expect((await refusedWhole(plane, other)).code).toBe('dnsRecordInUse');
  });

  test('has its name alone also when two take it at the same moment', async () => {
    const named = { dnsSettings: { domainNameLabel: 'web' } };
    const both = ['rg', 'other'].map(async (group) => make(ref('publicIPAddresses', 'ip', group), named));
    const results = await Promise.allSettled(both);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await plane.store.networks('publicIPAddresses')).toHaveLength(1);
  });

  test('is not deleted while it is used, and shows by what', async () => {
    await makeAddress();
    await balancer('lb', { publicIPAddress: { id: path(IP) } });
    const gone = async (): Promise<unknown> => deleteNetworkResource(plane, ORIGIN, IP);
    const failure = await refusedWhole(plane, gone);
    expect(failure.code).toBe('publicIPAddressInUse');
    const { users } = await getNetworkResource(plane, IP);
    expect(users.map(({ by }) => by.split('/').slice(-2))).toEqual([['frontendIPConfigurations', 'f0']]);
  });
});

describe('a subnet', () => {
  const body = { properties: { addressPrefix: '10.0.9.0/24' } };
  const part = { ...VNET, kind: 'subnets', part: 'default' } as const;

  test('is written alone, in its place', async () => {
    await make(
      VNET,
      network(subnet('first', {}, '10.0.1.0/24'), subnet(), subnet('last', {}, '10.0.2.0/24')),
    );
    const { resource, created } = await putNetworkPart(plane, ORIGIN, { ...part, part: 'DEFAULT', body });
    expect(created).toBe(false);
    expect(resource.properties['subnets']).toMatchObject([
      { name: 'first' },
      { name: 'default', properties: { addressPrefix: '10.0.9.0/24' } },
      { name: 'last' },
    ]);
  });

  test('is in the log by itself', async () => {
    await make(VNET, network());
    await putNetworkPart(plane, ORIGIN, { ...part, body });
    await deleteNetworkPart(plane, ORIGIN, { ...part, part: 'DEFAULT' });
    const entries = (await logged(plane)).slice(0, 2);
    expect(entries).toMatchObject([
      { operationName: 'Microsoft.Network/virtualNetworks/subnets/delete', resourceId: SUBNET },
      { operationName: 'Microsoft.Network/virtualNetworks/subnets/write', resourceId: SUBNET },
    ]);
  });

  test('is held to the same rules as in the whole', async () => {
    await make(VNET, network(subnet('other', {}, '10.0.9.0/25')));
    const overlapping = async (): Promise<unknown> => putNetworkPart(plane, ORIGIN, { ...part, body });
    expect((await refusedWhole(plane, overlapping)).code).toBe('subnetsOverlap');
    const orphan = async (): Promise<unknown> =>
      putNetworkPart(plane, ORIGIN, { ...part, name: 'none', body });
    expect((await refusedWhole(plane, orphan)).code).toBe('parentResourceNotFound');
  });

  test('stays while a balancer is in it, and goes afterwards', async () => {
    await make(VNET, network(subnet()));
    await balancer('lb', { subnet: { id: SUBNET } });
    const gone = async (): Promise<unknown> => deleteNetworkPart(plane, ORIGIN, part);
    const failure = await refusedWhole(plane, gone);
    expect(failure.message).toMatch(
      /^Subnet default is in use by .*\/frontendIPConfigurations\/f0 and cannot/,
    );
    await deleteLoadBalancer(plane, ORIGIN, { group: 'rg', name: 'lb' });
    expect([await gone(), await gone()]).toEqual([true, false]);
  });

  test('keeps its addresses while a set is in it, and may grow', async () => {
    await make(VNET, network(subnet()));
    await putScaleSet(plane, ORIGIN, { group: 'rg', name: 'web', body: setBody({ subnet: { id: SUBNET } }) });
    const write = async (addressPrefix: string): Promise<unknown> =>
      make(VNET, network(subnet('default', {}, addressPrefix)));
    for (const prefix of ['10.0.0.0/25', '10.0.1.0/24']) {
      expect((await refusedWhole(plane, async () => write(prefix))).code).toBe('prefixInUse');
    }
    await write('10.0.0.0/20');
    const whole = async (): Promise<unknown> => deleteNetworkResource(plane, ORIGIN, VNET);
    expect((await refusedWhole(plane, whole)).code).toBe('subnetInUse');
  });

  test('stays while an instance has an older model that names it', async () => {
    await make(VNET, network(subnet()));
    const { profile } = modelRow();
    const { virtualMachineProfile } = setBody({ subnet: { id: SUBNET } })['properties'] as {
      virtualMachineProfile: JsonObject;
    };
    await storeSet(plane, [instanceRow({ model: 2 })], scaleSetRow({ model: 2 }));
    const old = modelRow({ set: SET_UID, version: 1, profile: { ...profile, ...virtualMachineProfile } });
    await plane.store.commit([{ kind: 'putModel', model: old }]);
    const one = (await plane.store.instance(SET_UID, 0)) ?? instanceRow();
    const gone = async (): Promise<unknown> => deleteNetworkPart(plane, ORIGIN, part);
    await store(plane, 'instance', { ...one, model: 1 });
    expect((await refusedWhole(plane, gone)).code).toBe('subnetInUse');
    const now = (await plane.store.instance(SET_UID, 0)) ?? instanceRow();
    await store(plane, 'instance', { ...now, model: 2 });
    expect(await gone()).toBe(true);
  });
});

describe('a security group and a gateway', () => {
  test('stay while a subnet names them', async () => {
    await make(NSG);
    await make(NAT);
    const named = { networkSecurityGroup: { id: path(NSG) }, natGateway: { id: path(NAT) } };
    await make(VNET, network(subnet('default', named)));
    for (const [of, code] of [
      [NSG, 'securityGroupInUse'],
      [NAT, 'natGatewayInUse'],
    ] as const) {
      const gone = async (): Promise<unknown> => deleteNetworkResource(plane, ORIGIN, of);
      expect((await refusedWhole(plane, gone)).code).toBe(code);
    }
    await make(VNET, network(subnet()));
    expect(await deleteNetworkResource(plane, ORIGIN, NSG)).toBe(true);
    expect(await deleteNetworkResource(plane, ORIGIN, NSG)).toBe(false);
  });
});

describe('a group', () => {
  test('does not go while another one uses what is in it', async () => {
    await make(VNET, network(subnet()));
    await putScaleSet(plane, ORIGIN, {
      group: 'other',
      name: 'web',
      body: setBody({ subnet: { id: SUBNET } }),
    });
    const gone = async (): Promise<unknown> => deleteGroup(plane, ORIGIN, 'rg');
    expect((await refusedWhole(plane, gone)).code).toBe('subnetInUse');
    await deleteGroup(plane, ORIGIN, 'other');
  });

  test('goes when only its own use what is in it, and nothing new names it then', async () => {
    await make(NSG);
    await make(VNET, network(subnet('default', { networkSecurityGroup: { id: path(NSG) } })));
    await deleteGroup(plane, ORIGIN, 'rg');
    const put = async (): Promise<unknown> =>
      putScaleSet(plane, ORIGIN, { group: 'other', name: 'web', body: setBody({ subnet: { id: SUBNET } }) });
    expect((await refusedWhole(plane, put)).code).toBe('groupBeingDeleted');
  });
});
