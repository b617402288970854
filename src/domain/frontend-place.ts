// Frontend place: the loopback address at which a frontend listens. One that has a public IP address listens where that address
// is, whichever balancer it belongs to; any other has a place of its own.
// What must hold: the same place has the same address, whenever it is asked and whoever asks.

import { hash } from './distribution.ts';
import { textAt } from './json.ts';
import { findChild, type LoadBalancer } from './load-balancer.ts';

/** @param frontend its name */
export function frontendPlace(balancer: LoadBalancer, frontend: string): string {
  const { properties } = findChild(balancer, 'frontendIPConfigurations', frontend) ?? {};
  const address = textAt(properties, 'publicIPAddress', 'id');
  return address === undefined ? `${balancer.uid} ${frontend.toLowerCase()}` : publicPlace(address);
}

/** @param id of a public IP address */
export function publicPlace(id: string): string {
  return id.toLowerCase();
}

const FIRST = 192;
const COUNT = 62;

/** In 127.192.0.0 to 127.253.255.255: guests have theirs below that. */
export function placeAddress(place: string): string {
  const number = hash(place);
  const low = 1 + ((number >>> 8) % 65_534);
  return `127.${FIRST + (number % COUNT)}.${low >> 8}.${low & 255}`;
}
