// Network declaration: what a body becomes, and what of it is refused.
import { describe, expect, test } from 'vitest';
import { networkRow } from '../../test/testing/rows.ts';
import { Failure } from './failure.ts';
import type { JsonObject } from './json.ts';
import { declareNetwork, type DeclaredNetwork } from './network-declaration.ts';
import type { NetworkResource, NetworkType } from './network-resource.ts';

function declare(
  type: NetworkType,
  properties: JsonObject,
  more: JsonObject = {},
  current?: NetworkResource,
): DeclaredNetwork {
  const at = { type, group: 'rg', name: 'it', path: '/it' };
  return declareNetwork(at, { location: 'West US', properties, ...more }, current);
}

function refusal(...given: Parameters<typeof declare>): { code: string; detail: string | undefined } {
  try {
    declare(...given);
  } catch (error) {
    if (error instanceof Failure) return { code: error.code, detail: error.details[0]?.code };
    throw error;
  }
  throw new Error('it was not refused');
}

const SPACE = { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } };
const subnet = (name: string, addressPrefix: string, more: JsonObject = {}): JsonObject => ({
  name,
  properties: { addressPrefix, ...more },
});
const rule = (more: JsonObject = {}): JsonObject => ({
  name: 'rule',
  properties: {
    protocol: 'tcp',
    access: 'allow',
    direction: 'inbound',
    priority: 100,
    sourcePortRange: '*',
    sourceAddressPrefix: '*',
    destinationPortRange: '22',
    destinationAddressPrefix: '*',
    ...more,
  },
});

describe('a declaration', () => {
  test.each<[NetworkType, JsonObject]>([
    ['virtualNetworks', SPACE],
    ['publicIPAddresses', {}],
    ['networkSecurityGroups', {}],
    ['natGateways', {}],
  ])('of %s keeps nothing that such a resource does not have, be it a secret', (type, properties) => {
    const more = {
      virtualMachineProfile: { osProfile: { adminPassword: 'S3cret-word' } },
      resourceGuid: 'x',
    };
    expect(declare(type, { ...properties, ...more })).toEqual(declare(type, properties));
  });

  test.each<[NetworkType, JsonObject, JsonObject]>([
    ['virtualNetworks', { ...SPACE, subnets: [subnet('a', '10.0.0.0/24')] }, {}],
    ['publicIPAddresses', { dnsSettings: { domainNameLabel: 'web' } }, { zones: ['1'] }],
    ['networkSecurityGroups', { securityRules: [rule()] }, { tags: { a: 'b' } }],
    ['natGateways', {}, { sku: { name: 'Standard' } }],
  ])('of %s that is sent back changes nothing', (type, properties, more) => {
    const once = declare(type, properties, more);
    const { location, tags, zones, extra } = once;
    const shown = {
      ...once.properties,
      provisioningState: 'Succeeded',
      resourceGuid: 'guid',
      defaultSecurityRules: [{}],
      ...(type === 'natGateways' ? { subnets: [{ id: 'x' }] } : {}),
      ...(type === 'publicIPAddresses' ? { ipAddress: '127.200.0.1', ipConfiguration: { id: 'x' } } : {}),
    };
    const back = type === 'networkSecurityGroups' ? shown : { ...shown, defaultSecurityRules: null };
    expect(declare(type, back, { location, tags, zones: [...zones], ...extra })).toEqual(once);
  });

  test('says nothing where it says null', () => {
    const given = { ...SPACE, subnets: null, ddosProtectionPlan: null };
    const { properties } = declare('virtualNetworks', given, { tags: null, zones: null, plan: null });
    expect(properties).not.toHaveProperty('ddosProtectionPlan');
    expect(properties['subnets']).toEqual([]);
  });

  test('keeps subnets that it does not speak of, and drops them when it lists others', () => {
    const current = networkRow({
      properties: declare('virtualNetworks', { ...SPACE, subnets: [subnet('a', '10.0.0.0/24')] }).properties,
    });
    const kept = declare('virtualNetworks', SPACE, {}, current);
    expect(kept.properties['subnets']).toMatchObject([{ name: 'a' }]);
    const gone = declare('virtualNetworks', { ...SPACE, subnets: [] }, {}, current);
    expect(gone.properties['subnets']).toEqual([]);
  });

  test('drops the rules that it does not list', () => {
    const { properties } = declare('networkSecurityGroups', { securityRules: [rule()] });
    const current = networkRow({ type: 'networkSecurityGroups', properties });
    expect(declare('networkSecurityGroups', {}, {}, current).properties['securityRules']).toEqual([]);
  });

  test('keeps of what it names the id only', () => {
    const named = { id: '/nsg', properties: { securityRules: [] } };
    const { properties } = declare('virtualNetworks', {
      ...SPACE,
      subnets: [subnet('a', '10.0.0.0/24', { networkSecurityGroup: named })],
    });
    expect(properties['subnets']).toMatchObject([{ properties: { networkSecurityGroup: { id: '/nsg' } } }]);
    expect(JSON.stringify(properties)).not.toContain('securityRules');
    const gateway = declare('natGateways', { publicIpAddresses: [{ id: '/ip', properties: {} }] });
    expect(gateway.properties['publicIpAddresses']).toEqual([{ id: '/ip' }]);
  });

  test('shows the one prefix of a subnet by its own name', () => {
    const one = { name: 'a', properties: { addressPrefixes: ['10.0.0.0/24'] } };
    const { properties } = declare('virtualNetworks', { ...SPACE, subnets: [one] });
    expect(properties['subnets']).toMatchObject([{ properties: { addressPrefix: '10.0.0.0/24' } }]);
  });

  test('keeps its sku when the next one does not name it', () => {
    const once = declare(
      'publicIPAddresses',
      { publicIPAllocationMethod: 'Static' },
      { sku: { name: 'Standard' } },
    );
    const current = networkRow({ ...once });
    const next = declare('publicIPAddresses', { publicIPAllocationMethod: 'Static' }, {}, current);
    expect(next.extra).toEqual({ sku: { name: 'Standard', tier: 'Regional' } });
  });

  test('names a public IP address below its region', () => {
    const { properties } = declare('publicIPAddresses', { dnsSettings: { domainNameLabel: 'web' } });
    expect(properties['dnsSettings']).toEqual({
      domainNameLabel: 'web',
      fqdn: 'web.westus.cloudapp.azure.com',
    });
  });
});

