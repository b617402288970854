// Network schemas: what the bodies of virtual networks, public IP addresses, network security groups, NAT gateways, network
// interfaces and their parts must look like where the plane reads them.

import { type BodySchema } from './schemas.ts';
import { flag, listOf, members, required, scalarText, tags, text, whole } from './schema-parts.ts';

const reference = members({ id: text });
const references = listOf(required(reference));
const texts = listOf(required(scalarText));
const top = {
  location: text,
  tags,
  zones: texts,
  sku: members({ name: text, tier: text }),
};

const subnetProperties = members({
  addressPrefix: text,
  addressPrefixes: listOf(required(text)),
  networkSecurityGroup: reference,
  routeTable: reference,
  natGateway: reference,
  serviceEndpointPolicies: references,
  defaultOutboundAccess: flag,
});

const ruleProperties = members({
  description: text,
  protocol: text,
  access: text,
  direction: text,
  priority: whole,
  sourcePortRange: scalarText,
  sourcePortRanges: texts,
  destinationPortRange: scalarText,
  destinationPortRanges: texts,
  sourceAddressPrefix: text,
  sourceAddressPrefixes: texts,
  destinationAddressPrefix: text,
  destinationAddressPrefixes: texts,
  sourceApplicationSecurityGroups: references,
  destinationApplicationSecurityGroups: references,
});

const ipConfigurationProperties = members({
  privateIPAddress: text,
  privateIPAllocationMethod: text,
  privateIPAddressVersion: text,
  subnet: reference,
  primary: flag,
  publicIPAddress: reference,
  loadBalancerBackendAddressPools: references,
  loadBalancerInboundNatRules: references,
  applicationSecurityGroups: references,
});

/** A part of each kind; a PUT of a subnet or of a security rule is one. */
export const NETWORK_PART_BODIES = {
  subnets: members({ name: text, properties: subnetProperties }),
  securityRules: members({ name: text, properties: ruleProperties }),
  ipConfigurations: members({ name: text, properties: ipConfigurationProperties }),
} satisfies Readonly<Record<string, BodySchema>>;

/** PUT of a resource, by its type. */
export const NETWORK_BODIES = {
  virtualNetworks: members({
    ...top,
    properties: members({
      addressSpace: members({ addressPrefixes: listOf(required(text)) }),
      subnets: listOf(required(NETWORK_PART_BODIES.subnets)),
      ddosProtectionPlan: reference,
      enableDdosProtection: flag,
      enableVmProtection: flag,
    }),
  }),
  publicIPAddresses: members({
    ...top,
    properties: members({
      publicIPAllocationMethod: text,
      publicIPAddressVersion: text,
      idleTimeoutInMinutes: whole,
      dnsSettings: members({ domainNameLabel: text, reverseFqdn: text }),
      publicIPPrefix: reference,
    }),
  }),
  networkSecurityGroups: members({
    ...top,
    properties: members({
      securityRules: listOf(required(NETWORK_PART_BODIES.securityRules)),
      flushConnection: flag,
    }),
  }),
  natGateways: members({
    ...top,
    properties: members({
      idleTimeoutInMinutes: whole,
      publicIpAddresses: references,
      publicIpPrefixes: references,
    }),
  }),
  networkInterfaces: members({
    ...top,
    properties: members({
      ipConfigurations: listOf(required(NETWORK_PART_BODIES.ipConfigurations)),
      networkSecurityGroup: reference,
      dnsSettings: members({ dnsServers: texts, internalDnsNameLabel: text }),
      enableAcceleratedNetworking: flag,
      enableIPForwarding: flag,
      disableTcpStateTracking: flag,
      nicType: text,
    }),
  }),
} satisfies Readonly<Record<string, BodySchema>>;
