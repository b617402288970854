// The rules that are shown for the instances behind a NAT pool: which name each has, and that none is taken for a declaration.
import { describe, expect, test } from 'vitest';
import { instanceRow, loadBalancerRow, modelRow, scaleSetRow } from '../../test/testing/rows.ts';
import { balancerPath, childPath } from './balancer-reference.ts';
import { type Fleet, membersOf, planListeners, planNat } from './balancing.ts';
import type { JsonObject } from './json.ts';
import { declareBalancer } from './load-balancer-declaration.ts';
import { isShownRule, natRuleNames } from './nat-rule.ts';

const PATH = balancerPath('5ca1ab1e-0000-4000-8000-000000000001', 'rg', 'lb');
const front = { id: childPath(PATH, 'frontendIPConfigurations', 'front') };
const range = {
  protocol: 'Tcp',
  frontendPortRangeStart: 50_000,
  frontendPortRangeEnd: 50_009,
  backendPort: 22,
  frontendIPConfiguration: front,
};
const balancer = loadBalancerRow({
  properties: {
    frontendIPConfigurations: [{ name: 'front', properties: {} }],
    inboundNatPools: [{ name: 'ssh', properties: range }],
  },
});

function fleet(uid: string, name: string, ...ids: readonly number[]): Fleet {
  const ip = {
    name: 'ip',
    properties: { loadBalancerInboundNatPools: [{ id: childPath(PATH, 'inboundNatPools', 'ssh') }] },
  };
  const networkInterfaceConfigurations = [{ name: 'nic', properties: { ipConfigurations: [ip] } }];
  const profile = { networkProfile: { networkInterfaceConfigurations } };
  return {
    set: scaleSetRow({ uid, name }),
    models: [modelRow({ set: uid, profile })],
    instances: ids.map((id) => instanceRow({ set: uid, id })),
    held: [],
  };
}

const A = '5e7a0000-0000-4000-8000-00000000000a';
const B = '5e7a0000-0000-4000-8000-00000000000b';

describe('the rule of an instance', () => {
  const named = (...fleets: readonly Fleet[]): readonly string[] => [
    ...natRuleNames(planNat(balancer, membersOf(balancer, fleets))).values(),
  ];

  test('is named after the pool and the instance, and also after the set where two have the same id', () => {
    expect(named(fleet(A, 'web', 0, 12))).toEqual(['ssh.0', 'ssh.12']);
    expect(named(fleet(A, 'web', 0, 1), fleet(B, 'db', 1, 2))).toEqual([
      'ssh.0',
      'ssh.web_1',
      'ssh.db_1',
      'ssh.2',
    ]);
  });

  test('is of the port that is listened on for it', () => {
    const members = membersOf(balancer, [fleet(A, 'web', 0, 12)]);
    const places = planNat(balancer, members);
    expect(places.map(({ listener }) => listener.port)).toEqual([50_000, 50_002]);
    expect(planListeners(balancer, members)).toEqual(places.map(({ listener }) => listener));
    expect(members[0]?.natIpConfigurations.get('ssh')).toBe('nic/ipConfigurations/ip');
  });
});

describe('a body that brings back what was shown', () => {
  const at = { path: PATH, group: 'rg', name: 'lb' };
  const declare = (properties: JsonObject): JsonObject =>
    declareBalancer(at, { location: 'westus', properties }, undefined).properties;
  const pools = [{ name: 'SSH', properties: range }];
  const single = { protocol: 'Tcp', frontendPort: 2222, backendPort: 22, frontendIPConfiguration: front };
  const frontendIPConfigurations = [{ name: 'front' }];

  test.each([
    ['ssh.0', true],
    ['ssh.web_12', true],
    ['ssh.', false],
    ['ssh.one', false],
    ['ssh', false],
    ['other.0', false],
  ])('declares no rule by %s: %s', (name, shown) => {
    expect(isShownRule({ name }, { inboundNatPools: pools })).toBe(shown);
    const inboundNatRules = [{ name, properties: single }];
    if (name === 'ssh.') return;
    const declared = declare({ frontendIPConfigurations, inboundNatPools: pools, inboundNatRules });
    expect(declared['inboundNatRules']).toHaveLength(shown ? 0 : 1);
  });

  test('declares none of the network interfaces in a backend pool, and all other addresses', () => {
    const own = { name: 'own', properties: { ipAddress: '10.0.0.9' } };
    const nic = { name: 'nic', properties: { networkInterfaceIPConfiguration: { id: '/x' } } };
    const pool = (...list: readonly JsonObject[]): JsonObject => ({
      name: 'pool',
      properties: { loadBalancerBackendAddresses: list },
    });
    const addresses = (...list: readonly JsonObject[]): unknown =>
      declare({ backendAddressPools: [pool(...list)] })['backendAddressPools'];
    expect(addresses(own, nic)).toEqual([pool(own)]);
    expect(addresses(nic)).toEqual([{ name: 'pool', properties: {} }]);
  });
});
