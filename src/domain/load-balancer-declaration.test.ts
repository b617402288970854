// What a PUT declares of a balancer. What must hold: declaring what was declared changes nothing; what is read-only never gets
// in; what Muster does not know comes back.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadBalancerRow } from '../../test/testing/rows.ts';
import { balancerPath, childPath } from './balancer-reference.ts';
import { Failure } from './failure.ts';
import type { JsonObject } from './json.ts';
import { CHILD_KINDS } from './load-balancer.ts';
import { declareBalancer, type DeclaredBalancer } from './load-balancer-declaration.ts';

const path = balancerPath('s', 'rg', 'lb');
const AT = { path, group: 'rg', name: 'lb' };
const FRONT = { id: childPath(path, 'frontendIPConfigurations', 'front') };

function declare(properties: JsonObject, more: JsonObject = {}): DeclaredBalancer {
  return declareBalancer(AT, { location: 'West US', properties, ...more }, undefined);
}

function refusal(properties: JsonObject): { code: string; detail: string | undefined } {
  try {
    declare(properties);
  } catch (error) {
    if (error instanceof Failure) return { code: error.code, detail: error.details[0]?.code };
    throw error;
  }
  throw new Error('it was accepted');
}

describe('a declaration', () => {
  test('has Azure’s defaults filled in', () => {
    const { properties, sku, tags } = declare({
      frontendIPConfigurations: [{ name: 'front' }],
      probes: [{ name: 'p', properties: { protocol: 'Tcp', port: 80 } }],
      loadBalancingRules: [
        {
          name: 'r',
          properties: { frontendPort: 80, backendPort: 80, frontendIPConfiguration: FRONT, probe: null },
        },
      ],
    });
    expect({ sku, tags }).toEqual({ sku: { name: 'Basic', tier: 'Regional' }, tags: {} });
    expect(properties['probes']).toEqual([
      { name: 'p', properties: { intervalInSeconds: 15, numberOfProbes: 2, protocol: 'Tcp', port: 80 } },
    ]);
    expect(properties['loadBalancingRules']).toMatchObject([
      { name: 'r', properties: { idleTimeoutInMinutes: 4, loadDistribution: 'Default', protocol: 'Tcp' } },
    ]);
    for (const kind of CHILD_KINDS) expect(Array.isArray(properties[kind])).toBe(true);
  });

  test('drops what is read-only or no property of a balancer, and keeps what is unknown of its parts', () => {
    const { properties, extra } = declare(
      {
        provisioningState: 'Failed',
        resourceGuid: 'g',
        later: { a: 1 },
        backendAddressPools: [
          {
            id: 'x',
            etag: 'y',
            type: 'z',
            name: 'pool',
            zones: ['1'],
            properties: { provisioningState: 'x', backendIPConfigurations: [{ id: 'x' }], tunnel: 1 },
          },
        ],
      },
      { id: 'x', etag: 'y', extendedLocation: { name: 'edge' } },
    );
    expect(extra).toEqual({ extendedLocation: { name: 'edge' } });
    expect(properties).not.toHaveProperty('later');
    expect(properties).toMatchObject({
      backendAddressPools: [{ name: 'pool', zones: ['1'], properties: { tunnel: 1 } }],
    });
    expect(JSON.stringify(properties)).not.toMatch(/[xyz]"/);
  });

  test('of what was declared is the same', () => {
    const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd_1'), { maxLength: 3 });
    fc.assert(
      fc.property(names, names, names, fc.integer({ min: 1, max: 60_000 }), (fronts, pools, probes, port) => {
        const frontend = fronts[0];
        const rules = (frontend === undefined ? [] : pools).map((pool, index) => ({
          name: pool,
          properties: {
            frontendPort: port + index,
            backendPort: port,
            frontendIPConfiguration: { id: childPath(path, 'frontendIPConfigurations', frontend ?? '') },
            backendAddressPool: { id: childPath(path, 'backendAddressPools', pool) },
          },
        }));
        const once = declare({
          frontendIPConfigurations: fronts.map((name) => ({ name })),
          backendAddressPools: pools.map((name) => ({ name, properties: {} })),
          probes: probes.map((name) => ({ name, properties: { protocol: 'Tcp', port } })),
          loadBalancingRules: rules,
        });
        expect(declare(once.properties)).toEqual(once);
      }),
    );
  });

  test('keeps its sku when the next one does not name it', () => {
    const next = declareBalancer(AT, { location: 'westus' }, loadBalancerRow());
    expect(next.sku).toEqual({ name: 'Standard', tier: 'Regional' });
  });
});

const rule = (properties: JsonObject): JsonObject => ({
  frontendIPConfigurations: [{ name: 'front' }],
  backendAddressPools: [{ name: 'pool' }],
  loadBalancingRules: [
    {
      name: 'r',
      properties: { frontendPort: 80, backendPort: 80, frontendIPConfiguration: FRONT, ...properties },
    },
  ],
});

describe('a declaration is refused', () => {
  test.each<[string, JsonObject, string, string | undefined]>([
    [
      'a frontend is not there',
      { ...rule({}), frontendIPConfigurations: [] },
      'invalidResourceReference',
      undefined,
    ],
    [
      'a reference is of another balancer',
      rule({ probe: { id: childPath(balancerPath('s', 'rg', 'x'), 'probes', 'p') } }),
      'invalidResourceReference',
      undefined,
    ],
    [
      'a reference is no id',
      rule({ probe: { id: 'p' } }),
      'invalidRequestFormat',
      'InvalidJsonReferenceFormat',
    ],
    ['a reference is empty', rule({ probe: {} }), 'invalidRequestFormat', 'InvalidJsonReferenceFormat'],
    [
      'a reference is of another kind',
      rule({ backendAddressPools: [FRONT] }),
      'invalidRequestFormat',
      'InvalidJsonReferenceWrongType',
    ],
    ['a port is too high', rule({ frontendPort: 65_535 }), 'invalidRequestFormat', 'InvalidPropertyValue'],
    [
      'a time is too short',
      rule({ idleTimeoutInMinutes: 3 }),
      'invalidRequestFormat',
      'InvalidPropertyValue',
    ],
    ['what it needs is missing', rule({ backendPort: null }), 'invalidRequestFormat', 'MissingJsonProperty'],
    ['a part has no name', { probes: [{}] }, 'invalidRequestFormat', 'InvalidResourceName'],
    [
      'two parts have one name',
      { backendAddressPools: [{ name: 'a' }, { name: 'A' }] },
      'duplicateResourceName',
      undefined,
    ],
  ])('when %s', (_, properties, code, detail) => {
    expect(refusal(properties)).toEqual({ code, detail });
  });
});
