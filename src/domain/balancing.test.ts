// The balancing plan. What never happens: two listeners of a frontend at one port, an instance behind a pool that its model
// does not name, a NAT port outside of its range.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { healthExtension } from '../../test/testing/health.ts';
import { instanceRow, loadBalancerRow, modelRow, scaleSetRow, SET_UID } from '../../test/testing/rows.ts';
import { balancerPath, childPath } from './balancer-reference.ts';
import {
  backendAddress,
  type Fleet,
  type Listener,
  membersOf,
  planListeners,
  portsOf,
  unservedRules,
} from './balancing.ts';
import type { Instance } from './instance.ts';
import type { JsonObject } from './json.ts';
import type { ChildKind, LoadBalancer } from './load-balancer.ts';

const PATH = balancerPath('5ca1ab1e-0000-4000-8000-000000000001', 'rg', 'lb');
const id = (kind: ChildKind, name: string): JsonObject => ({ id: childPath(PATH, kind, name) });

function profile(given: { pools?: readonly string[]; natPools?: readonly string[] }): JsonObject {
  const properties = {
    loadBalancerBackendAddressPools: (given.pools ?? []).map((name) => id('backendAddressPools', name)),
    loadBalancerInboundNatPools: (given.natPools ?? []).map((name) => id('inboundNatPools', name)),
  };
  const ipConfigurations = [{ name: 'ip', properties }];
  return {
    networkProfile: { networkInterfaceConfigurations: [{ name: 'nic', properties: { ipConfigurations } }] },
  };
}

function fleet(instances: readonly Instance[], ...profiles: readonly JsonObject[]): Fleet {
  const models = profiles.map((each, index) => modelRow({ version: index + 1, profile: each }));
  return { set: scaleSetRow(), models, instances, held: [] };
}

function withParts(parts: JsonObject): LoadBalancer {
  const row = loadBalancerRow();
  return { ...row, properties: { ...row.properties, ...parts } };
}

const RANGE = {
  protocol: 'Tcp',
  frontendPortRangeStart: 50_000,
  frontendPortRangeEnd: 50_009,
  backendPort: 2222,
  idleTimeoutInMinutes: 10,
  frontendIPConfiguration: id('frontendIPConfigurations', 'front'),
};

describe('behind a balancer', () => {
  test('stand the instances whose own model names one of its pools, whatever the case', () => {
    const instances = [
      instanceRow({ id: 0 }),
      instanceRow({ id: 1, model: 2 }),
      instanceRow({ id: 2, model: 2 }),
    ];
    const members = membersOf(loadBalancerRow({ group: 'RG', name: 'Lb' }), [
      fleet(instances, {}, profile({ pools: ['Pool'] })),
    ]);
    expect(members.map(({ instance }) => instance.id)).toEqual([1, 2]);
    expect(members[0]?.pools).toEqual(new Set(['pool']));
    expect(members[0]?.ipConfigurations.get('pool')).toBe('nic/ipConfigurations/ip');
  });

  test('stands no instance beyond the capacity, and none of another balancer', () => {
    const surplus = [instanceRow({ surplus: true })];
    expect(membersOf(loadBalancerRow(), [fleet(surplus, profile({ pools: ['pool'] }))])).toEqual([]);
    const other = loadBalancerRow({ name: 'other' });
    expect(membersOf(other, [fleet([instanceRow()], profile({ pools: ['pool'] }))])).toEqual([]);
  });
});

