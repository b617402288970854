// Frontend addresses: which static ones are refused, and that those that are not static are nobody's business here.
import { describe, expect, test } from 'vitest';
import { loadBalancerRow, networkRow } from '../../test/testing/rows.ts';
import { Failure } from './failure.ts';
import { checkFrontendAddresses } from './frontend-address.ts';
import type { LoadBalancer } from './load-balancer.ts';
import { networkPath } from './network-reference.ts';

const VNET = networkRow({
  properties: {
    subnets: [
      { name: 'default', properties: { addressPrefixes: ['10.0.0.0/24', 'fd00::/64'] } },
      { name: 'back', properties: { addressPrefix: '10.0.1.0/24' } },
    ],
  },
});

function balancer(
  uid: string,
  ...addresses: readonly [address: string, method?: string, subnet?: string][]
): LoadBalancer {
  const frontendIPConfigurations = addresses.map(
    ([privateIPAddress, method = 'static', subnet = 'default'], index) => ({
      name: `f${index}`,
      properties: {
        privateIPAddress,
        privateIPAllocationMethod: method,
        subnet: { id: `${networkPath('s', VNET)}/subnets/${subnet}`.toUpperCase() },
      },
    }),
  );
  return loadBalancerRow({ uid, name: uid, properties: { frontendIPConfigurations } });
}

function refusal(one: LoadBalancer, ...others: readonly LoadBalancer[]): string | undefined {
  try {
    checkFrontendAddresses('s', one, [VNET], others);
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
}

describe('a static address', () => {
  test.each([
    ['10.0.0.3', 'privateAddressReserved'],
    ['10.0.0.4', undefined],
    ['10.0.0.254', undefined],
    ['10.0.0.255', 'privateAddressReserved'],
    ['10.0.1.4', 'privateAddressOutsideSubnet'],
    ['fd00::4', undefined],
    ['fd01::4', 'privateAddressOutsideSubnet'],
    ['front', 'privateAddressOutsideSubnet'],
  ])('%s: %s', (address, code) => {
    expect(refusal(balancer('a', [address]))).toBe(code);
  });

  test('is had by one frontend only, of this balancer and of all others', () => {
    expect(refusal(balancer('a', ['10.0.0.4'], ['10.0.0.4']))).toBe('privateAddressTaken');
    expect(refusal(balancer('a', ['10.0.0.4']), balancer('b', ['10.0.0.4']))).toBe('privateAddressTaken');
    expect(refusal(balancer('a', ['fd00::4']), balancer('b', ['fd00:0::4']))).toBe('privateAddressTaken');
    expect(refusal(balancer('a', ['10.0.0.4']), balancer('b', ['10.0.0.5']))).toBeUndefined();
  });
});

test('an address that is not static may be sent back as it was shown', () => {
  expect(refusal(balancer('a', ['10.0.0.4', 'Dynamic']), balancer('b', ['10.0.0.4']))).toBeUndefined();
  expect(refusal(balancer('a', ['10.9.0.4', 'Dynamic']))).toBeUndefined();
});
