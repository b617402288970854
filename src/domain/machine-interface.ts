// Machine interface: the network interfaces and public IP addresses that came with a virtual machine, made from its model. They
// are resources of their own on the wire, and rows nowhere: what they are follows from the machine.
// What must hold: their names follow from what names the machine for ever, so that they stay when it joins or leaves a set.
// Source: recorded names, `{configuration}-{8 hex}` (the machine's own eight digits).

import { fingerprint, fingerprintGuid } from './fingerprint.ts';
import { handleOf } from './guest.ts';
import type { Instance } from './instance.ts';
import { ofRow } from './interface-resource.ts';
import { isObject, type Json, type JsonObject, listAt, objectAt, textAt } from './json.ts';
import { withBareReferences } from './network-format.ts';
import { networkInterfaces } from './network-interface.ts';
import { networkPartPath, networkPath } from './network-reference.ts';
import {
  type DeleteOption,
  networkParts,
  type NetworkResource,
  type NetworkType,
} from './network-resource.ts';
import { instancePath } from './resource-path.ts';
import type { ModelVersion, ScaleSet } from './scale-set.ts';
import { without } from './declaration.ts';

export interface MachineOwner {
  readonly set: ScaleSet;
  readonly instance: Instance;
  /** Of the version that the instance has. */
  readonly model: Pick<ModelVersion, 'profile'>;
}

/** One that came with a machine. */
export interface MadeResource {
  readonly resource: NetworkResource;
  readonly instance: Instance;
  readonly set: ScaleSet;
  /** What the machine's model calls the network interface. */
  readonly nic: string;
  /** Of a public IP address: the IP configuration that it came with. */
  readonly user?: string;
}

/** The ARM id of an instance's network interface: of a machine's, that of the resource; of others, below the instance. */
export function instanceInterfacePath(
  subscriptionId: string,
  set: { readonly group: string; readonly name: string },
  instance: Pick<Instance, 'id' | 'machine' | 'vmId'>,
  nic: string,
): string {
  const { machine } = instance;
  if (machine === undefined) return `${instancePath(subscriptionId, set, instance)}/networkInterfaces/${nic}`;
  return networkPath(subscriptionId, {
    type: 'networkInterfaces',
    group: machine.group,
    name: madeName(instance, nic),
  });
}

/** What the machine's view shows in `networkProfile.networkInterfaces`, be they rows or not. */
export function machineInterfaces(
  subscriptionId: string,
  { set, instance, model }: MachineOwner,
): readonly JsonObject[] {
  return listAt(model.profile, 'networkProfile', 'networkInterfaceConfigurations')
    .filter(isObject)
    .map((entry): JsonObject => {
      const reference = objectAt(entry, 'reference');
      if (ofRow(entry) && reference !== undefined) return reference;
      const id = instanceInterfacePath(subscriptionId, set, instance, textAt(entry, 'name') ?? '');
      const { primary, deleteOption } = objectAt(entry, 'properties') ?? {};
      return {
        id,
        properties: {
          ...(primary === undefined ? {} : { primary }),
          ...(deleteOption === undefined ? {} : { deleteOption }),
        },
      };
    });
}

/** In the form of rows, for views. None for an instance that is no machine. */
export function madeResources(
  subscriptionId: string,
  { set, instance, model }: MachineOwner,
  type: NetworkType,
): readonly MadeResource[] {
  const { machine } = instance;
  if (machine === undefined) return [];
  const made = new Set(madeEntries(model).map((entry) => textAt(entry, 'name')));
  return networkInterfaces(instance, model.profile)
    .filter(({ name }) => made.has(name))
    .flatMap((nic): readonly MadeResource[] => {
      const at = { subscriptionId, set, instance, group: machine.group, nic: nic.name };
      const from = { set, instance, nic: nic.name };
      if (type === 'networkInterfaces') {
        return [{ resource: madeInterface(at, nic.properties, nic.primary), ...from }];
      }
      if (type !== 'publicIPAddresses') return [];
      return listAt(nic.properties, 'ipConfigurations').flatMap((ip): readonly MadeResource[] => {
        const resource = madeAddress(at, ip);
        const path = instanceInterfacePath(subscriptionId, set, instance, nic.name);
        const user = networkPartPath(path, 'ipConfigurations', textAt(ip, 'name') ?? '');
        return resource === undefined ? [] : [{ resource, ...from, user }];
      });
    });
}