describe('the listeners', () => {
  const plan = (balancer: LoadBalancer, ...given: Parameters<typeof fleet>): readonly Listener[] =>
    planListeners(balancer, membersOf(balancer, [fleet(...given)]));
  const two = [instanceRow({ id: 3 }), instanceRow({ id: 14 })];

  test('of a rule say all that it declares', () => {
    expect(plan(loadBalancerRow(), two, profile({ pools: ['pool'] }))).toEqual([
      {
        key: 'loadBalancingRules/http',
        rule: 'loadBalancingRules/http',
        place: `${loadBalancerRow().uid} front`,
        port: 80,
        backendPort: 8080,
        distribution: 'Default',
        idleTimeout: 240_000,
        probe: {
          name: 'health',
          protocol: 'http',
          port: 8080,
          path: '/health',
          interval: 5000,
          up: 1,
          down: 2,
        },
        judged: [],
        backends: [`${SET_UID}_3`, `${SET_UID}_14`],
      },
    ]);
  });

  test.each<[JsonObject, readonly string[]]>([
    [
      { protocol: 'Udp' },
      ['Only TCP is balanced: a rule of protocol Udp is kept, and it carries nothing here.'],
    ],
    [{ protocol: 'All', frontendPort: 0 }, ['A rule of all ports is kept, and it carries nothing here.']],
    [{}, []],
  ])('that a rule with %o does not have are accounted for', (given, reasons) => {
    const base = loadBalancerRow().properties['loadBalancingRules'] as readonly { properties: JsonObject }[];
    const rules = base.map((rule) => ({ ...rule, properties: { ...rule.properties, ...given } }));
    const balancer = withParts({ loadBalancingRules: rules });
    expect(unservedRules(balancer).map(({ reason }) => reason)).toEqual(reasons);
    const listening = plan(balancer, two, profile({ pools: ['pool'] })).map(({ rule }) => rule);
    // Each rule is either listened for or accounted for.
    expect([...listening, ...unservedRules(balancer).map(({ rule }) => rule)]).toEqual([
      'loadBalancingRules/http',
    ]);
  });

  test('that NAT rules and pools do not have are accounted for', () => {
    const { backendPort, frontendIPConfiguration } = RANGE;
    const single = { protocol: 'Tcp', frontendPort: 2222, backendPort, frontendIPConfiguration };
    const unserved = unservedRules(
      withParts({
        inboundNatPools: [
          { name: 'tcp', properties: RANGE },
          { name: 'udp', properties: { ...RANGE, protocol: 'Udp' } },
        ],
        inboundNatRules: [
          { name: 'single', properties: single },
          { name: 'range', properties: { ...RANGE, backendAddressPool: id('backendAddressPools', 'pool') } },
        ],
      }),
    );
    expect(unserved.map(({ rule }) => rule)).toEqual(['inboundNatPools/udp', 'inboundNatRules/single']);
  });

  test('are served by the one machine whose network interface names the rule', () => {
    const { backendPort, frontendIPConfiguration } = RANGE;
    const single = { protocol: 'Tcp', frontendPort: 2222, backendPort, frontendIPConfiguration };
    const balancer = withParts({ inboundNatRules: [{ name: 'ssh', properties: single }] });
    const named = { loadBalancerInboundNatRules: [id('inboundNatRules', 'SSH')] };
    const ipConfigurations = [{ name: 'ip', properties: named }];
    const nic = { id: '/nics/eth0', name: 'eth0', properties: { ipConfigurations } };
    const own = { networkProfile: { networkInterfaceConfigurations: [nic] } };
    const members = membersOf(balancer, [fleet([instanceRow({ id: 4 })], own)]);
    expect(
      planListeners(balancer, members).filter(({ rule }) => rule === 'inboundNatRules/ssh'),
    ).toMatchObject([
      { key: `inboundNatRules/ssh/${SET_UID}_4`, port: 2222, backendPort: 2222, backends: [`${SET_UID}_4`] },
    ]);
    expect(unservedRules(balancer, members).map(({ rule }) => rule)).not.toContain('inboundNatRules/ssh');
    // The model of a set names no single rule.
    const { id: _id, ...unnamed } = nic;
    const ofSet = { networkProfile: { networkInterfaceConfigurations: [unnamed] } };
    expect(membersOf(balancer, [fleet([instanceRow()], ofSet)])).toEqual([]);
  });

  test('leave to the health of its instance whoever names the same probe as its source', () => {
    const probe = (named: JsonObject, more: JsonObject = {}): JsonObject => {
      const { networkProfile } = profile({ pools: ['pool'] }) as { networkProfile: JsonObject };
      return { networkProfile: { ...networkProfile, healthProbe: named }, ...more };
    };
    const health = id('probes', 'Health');
    const extension = { extensionProfile: { extensions: [healthExtension()] } };
    const judged = (each: JsonObject): unknown => plan(loadBalancerRow(), two, each)[0]?.judged;
    expect(judged(probe(health))).toEqual([`${SET_UID}_3`, `${SET_UID}_14`]);
    expect(judged(probe(id('probes', 'other')))).toEqual([]);
    expect(judged(probe({ id: childPath(`${PATH}2`, 'probes', 'health') }))).toEqual([]);
    // The extension is the source then, and the probe says something else.
    expect(judged(probe(health, extension))).toEqual([]);
  });

  test.each([
    [{ protocol: 'Udp' }, 0],
    [{ protocol: 'All', frontendPort: 0, backendPort: 0 }, 0],
    [{ protocol: 'tcp' }, 1],
  ])('of a rule with %o are %i', (given, count) => {
    const base = loadBalancerRow().properties['loadBalancingRules'] as readonly { properties: JsonObject }[];
    const rules = base.map((rule) => ({ ...rule, properties: { ...rule.properties, ...given } }));
    expect(plan(withParts({ loadBalancingRules: rules }), two, profile({}))).toHaveLength(count);
  });

  test.each([
    ['SourceIP', 'SourceIP'],
    ['sourceipprotocol', 'SourceIPProtocol'],
    [undefined, 'Default'],
  ])('of a rule distribute by %s as %s', (loadDistribution, expected) => {
    const base = loadBalancerRow().properties['loadBalancingRules'] as readonly { properties: JsonObject }[];
    const rules = base.map((rule) => ({ ...rule, properties: { ...rule.properties, loadDistribution } }));
    expect(plan(withParts({ loadBalancingRules: rules }), two, profile({}))[0]?.distribution).toBe(expected);
  });

  test('of a NAT pool are one for each instance that its model puts behind it', () => {
    const balancer = withParts({
      loadBalancingRules: [],
      inboundNatPools: [{ name: 'ssh', properties: RANGE }],
    });
    const listeners = plan(balancer, two, profile({ natPools: ['SSH'] }));
    expect(listeners.map(({ port, backendPort, backends }) => [port, backendPort, ...backends])).toEqual([
      [50_003, 2222, `${SET_UID}_3`],
      [50_004, 2222, `${SET_UID}_14`],
    ]);
    expect(plan(balancer, two, profile({ pools: ['pool'] }))).toEqual([]);
  });

  test('of a NAT rule with a pool are one for each instance in the pool', () => {
    const backendAddressPool = id('backendAddressPools', 'pool');
    const balancer = withParts({
      loadBalancingRules: [],
      inboundNatRules: [
        { name: 'ssh', properties: { ...RANGE, backendAddressPool } },
        { name: 'single', properties: { ...RANGE, frontendPort: 22 } },
      ],
    });
    const listeners = plan(balancer, two, profile({ pools: ['pool'] }));
    expect(listeners.map(({ port }) => port)).toEqual([50_003, 50_004]);
  });
});