describe('a virtual network is refused', () => {
  test.each<[string, JsonObject, string]>([
    ['it has no address space', {}, 'invalidRequestFormat'],
    ['a prefix is none', { addressSpace: { addressPrefixes: ['10.0.0.0'] } }, 'invalidAddressPrefixFormat'],
    ['host bits are set', { addressSpace: { addressPrefixes: ['10.0.0.1/16'] } }, 'invalidCidrNotation'],
    [
      'its prefixes overlap',
      { addressSpace: { addressPrefixes: ['10.0.0.0/16', '10.0.0.0/17'] } },
      'badRequest',
    ],
    ['it has peerings', { ...SPACE, virtualNetworkPeerings: [{ name: 'x' }] }, 'badRequest'],
    ['a subnet has no prefix', { ...SPACE, subnets: [{ name: 'a' }] }, 'invalidRequestFormat'],
    ['a subnet has no name', { ...SPACE, subnets: [subnet('', '10.0.0.0/24')] }, 'invalidRequestFormat'],
    ['a subnet lies outside', { ...SPACE, subnets: [subnet('a', '10.1.0.0/24')] }, 'subnetOutsideNetwork'],
    ['a subnet is wider', { ...SPACE, subnets: [subnet('a', '10.0.0.0/15')] }, 'subnetOutsideNetwork'],
    ['a subnet is too small', { ...SPACE, subnets: [subnet('a', '10.0.0.0/30')] }, 'invalidSubnet'],
    [
      'subnets overlap',
      { ...SPACE, subnets: [subnet('a', '10.0.0.0/24'), subnet('b', '10.0.0.128/25')] },
      'subnetsOverlap',
    ],
    [
      'two subnets have one name',
      { ...SPACE, subnets: [subnet('a', '10.0.0.0/24'), subnet('A', '10.0.1.0/24')] },
      'duplicateResourceName',
    ],
  ])('when %s', (_, properties, code) => {
    expect(refusal('virtualNetworks', properties).code).toBe(code);
  });
});

