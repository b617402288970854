// The balancer's probe as a source of health. What never happens: a set depends on a probe that no rule of its own uses, or
// the balancer and the set's health make different things of the same answers.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadBalancerRow } from '../../test/testing/rows.ts';
import { afterAnswer, backendProbe, UNPROBED } from './backend-probe.ts';
import { balancerPath, childPath } from './balancer-reference.ts';
import type { Use } from './balancer-use.ts';
import { Failure } from './failure.ts';
import { type Health, judge, type Tally } from './health.ts';
import type { HealthSource } from './health-source.ts';
import { checkHealthProbe, checkRulesKept, probeSource } from './health-probe.ts';
import type { JsonObject } from './json.ts';
import type { ChildKind, LoadBalancer } from './load-balancer.ts';
import { SECOND } from './time.ts';

const PATH = balancerPath('5ca1ab1e-0000-4000-8000-000000000001', 'rg', 'lb');
const SET = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/web';
const id = (kind: ChildKind, name: string): JsonObject => ({ id: childPath(PATH, kind, name) });

function withProbe(properties: JsonObject): LoadBalancer {
  const row = loadBalancerRow();
  return { ...row, properties: { ...row.properties, probes: [{ name: 'health', properties }] } };
}

/** A profile that names these pools, on its first network interface. */
function behind(...pools: readonly JsonObject[]): JsonObject {
  const ip = { name: 'ip', properties: { loadBalancerBackendAddressPools: pools } };
  return {
    networkProfile: {
      networkInterfaceConfigurations: [{ name: 'nic', properties: { ipConfigurations: [ip] } }],
    },
  };
}

function refusal(work: () => void): Failure {
  try {
    work();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('the source of health', () => {
  test('is the probe as it is declared', () => {
    expect(probeSource(loadBalancerRow(), 'HEALTH')).toEqual({
      states: 'binary',
      request: { protocol: 'http', port: 8080, path: '/health' },
      interval: 5 * SECOND,
      firstInterval: SECOND,
      probes: 2,
      recovers: 1,
      grace: 0,
    });
    const defaults = withProbe({ protocol: 'Tcp', port: 22 });
    expect(probeSource(defaults, 'health')).toMatchObject({ interval: 15 * SECOND, probes: 2 });
    const threshold = withProbe({ protocol: 'Https', port: 443, requestPath: 'up', probeThreshold: 3 });
    expect(probeSource(threshold, 'health')).toMatchObject({
      probes: 3,
      recovers: 3,
      request: { protocol: 'https', path: '/up' },
    });
  });

  test('is the same object until the balancer is declared otherwise', () => {
    const row = loadBalancerRow();
    expect(probeSource({ ...row }, 'Health')).toBe(probeSource(row, 'health'));
    expect(probeSource(loadBalancerRow(), 'health')).not.toBe(probeSource(row, 'health'));
  });

  test('is none when there is no such probe', () => {
    expect(probeSource(loadBalancerRow(), 'other')).toBeUndefined();
  });

  test('makes of every row of answers what the balancer itself would make of them', () => {
    const threshold = fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined });
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 1 }),
        threshold,
        fc.integer({ min: 1, max: 4 }),
        (answers, probeThreshold, numberOfProbes) => {
          const properties = {
            protocol: 'Tcp',
            port: 1,
            numberOfProbes,
            ...(probeThreshold === undefined ? {} : { probeThreshold }),
          };
          const source = probeSource(withProbe(properties), 'health') as HealthSource;
          const probe = backendProbe({ name: 'health', properties });
          let health: Health | undefined;
          let tally: Tally | undefined;
          let state = UNPROBED;
          for (const [index, well] of answers.entries()) {
            ({ health, tally } = judge(source, { health, tally }, well ? 'healthy' : 'unhealthy', index));
            state = afterAnswer(state, probe, well);
            expect(health?.state === 'healthy').toBe(state.up);
          }
        },
      ),
    );
  });
});

