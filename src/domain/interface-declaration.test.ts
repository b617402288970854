// Interface declaration: what a body becomes, and what of it is refused.
import { describe, expect, test } from 'vitest';
import { Failure } from './failure.ts';
import { completeInterface } from './interface-declaration.ts';
import { type JsonObject, listAt, objectAt, textAt } from './json.ts';

const AT = { path: '/nic', name: 'nic' };
const part = (name: string, properties: JsonObject = {}): JsonObject => ({
  name,
  properties: { subnet: { id: '/subnet', name: 'shown' }, ...properties },
});

function refusal(given: JsonObject): { code: string; detail: string | undefined } {
  try {
    completeInterface(AT, given);
  } catch (error) {
    if (error instanceof Failure) return { code: error.code, detail: error.details[0]?.code };
    throw error;
  }
  throw new Error('it was not refused');
}

describe('a network interface', () => {
  test('has its defaults filled in, and of what it names the ids alone', () => {
    const pool = { id: '/pool', properties: { backendIPConfigurations: [] } };
    const given = {
      networkSecurityGroup: { id: '/nsg', location: 'westus' },
      ipConfigurations: [part('ip', { loadBalancerBackendAddressPools: [pool], adminPassword: 'S3cret' })],
    };
    const declared = completeInterface(AT, given);
    expect(declared).toEqual({
      networkSecurityGroup: { id: '/nsg' },
      ipConfigurations: [
        {
          name: 'ip',
          properties: {
            subnet: { id: '/subnet' },
            loadBalancerBackendAddressPools: [{ id: '/pool' }],
            privateIPAllocationMethod: 'Dynamic',
            privateIPAddressVersion: 'IPv4',
            primary: true,
          },
        },
      ],
      dnsSettings: { dnsServers: [] },
      enableAcceleratedNetworking: false,
      enableIPForwarding: false,
      disableTcpStateTracking: false,
      nicType: 'Standard',
    });
    expect(completeInterface(AT, declared)).toEqual(declared);
  });

  test('keeps an address that is declared, and drops one that was handed out', () => {
    const given = [
      part('a', { primary: true, privateIPAddress: '10.0.0.9', privateIPAllocationMethod: 'static' }),
      part('b', { privateIPAddress: '10.0.0.4' }),
    ];
    const parts = listAt(completeInterface(AT, { ipConfigurations: given }), 'ipConfigurations');
    expect(parts.map((one) => textAt(one, 'properties', 'privateIPAddress'))).toEqual([
      '10.0.0.9',
      undefined,
    ]);
    expect(parts.map((one) => objectAt(one, 'properties')?.['primary'])).toEqual([true, false]);
  });

  test.each<[string, readonly JsonObject[], string, string?]>([
    ['no IP configuration', [], 'invalidRequestFormat', 'MissingJsonProperty'],
    ['one without a subnet', [{ name: 'ip', properties: {} }], 'invalidRequestFormat', 'MissingJsonProperty'],
    ['one without a name', [{ properties: {} }], 'invalidRequestFormat', 'InvalidResourceName'],
    ['two of one name', [part('ip', { primary: true }), part('IP')], 'duplicateResourceName'],
    ['no primary one of two', [part('a'), part('b')], 'primaryIpConfigurationUnclear'],
    [
      'two primary ones',
      [part('a', { primary: true }), part('b', { primary: true })],
      'primaryIpConfigurationUnclear',
    ],
    [
      'two subnets',
      [part('a', { primary: true }), part('b', { subnet: { id: '/other' } })],
      'ipConfigurationsDifferInSubnet',
    ],
    [
      'a static address that is not said',
      [part('a', { privateIPAllocationMethod: 'Static' })],
      'invalidRequestFormat',
      'MissingJsonProperty',
    ],
    [
      'a method that there is not',
      [part('a', { privateIPAllocationMethod: 'Random' })],
      'invalidRequestFormat',
      'InvalidPropertyValue',
    ],
    [
      'a primary one of version 6',
      [part('a', { privateIPAddressVersion: 'IPv6' })],
      'invalidRequestFormat',
      'InvalidPropertyValue',
    ],
  ])('with %s is refused', (_, ipConfigurations, code, detail) => {
    expect(refusal({ ipConfigurations })).toEqual({ code, detail });
  });
});