describe('a security rule is refused', () => {
  test.each<[string, JsonObject, string, string | undefined]>([
    ['it has no priority', { priority: null }, 'invalidRequestFormat', 'MissingJsonProperty'],
    ['its priority is too low', { priority: 99 }, 'securityRuleInvalidPriority', undefined],
    ['its priority is too high', { priority: 4097 }, 'securityRuleInvalidPriority', undefined],
    ['its direction is none', { direction: 'Up' }, 'invalidRequestFormat', 'InvalidPropertyValue'],
    ['it has no ports', { sourcePortRange: null }, 'invalidRequestFormat', 'MissingJsonProperty'],
    ['its ports are none', { destinationPortRange: '80,443' }, 'securityRuleInvalidPortRange', undefined],
    ['its ports run backwards', { destinationPortRange: '2-1' }, 'securityRuleInvalidPortRange', undefined],
    ['a port is too high', { destinationPortRanges: ['65536'] }, 'securityRuleInvalidPortRange', undefined],
    ['its place is none', { sourceAddressPrefix: '1.2.3' }, 'securityRuleInvalidAddressPrefix', undefined],
  ])('when %s', (_, more, code, detail) => {
    expect(refusal('networkSecurityGroups', { securityRules: [rule(more)] })).toEqual({ code, detail });
  });

  test('when another has its priority in the same direction, and only then', () => {
    const named = (name: string, more: JsonObject = {}): JsonObject => ({ ...rule(more), name });
    const twice = { securityRules: [named('a'), named('b')] };
    expect(refusal('networkSecurityGroups', twice).code).toBe('securityRuleConflict');
    const both = { securityRules: [named('a'), named('b', { direction: 'Outbound' })] };
    expect(declare('networkSecurityGroups', both).properties['securityRules']).toHaveLength(2);
  });

  test.each(['*', 'Internet', 'Storage.WestUS', '10.0.0.0/8', '10.0.0.7', '10.0.0.1-10.0.0.9', 'fd00::/8'])(
    'but not when its place is %s',
    (sourceAddressPrefix) => {
      const given = { securityRules: [rule({ sourceAddressPrefix })] };
      expect(declare('networkSecurityGroups', given).properties['securityRules']).toHaveLength(1);
    },
  );
});

describe('a public IP address or NAT gateway is refused', () => {
  test.each<[string, NetworkType, JsonObject, JsonObject, string]>([
    [
      'it is Standard and dynamic',
      'publicIPAddresses',
      {},
      { sku: { name: 'Standard' } },
      'standardPublicIPAddressIsStatic',
    ],
    [
      'its label is none',
      'publicIPAddresses',
      { dnsSettings: { domainNameLabel: 'A' } },
      {},
      'invalidDomainNameLabel',
    ],
    ['it waits too long', 'publicIPAddresses', { idleTimeoutInMinutes: 31 }, {}, 'invalidRequestFormat'],
    ['it waits too short', 'natGateways', { idleTimeoutInMinutes: 3 }, {}, 'invalidRequestFormat'],
    ['its zone is none', 'natGateways', {}, { zones: ['4'] }, 'invalidParameter'],
    ['it is nowhere', 'natGateways', {}, { location: null }, 'invalidParameter'],
  ])('when %s', (_, type, properties, more, code) => {
    expect(refusal(type, properties, more).code).toBe(code);
  });

  test('when it would become of another kind', () => {
    const current = networkRow({
      type: 'publicIPAddresses',
      extra: { sku: { name: 'Basic', tier: 'Regional' } },
    });
    const next = { publicIPAllocationMethod: 'Static' };
    expect(refusal('publicIPAddresses', next, { sku: { name: 'Standard' } }, current).code).toBe(
      'propertyChangeNotAllowed',
    );
  });
});
