// Network needs: every member by which something names a network resource is found, where it stands.
import { describe, expect, test } from 'vitest';
import { instanceRow, loadBalancerRow, modelRow, networkRow, scaleSetRow } from '../../test/testing/rows.ts';
import { Failure } from './failure.ts';
import type { JsonObject } from './json.ts';
import {
  balancerNeeds,
  checkNeed,
  fleetNeeds,
  modelNeeds,
  type NetworkNeed,
  resourceNeeds,
} from './network-need.ts';

const to = (id: string): JsonObject => ({ id });
/** As `by/member -> id: type`, from the name of the whole on. */
const shown = (needs: readonly NetworkNeed[]): readonly string[] =>
  needs.map(({ id, by, member, type }) => `${by.split('/').slice(8).join('/')}/${member} -> ${id}: ${type}`);

describe('what is named by', () => {
  test('a virtual network and its subnets', () => {
    const properties = {
      ddosProtectionPlan: to('d'),
      subnets: [
        {
          name: 's',
          properties: {
            networkSecurityGroup: to('g'),
            natGateway: to('n'),
            routeTable: to('r'),
            serviceEndpointPolicies: [to('p'), to('q')],
          },
        },
        { name: 't', properties: { addressPrefix: '10.0.0.0/24' } },
      ],
    };
    expect(shown(resourceNeeds('s', networkRow({ properties })))).toEqual([
      'vnet/ddosProtectionPlan -> d: ddosProtectionPlans',
      'vnet/subnets/s/networkSecurityGroup -> g: networkSecurityGroups',
      'vnet/subnets/s/natGateway -> n: natGateways',
      'vnet/subnets/s/routeTable -> r: routeTables',
      'vnet/subnets/s/serviceEndpointPolicies -> p: serviceEndpointPolicies',
      'vnet/subnets/s/serviceEndpointPolicies -> q: serviceEndpointPolicies',
    ]);
  });

  test('a network interface and its IP configurations', () => {
    const ip = {
      subnet: to('s'),
      publicIPAddress: to('p'),
      applicationSecurityGroups: [to('a')],
    };
    const properties = {
      networkSecurityGroup: to('g'),
      ipConfigurations: [{ name: 'ip', properties: ip }],
    };
    const needs = resourceNeeds('s', networkRow({ type: 'networkInterfaces', name: 'nic', properties }));
    expect(shown(needs)).toEqual([
      'nic/networkSecurityGroup -> g: networkSecurityGroups',
      'nic/ipConfigurations/ip/subnet -> s: virtualNetworks/subnets',
      'nic/ipConfigurations/ip/applicationSecurityGroups -> a: applicationSecurityGroups',
      'nic/ipConfigurations/ip/publicIPAddress -> p: publicIPAddresses',
    ]);
    expect(needs.map(({ whole }) => whole?.split('/').at(-1))).toEqual([undefined, 'nic', 'nic', 'nic']);
  });

  test('a security group, an address and a gateway', () => {
    const rule = {
      name: 'r',
      properties: {
        sourceApplicationSecurityGroups: [to('a')],
        destinationApplicationSecurityGroups: [to('b')],
      },
    };
    const rows = [
      networkRow({ type: 'networkSecurityGroups', name: 'nsg', properties: { securityRules: [rule] } }),
      networkRow({ type: 'publicIPAddresses', name: 'ip', properties: { publicIPPrefix: to('p') } }),
      networkRow({
        type: 'natGateways',
        name: 'nat',
        properties: { publicIpAddresses: [to('i'), to('j')], publicIpPrefixes: [to('p')] },
      }),
    ];
    expect(rows.flatMap((row) => shown(resourceNeeds('s', row)))).toEqual([
      'nsg/securityRules/r/sourceApplicationSecurityGroups -> a: applicationSecurityGroups',
      'nsg/securityRules/r/destinationApplicationSecurityGroups -> b: applicationSecurityGroups',
      'ip/publicIPPrefix -> p: publicIPPrefixes',
      'nat/publicIpAddresses -> i: publicIPAddresses',
      'nat/publicIpAddresses -> j: publicIPAddresses',
      'nat/publicIpPrefixes -> p: publicIPPrefixes',
    ]);
  });

  test('the frontends of a balancer', () => {
    const frontendIPConfigurations = [
      { name: 'in', properties: { subnet: to('s') } },
      { name: 'out', properties: { publicIPAddress: to('i'), publicIPPrefix: to('p') } },
    ];
    expect(shown(balancerNeeds('s', loadBalancerRow({ properties: { frontendIPConfigurations } })))).toEqual([
      'lb/frontendIPConfigurations/in/subnet -> s: virtualNetworks/subnets',
      'lb/frontendIPConfigurations/out/publicIPAddress -> i: publicIPAddresses',
      'lb/frontendIPConfigurations/out/publicIPPrefix -> p: publicIPPrefixes',
    ]);
  });
});

const PROFILE: JsonObject = {
  networkProfile: {
    networkInterfaceConfigurations: [
      {
        name: 'nic',
        properties: {
          networkSecurityGroup: to('g'),
          ipConfigurations: [
            {
              name: 'ip',
              properties: {
                subnet: to('s'),
                applicationSecurityGroups: [to('a')],
                publicIPAddressConfiguration: { name: 'pub', properties: { publicIPPrefix: to('p') } },
              },
            },
          ],
        },
      },
    ],
  },
};

describe('what is named by a scale set', () => {
  test('is everything in its network profile', () => {
    expect(shown(modelNeeds('s', scaleSetRow(), PROFILE))).toEqual([
      'web/networkSecurityGroup -> g: networkSecurityGroups',
      'web/subnet -> s: virtualNetworks/subnets',
      'web/applicationSecurityGroups -> a: applicationSecurityGroups',
      'web/publicIPPrefix -> p: publicIPPrefixes',
    ]);
    expect(modelNeeds('s', scaleSetRow(), {})).toEqual([]);
  });

  test('is that of each version which is its own, an instance’s, wanted by one or held by an upgrade', () => {
    const models = [1, 2, 3, 4, 5].map((version) => modelRow({ version, profile: PROFILE }));
    const instances = [instanceRow({ model: 2, wanted: { ...instanceRow().wanted, model: 3 } })];
    const needs = (of: Partial<Parameters<typeof fleetNeeds>[1]>): number =>
      fleetNeeds('s', { set: scaleSetRow({ model: 5 }), models, instances: [], held: [], ...of }).length;
    expect([needs({}), needs({ instances }), needs({ instances, held: [4] })]).toEqual([4, 12, 16]);
    expect(needs({ models: [modelRow({ version: 5 })], instances })).toBe(0);
  });
});

describe('an id', () => {
  const need: NetworkNeed = {
    id: '',
    type: 'virtualNetworks/subnets',
    by: '/web',
    member: 'subnet',
    group: 'rg',
  };
  const path = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v';

  test('of a subnet fits where a subnet is named, in any case', () => {
    expect(() => {
      checkNeed({ ...need, id: `${path}/subnets/a`.toUpperCase() });
    }).not.toThrow();
  });

  test.each([
    ['', 'InvalidJsonReferenceFormat'],
    ['a', 'InvalidJsonReferenceFormat'],
    [path, 'InvalidJsonReferenceWrongType'],
    [`${path}/other/a`, 'InvalidJsonReferenceWrongType'],
  ])('%j does not', (id, code) => {
    try {
      checkNeed({ ...need, id });
      throw new Error('it was not refused');
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      expect(error.details).toMatchObject([{ code }]);
    }
  });
});
