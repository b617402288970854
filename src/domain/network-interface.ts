// Network interface: those of an instance, read out of its model and its row. What must hold: what tells one from another (its
// hardware address, its id) stays the same as long as the instance is there.

import { fingerprint } from './fingerprint.ts';
import type { Instance } from './instance.ts';
import { flagAt, isObject, type JsonObject, listAt, objectAt, textAt } from './json.ts';

export interface NetworkInterface {
  readonly name: string;
  readonly primary: boolean;
  /** Six bytes in hexadecimal digits, upper case, dashes between them. */
  readonly macAddress: string;
  /** As the model declares it. */
  readonly properties: JsonObject;
  readonly ipConfigurations: readonly IpConfiguration[];
}

export interface IpConfiguration {
  readonly name: string;
  readonly primary: boolean;
  readonly version: 4 | 6;
  /** Of its subnet, or where it has none, where the guest really is; absent while nothing is known. */
  readonly privateAddress?: string;
  readonly properties: JsonObject;
  readonly publicAddress?: InstancePublicAddress;
}

/** An instance's own public IP address leads to its guest: it is the address at which that really listens. */
export interface InstancePublicAddress {
  readonly name: string;
  readonly address?: string;
  readonly properties: JsonObject;
  /** Whatever else the model says about it, `sku` for one. */
  readonly extra: JsonObject;
}

/** @param profile of the model that the instance has */
export function networkInterfaces(instance: Instance, profile: JsonObject): readonly NetworkInterface[] {
  const declared = listAt(profile, 'networkProfile', 'networkInterfaceConfigurations').filter(isObject);
  return declared.map((nic, index) => {
    const name = textAt(nic, 'name') ?? '';
    const ips = listAt(nic, 'properties', 'ipConfigurations').filter(isObject);
    return {
      name,
      // The only one, or the first where the model names none.
      primary: flagAt(nic, 'properties', 'primary') ?? index === 0,
      macAddress: macAddress(instance.vmId, name),
      properties: objectAt(nic, 'properties') ?? {},
      ipConfigurations: ips.map((ip, place) => ipConfiguration(instance, name, ip, place)),
    };
  });
}

function ipConfiguration(instance: Instance, nic: string, ip: JsonObject, place: number): IpConfiguration {
  const name = textAt(ip, 'name') ?? '';
  const properties = objectAt(ip, 'properties') ?? {};
  const isSix = (textAt(properties, 'privateIPAddressVersion') ?? '').toLowerCase() === 'ipv6';
  const given = addressesNow(instance)?.find((one) => one.nic === nic && one.ipConfiguration === name);
  const own = isSix ? undefined : instance.observed.address?.host;
  const privateAddress = given?.address ?? own;
  const publicConfiguration = objectAt(properties, 'publicIPAddressConfiguration');
  return {
    name,
    primary: flagAt(properties, 'primary') ?? place === 0,
    version: isSix ? 6 : 4,
    ...(privateAddress === undefined ? {} : { privateAddress }),
    properties,
    ...(publicConfiguration === undefined ? {} : { publicAddress: publicAddress(publicConfiguration, own) }),
  };
}

/** Of the model that it has: until an update has come true, what it would go back to. */
function addressesNow({ addresses, model, wanted, task }: Instance): Instance['addresses'] {
  return task?.undo !== undefined && model !== wanted.model ? task.undo.addresses : addresses;
}

function publicAddress(declared: JsonObject, address: string | undefined): InstancePublicAddress {
  const { name: _name, properties: _properties, ...extra } = declared;
  return {
    name: textAt(declared, 'name') ?? '',
    ...(address === undefined ? {} : { address }),
    properties: objectAt(declared, 'properties') ?? {},
    extra,
  };
}

/** Derived from who has it. It is marked as locally administered: it is of no maker of hardware. */
export function macAddress(vmId: string, nic: string): string {
  const digits = fingerprint([vmId, nic.toLowerCase()]).slice(0, 10).toUpperCase();
  return `02${digits}`.replaceAll(/(..)(?!$)/g, '$1-');
}
