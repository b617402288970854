// Public IP address: the rules of a declared one, and which balancer may take it.
// Sources: Microsoft's swagger (defaults, ranges), error codes and texts as users of Azure report them.

import { Failure } from './failure.ts';
import { type JsonObject, objectAt, textAt } from './json.ts';
import { sameName } from './load-balancer.ts';
import { numberOf, wordOf } from './network-format.ts';
import type { NetworkResource } from './network-resource.ts';

export function completePublicIPAddress(
  { path, sku, location }: { readonly path: string; readonly sku: string; readonly location: string },
  given: JsonObject,
): JsonObject {
  const method = wordOf(given, 'publicIPAllocationMethod', ['Dynamic', 'Static'], path);
  if (sameName(sku, 'Standard') && method !== 'Static') {
    throw new Failure(
      'standardPublicIPAddressIsStatic',
      `Standard sku publicIp ${path} must have AllocationMethod set to Static.`,
    );
  }
  const dns = objectAt(given, 'dnsSettings');
  return {
    ipTags: [],
    ...given,
    publicIPAddressVersion: wordOf(given, 'publicIPAddressVersion', ['IPv4', 'IPv6'], path),
    publicIPAllocationMethod: method,
    idleTimeoutInMinutes: numberOf(given, 'idleTimeoutInMinutes', [4, 30, 4], path),
    ...(dns === undefined ? {} : { dnsSettings: completeDns(dns, location) }),
  };
}

function completeDns(dns: JsonObject, location: string): JsonObject {
  const label = textAt(dns, 'domainNameLabel');
  if (label === undefined) return dns;
  if (!/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/.test(label)) {
    throw new Failure(
      'invalidDomainNameLabel',
      `The domain name label ${label} is invalid. It must conform to the following regular expression: ^[a-z][a-z0-9-]{1,61}[a-z0-9]$.`,
    );
  }
  return { ...dns, fqdn: `${label}.${location}.cloudapp.azure.com` };
}

/** A name leads to one address only. */
export function checkDnsIsFree(
  declared: Pick<NetworkResource, 'properties'>,
  others: readonly NetworkResource[],
): void {
  const name = dnsNameOf(declared);
  if (name === undefined || others.every((other) => dnsNameOf(other) !== name)) return;
  throw new Failure('dnsRecordInUse', `DNS record ${name} is already used by another public IP.`);
}

export function dnsNameOf({ properties }: Pick<NetworkResource, 'properties'>): string | undefined {
  return textAt(properties, 'dnsSettings', 'fqdn');
}

export function skuOf({ extra }: Pick<NetworkResource, 'extra'>): string {
  return textAt(extra, 'sku', 'name') ?? 'Basic';
}

/** A NAT gateway is of the Standard kind, and so are its addresses. */
export function checkStandard(
  gateway: string,
  address: { readonly path: string; readonly sku: string },
): void {
  if (sameName(address.sku, 'Standard')) return;
  throw new Failure(
    'badRequest',
    `NAT gateway ${gateway} cannot reference ${address.sku} sku publicIP ${address.path}.`,
  );
}

/** A balancer's addresses are of its own kind. */
export function checkSameSku(
  balancer: { readonly path: string; readonly sku: string },
  address: { readonly path: string; readonly sku: string },
): void {
  if (sameName(balancer.sku, address.sku)) return;
  throw new Failure(
    'publicIPAddressAndBalancerDiffer',
    `${balancer.sku} sku load balancer ${balancer.path} cannot reference ${address.sku} sku publicIP ${address.path}.`,
  );
}