describe('the ports of a range', () => {
  const ids = fc.uniqueArray(fc.nat(500), { maxLength: 30 }).map((all) => all.toSorted((a, b) => a - b));
  const named = (all: readonly number[]) => all.map((each) => ({ handle: `h_${each}`, id: each }));

  test('are within it, each given once, as many as it has', () => {
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 40 }), (all, size) => {
        const ports = portsOf(named(all), 1000, 1000 + size - 1).map(({ port }) => port);
        expect(new Set(ports).size).toBe(ports.length);
        expect(ports.every((port) => port >= 1000 && port < 1000 + size)).toBe(true);
        expect(ports).toHaveLength(Math.min(size, all.length));
      }),
    );
  });

  test('stay with their instances while the range is wider than the ids are apart', () => {
    fc.assert(
      fc.property(ids, fc.nat(), (all, at) => {
        const left = all.filter((_, index) => index !== at % Math.max(1, all.length));
        const before = new Map(portsOf(named(all), 1, 501).map(({ handle, port }) => [handle, port]));
        for (const { handle, port } of portsOf(named(left), 1, 501)) expect(before.get(handle)).toBe(port);
      }),
    );
  });

  test('are none when it is empty', () => {
    expect(portsOf(named([1]), 10, 9)).toEqual([]);
  });
});

test.each([
  ['127.70.1.2', 8080, 8080],
  ['127.70.1.2', 2222, 2222],
  ['127.70.1.2', 22, 8080],
  ['127.0.0.1', 2222, 8080],
])('on the guest %s the declared port %i is %i', (host, declared, expected) => {
  expect(backendAddress({ host, port: 8080 }, declared)).toEqual({ host, port: expected });
});
