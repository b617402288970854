// Network interfaces of instances as clients see them, with their IP configurations and public IP addresses. An instance's own
// public address is where its guest listens; its private address is one of its subnet, by which nothing is reached here.

import type { NatRuleOf } from '../../app/network-interfaces.ts';
import type { Json, JsonObject } from '../../arm/json.ts';
import { balancerPath, childPath, parseChildReference } from '../../domain/balancer-reference.ts';
import { fingerprintGuid } from '../../domain/fingerprint.ts';
import { handleOf } from '../../domain/guest.ts';
import type { Instance } from '../../domain/instance.ts';
import { listAt, textAt } from '../../domain/json.ts';
import {
  type InstancePublicAddress,
  type IpConfiguration,
  type NetworkInterface,
  networkInterfaces,
} from '../../domain/network-interface.ts';
import { instanceInterfacePath } from '../../domain/machine-interface.ts';
import { instancePath } from '../../domain/resource-path.ts';
import type { ModelVersion, ScaleSet } from '../../domain/scale-set.ts';

/** The tag of a network interface that says where its guest is really reached. */
const GUEST_TAG = 'muster:guestAddress';

export interface InterfaceOwner {
  readonly set: ScaleSet;
  readonly instance: Instance;
  readonly model: ModelVersion;
  readonly subscriptionId: string;
  readonly natRuleOf: NatRuleOf;
}

export function interfaceBodies(owner: InterfaceOwner): readonly JsonObject[] {
  return networkInterfaces(owner.instance, owner.model.profile).map((nic) => interfaceBody(owner, nic));
}

/** Of one network interface, by its name in any case. */
export function ipConfigurationBodies(owner: InterfaceOwner, nicName: string): readonly JsonObject[] {
  return named(networkInterfaces(owner.instance, owner.model.profile), nicName).flatMap((nic) =>
    nic.ipConfigurations.map((ip) => ipConfigurationBody(owner, nic, ip)),
  );
}

/** Of all IP configurations, or of one. */
export function publicAddressBodies(
  owner: InterfaceOwner,
  of?: { readonly nic: string; readonly ip: string },
): readonly JsonObject[] {
  const nics = networkInterfaces(owner.instance, owner.model.profile);
  return (of === undefined ? nics : named(nics, of.nic)).flatMap((nic) =>
    (of === undefined ? nic.ipConfigurations : named(nic.ipConfigurations, of.ip)).flatMap((ip) =>
      ip.publicAddress === undefined ? [] : [publicAddressBody(owner, nic, ip, ip.publicAddress)],
    ),
  );
}

function named<T extends { readonly name: string }>(all: readonly T[], name: string): readonly T[] {
  return all.filter((one) => one.name.toLowerCase() === name.toLowerCase());
}

function interfaceBody(owner: InterfaceOwner, nic: NetworkInterface): JsonObject {
  const { properties } = nic;
  const group = textAt(properties, 'networkSecurityGroup', 'id');
  const { address } = owner.instance.observed;
  return tagged(owner, {
    name: nic.name,
    id: nicPath(owner, nic),
    // Azure has none here. A private address of a subnet leads nowhere, and this one to the guest.
    ...(address === undefined ? {} : { tags: { [GUEST_TAG]: `${address.host}:${address.port}` } }),
    properties: {
      provisioningState: 'Succeeded',
      resourceGuid: fingerprintGuid([owner.instance.vmId, nic.name]),
      ipConfigurations: nic.ipConfigurations.map((ip) => ipConfigurationBody(owner, nic, ip)),
      dnsSettings: { dnsServers: listAt(properties, 'dnsSettings', 'dnsServers'), appliedDnsServers: [] },
      macAddress: nic.macAddress,
      enableAcceleratedNetworking: properties['enableAcceleratedNetworking'] ?? false,
      enableIPForwarding: properties['enableIPForwarding'] ?? false,
      ...(group === undefined ? {} : { networkSecurityGroup: { id: group } }),
      primary: nic.primary,
      virtualMachine: { id: ownerPath(owner) },
    },
  });
}