/** The same network interfaces, as far as they name other resources: what ten thousand machines name is asked for often. */
export function namingInterfaces(
  subscriptionId: string,
  { set, instance, model }: MachineOwner,
): readonly Pick<NetworkResource, 'type' | 'group' | 'name' | 'properties'>[] {
  const { machine } = instance;
  if (machine === undefined) return [];
  const { group } = machine;
  return madeEntries(model).map((entry) => {
    const nic = textAt(entry, 'name') ?? '';
    const at = { subscriptionId, set, instance, group, nic };
    const properties = interfaceProperties(at, objectAt(entry, 'properties') ?? {});
    return { type: 'networkInterfaces', group, name: madeName(instance, nic), properties };
  });
}

/** Of network interfaces that came with their machine. */
function madeEntries({ profile }: MachineOwner['model']): readonly JsonObject[] {
  const entries = listAt(profile, 'networkProfile', 'networkInterfaceConfigurations').filter(isObject);
  return entries.filter((entry) => !ofRow(entry));
}

/**
 * What stays when the machine goes: of those that came with it, the network interfaces that are to be detached (`deleteOption`), and the
 * public IP addresses that are. They are rows from then on.
 */
export function leftBehind(subscriptionId: string, owner: MachineOwner): readonly NetworkResource[] {
  const stays = ({ resource }: MadeResource): boolean => resource.holder?.declared.deleteOption === 'Detach';
  const addresses = madeResources(subscriptionId, owner, 'publicIPAddresses')
    .filter(({ resource }) => textAt(resource.properties, 'deleteOption') === 'Detach')
    .map(({ resource }) => resource);
  const ids = new Set(addresses.map((address) => networkPath(subscriptionId, address)));
  const interfaces = madeResources(subscriptionId, owner, 'networkInterfaces').filter(stays);
  return [...addresses, ...interfaces.map(({ resource }) => freed(resource, ids))];
}

/** @param ids those of the public IP addresses that stay */
function freed({ holder: _holder, ...row }: NetworkResource, ids: ReadonlySet<string>): NetworkResource {
  const ipConfigurations = networkParts(row, 'ipConfigurations').map(({ name, properties }): Json => {
    const address = textAt(properties, 'publicIPAddress', 'id');
    const stays = address === undefined || ids.has(address);
    return { name, properties: stays ? properties : without(properties, 'publicIPAddress') };
  });
  const addresses = (row.addresses ?? []).map((one) => ({ ...one, nic: row.name }));
  return { ...row, properties: { ...row.properties, ipConfigurations }, addresses };
}

interface At {
  readonly subscriptionId: string;
  readonly set: ScaleSet;
  readonly instance: Instance;
  readonly group: string;
  readonly nic: string;
}

/** `nic-1a2b3c4d`. */
function madeName(instance: Pick<Instance, 'vmId'>, configuration: string): string {
  return `${configuration}${digitsOf(instance)}`;
}

/** By row: one name is looked for among those of ten thousand machines. */
const known = new WeakMap<Pick<Instance, 'vmId'>, string>();

/** The end of the names of all that came with a machine. */
function digitsOf(instance: Pick<Instance, 'vmId'>): string {
  const digits = known.get(instance) ?? `-${fingerprint([instance.vmId]).slice(0, 8)}`;
  known.set(instance, digits);
  return digits;
}

/** Whether something of that name can have come with the machine, as far as the name alone tells. */
export function mayHaveMade(instance: Pick<Instance, 'vmId'>, name: string): boolean {
  return name.toLowerCase().endsWith(digitsOf(instance));
}