describe('a set may name a probe as its health', () => {
  const probe = { ...(id('probes', 'health') as { id: string }), name: 'health' };
  const row = loadBalancerRow();

  test('when a rule with it sends traffic to a pool of its own, whatever the case', () => {
    const pool = { id: childPath(PATH, 'backendAddressPools', 'POOL').replace('/rg/', '/RG/') };
    expect(() => checkHealthProbe(SET, behind(pool), probe, row)).not.toThrow();
  });

  test('also when the rule names its pools as a list', () => {
    const [rule] = row.properties['loadBalancingRules'] as readonly { properties: JsonObject }[];
    const listed = { ...rule?.properties, backendAddressPools: [id('backendAddressPools', 'pool')] };
    const rules = [{ name: 'http', properties: { ...listed, backendAddressPool: null } }];
    const balancer = { ...row, properties: { ...row.properties, loadBalancingRules: rules } };
    expect(() =>
      checkHealthProbe(SET, behind(id('backendAddressPools', 'pool')), probe, balancer),
    ).not.toThrow();
  });

  test('but not when it stands behind no pool of that balancer', () => {
    const other = { id: childPath(`${PATH}2`, 'backendAddressPools', 'pool') };
    for (const profile of [behind(), behind(other)]) {
      const failure = refusal(() => checkHealthProbe(SET, profile, probe, row));
      expect(failure.code).toBe('healthProbeWithoutLoadBalancing');
      expect(failure.message).toBe(
        `VM scale set ${SET} cannot use probe ${probe.id} as a HealthProbe because primary IP configuration ip of the scale set does not use load balancing. LoadBalancerBackendAddressPools property of the IP configuration must reference backend address pool of the load balancer that contains the probe.`,
      );
    }
  });

  test('and not when no rule that sends it traffic uses the probe', () => {
    for (const [pool, rules] of [
      ['spare', row.properties['loadBalancingRules']],
      ['pool', []],
    ] as const) {
      const balancer = { ...row, properties: { ...row.properties, loadBalancingRules: rules ?? [] } };
      const failure = refusal(() =>
        checkHealthProbe(SET, behind(id('backendAddressPools', pool)), probe, balancer),
      );
      expect(failure.code).toBe('inactiveHealthProbe');
    }
  });
});

describe('a rule with a probe that is a health', () => {
  const uses: readonly Use[] = [
    { kind: 'backendAddressPools', name: 'pool', by: SET, user: 'virtual machine scale set' },
    { kind: 'probes', name: 'Health', by: SET, user: 'virtual machine scale set' },
  ];
  const row = loadBalancerRow();
  const next = (rules: readonly JsonObject[]): Pick<LoadBalancer, 'properties'> => ({
    properties: { ...row.properties, loadBalancingRules: rules },
  });
  const [rule] = row.properties['loadBalancingRules'] as readonly (JsonObject & { properties: JsonObject })[];

  test('may be changed as long as it keeps the probe', () => {
    const changed = { ...rule, name: 'HTTP', properties: { ...rule?.properties, frontendPort: 81 } };
    expect(() => checkRulesKept(PATH, row, next([changed]), uses)).not.toThrow();
  });

  test.each([
    ['removed', []],
    ['given another probe', [{ ...rule, properties: { ...rule?.properties, probe: id('probes', 'other') } }]],
    ['called otherwise', [{ ...rule, name: 'web' }]],
  ])('may not be %s', (_how, rules) => {
    const failure = refusal(() => checkRulesKept(PATH, row, next(rules), uses));
    expect(failure.code).toBe('ruleOfHealthProbe');
    expect(failure.message).toBe(
      `Load balancer rule ${PATH}/loadBalancingRules/http cannot be removed because the rule references the load balancer probe ${PATH}/probes/Health that is used as health probe by VM scale set ${SET}. To remove this rule, please update VM scale set to remove the reference to the probe.`,
    );
    // Nobody else minds.
    expect(() => checkRulesKept(PATH, row, next(rules), uses.slice(0, 1))).not.toThrow();
  });
});