function ipConfigurationBody(owner: InterfaceOwner, nic: NetworkInterface, ip: IpConfiguration): JsonObject {
  const subnet = textAt(ip.properties, 'subnet', 'id');
  const pools = listAt(ip.properties, 'loadBalancerBackendAddressPools');
  const rules = natRules(owner, ip);
  const path = ipPath(owner, nic, ip);
  return tagged(owner, {
    name: ip.name,
    id: path,
    properties: {
      provisioningState: 'Succeeded',
      ...(ip.privateAddress === undefined ? {} : { privateIPAddress: ip.privateAddress }),
      privateIPAllocationMethod: 'Dynamic',
      ...(ip.publicAddress === undefined
        ? {}
        : { publicIPAddress: { id: `${path}/publicIPAddresses/${ip.publicAddress.name}` } }),
      ...(subnet === undefined ? {} : { subnet: { id: subnet } }),
      primary: ip.primary,
      privateIPAddressVersion: `IPv${ip.version}`,
      ...(pools.length === 0 ? {} : { loadBalancerBackendAddressPools: pools }),
      ...(rules.length === 0 ? {} : { loadBalancerInboundNatRules: rules }),
    },
  });
}

function natRules({ instance, natRuleOf }: InterfaceOwner, ip: IpConfiguration): readonly Json[] {
  return listAt(ip.properties, 'loadBalancerInboundNatPools').flatMap((item): readonly Json[] => {
    const pool = parseChildReference(textAt(item, 'id') ?? '');
    const name = pool && natRuleOf(handleOf(instance), pool);
    if (pool === undefined || name === undefined) return [];
    const path = balancerPath(pool.subscriptionId, pool.group, pool.balancer);
    return [{ id: childPath(path, 'inboundNatRules', name) }];
  });
}

function publicAddressBody(
  owner: InterfaceOwner,
  nic: NetworkInterface,
  ip: IpConfiguration,
  { name, address, properties, extra }: InstancePublicAddress,
): JsonObject {
  const path = ipPath(owner, nic, ip);
  const label = textAt(properties, 'dnsSettings', 'domainNameLabel');
  return tagged(owner, {
    name,
    id: `${path}/publicIPAddresses/${name}`,
    ...extra,
    properties: {
      provisioningState: 'Succeeded',
      resourceGuid: fingerprintGuid([owner.instance.vmId, nic.name, ip.name, name]),
      ...(address === undefined ? {} : { ipAddress: address }),
      publicIPAddressVersion: 'IPv4',
      publicIPAllocationMethod: 'Dynamic',
      idleTimeoutInMinutes: properties['idleTimeoutInMinutes'] ?? 4,
      ipTags: listAt(properties, 'ipTags'),
      // The name by which Azure's DNS would know it: there is none here, so that no `fqdn` is promised.
      ...(label === undefined ? {} : { dnsSettings: { domainNameLabel: `vm${owner.instance.id}.${label}` } }),
      ipConfiguration: { id: path },
    },
  });
}

/** With the tag of what is shown: another tag whenever anything of it is different. */
function tagged({ instance }: InterfaceOwner, body: JsonObject): JsonObject {
  const { name, id, ...rest } = body;
  return { name, id, etag: `W/"${fingerprintGuid([instance.vmId, body])}"`, ...rest };
}

function ownerPath({ set, instance, subscriptionId }: InterfaceOwner): string {
  return instancePath(subscriptionId, set, instance);
}

function nicPath(owner: InterfaceOwner, { name }: NetworkInterface): string {
  return instanceInterfacePath(owner.subscriptionId, owner.set, owner.instance, name);
}

function ipPath(owner: InterfaceOwner, nic: NetworkInterface, { name }: IpConfiguration): string {
  return `${nicPath(owner, nic)}/ipConfigurations/${name}`;
}