function madeInterface(at: At, properties: JsonObject, primary: boolean): NetworkResource {
  const { instance, nic } = at;
  const deleteOption = textAt(properties, 'deleteOption') as DeleteOption | undefined;
  return {
    ...base(at, 'networkInterfaces', nic, interfaceProperties(at, properties)),
    addresses: (instance.addresses ?? []).filter((one) => one.nic === nic),
    holder: {
      guest: handleOf(instance),
      primary,
      declared: deleteOption === undefined ? {} : { deleteOption },
    },
  };
}

function interfaceProperties(at: At, properties: JsonObject): JsonObject {
  const ips = listAt(properties, 'ipConfigurations').filter(isObject);
  const shown = withBareReferences(without(properties, 'primary', 'deleteOption'), 'networkSecurityGroup');
  return {
    ...shown,
    ipConfigurations: ips.map((ip, index) => ipConfiguration(at, ip, index === 0)),
    enableAcceleratedNetworking: shown['enableAcceleratedNetworking'] ?? false,
    enableIPForwarding: shown['enableIPForwarding'] ?? false,
    disableTcpStateTracking: shown['disableTcpStateTracking'] ?? false,
    dnsSettings: { dnsServers: listAt(properties, 'dnsSettings', 'dnsServers') },
    nicType: 'Standard',
  };
}

function ipConfiguration(at: At, ip: JsonObject, isFirst: boolean): Json {
  const properties = objectAt(ip, 'properties') ?? {};
  const id = addressPath(at, ip);
  return {
    name: textAt(ip, 'name') ?? '',
    properties: {
      ...without(properties, 'publicIPAddressConfiguration'),
      privateIPAllocationMethod: 'Dynamic',
      privateIPAddressVersion: textAt(properties, 'privateIPAddressVersion') ?? 'IPv4',
      primary: properties['primary'] ?? isFirst,
      ...(id === undefined ? {} : { publicIPAddress: { id } }),
    },
  };
}

/** The ARM id of the public IP address that an IP configuration asks for. */
function addressPath({ subscriptionId, instance, group }: At, ip: Json): string | undefined {
  const declared = objectAt(ip, 'properties', 'publicIPAddressConfiguration');
  if (declared === undefined) return undefined;
  const name = madeName(instance, textAt(declared, 'name') ?? '');
  return networkPath(subscriptionId, { type: 'publicIPAddresses', group, name });
}

/** The public IP address that an IP configuration asks for. */
function madeAddress(at: At, ip: Json): NetworkResource | undefined {
  const declared = objectAt(ip, 'properties', 'publicIPAddressConfiguration');
  if (declared === undefined) return undefined;
  const {
    idleTimeoutInMinutes = 4,
    ipTags = [],
    dnsSettings,
    deleteOption,
  } = objectAt(declared, 'properties') ?? {};
  const sku = objectAt(declared, 'sku') ?? { name: 'Standard', tier: 'Regional' };
  return {
    ...base(at, 'publicIPAddresses', textAt(declared, 'name') ?? '', {
      publicIPAddressVersion: textAt(declared, 'properties', 'publicIPAddressVersion') ?? 'IPv4',
      publicIPAllocationMethod: 'Static',
      idleTimeoutInMinutes,
      ipTags,
      // The name by which Azure's DNS would know it: there is none here, so that no `fqdn` is promised.
      ...(dnsSettings === undefined ? {} : { dnsSettings }),
      ...(deleteOption === undefined ? {} : { deleteOption }),
    }),
    extra: { sku },
  };
}

function base(at: At, type: NetworkType, configuration: string, properties: JsonObject): NetworkResource {
  const { set, instance, group } = at;
  const addresses = (instance.addresses ?? []).map(({ address }) => address);
  return {
    uid: fingerprintGuid([instance.vmId, type, at.nic, configuration]),
    type,
    group,
    name: madeName(instance, configuration),
    revision: 0,
    // Another tag whenever anything of it is different.
    etag: fingerprintGuid([instance.vmId, properties, addresses]),
    created: instance.created,
    location: set.declared.location,
    tags: {},
    zones: type === 'publicIPAddresses' && instance.zone !== undefined ? [instance.zone] : [],
    properties,
    extra: {},
  };
}
