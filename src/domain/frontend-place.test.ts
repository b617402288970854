// Frontend places: a frontend with a public IP address is where that address is, whoever's it is.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadBalancerRow } from '../../test/testing/rows.ts';
import { frontendPlace, placeAddress, publicPlace } from './frontend-place.ts';

const ID = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/publicIPAddresses/ip';

test('a frontend with a public IP address is at the same place in every balancer', () => {
  const frontendIPConfigurations = [
    { name: 'front', properties: { publicIPAddress: { id: ID.toUpperCase() } } },
  ];
  const one = loadBalancerRow({ properties: { frontendIPConfigurations } });
  const other = loadBalancerRow({ name: 'other', uid: 'other', properties: { frontendIPConfigurations } });
  expect(frontendPlace(one, 'FRONT')).toBe(publicPlace(ID));
  expect(frontendPlace(other, 'front')).toBe(publicPlace(ID));
});

test('any other frontend has a place of its own', () => {
  const one = loadBalancerRow();
  const other = loadBalancerRow({ uid: 'other' });
  expect(frontendPlace(one, 'front')).toBe(frontendPlace(one, 'Front'));
  expect(frontendPlace(one, 'front')).not.toBe(frontendPlace(other, 'front'));
});

test('an address is a loopback address that no guest has, the same every time', () => {
  fc.assert(
    fc.property(fc.string(), (place) => {
      const parts = placeAddress(place).split('.').map(Number);
      expect(parts[0]).toBe(127);
      expect(parts[1]).toBeGreaterThanOrEqual(192);
      expect(parts[1]).toBeLessThanOrEqual(253);
      expect(parts.every((part) => part >= 0 && part <= 255)).toBe(true);
      expect(placeAddress(place)).toBe(parts.join('.'));
    }),
  );
});
