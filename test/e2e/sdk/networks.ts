// Networks through @azure/arm-network: each resource with its parts, what is refused while it is used, and a public IP address
// by which a guest answers.
import type { LoadBalancer, VirtualNetwork } from '@azure/arm-network';
import { describe, expect, test } from 'vitest';
import { until } from '../arm.ts';
import { SOON } from './clients.ts';
import { all, declared, type Fleet, GROUP, LOCATION, refused, SetUnderTest } from './fleet.ts';

const PORT = 18_081;

export function networkTests(fleet: () => Fleet): void {
  const below = (path: string): string =>
    `/subscriptions/${fleet().env.AZURE_SUBSCRIPTION_ID}/resourceGroups/${GROUP}/providers/Microsoft.Network/${path}`;
  const network = (): VirtualNetwork => ({
    location: LOCATION,
    addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
    subnets: [
      {
        name: 'default',
        addressPrefix: '10.0.0.0/24',
        networkSecurityGroup: { id: below('networkSecurityGroups/nsg') },
        natGateway: { id: below('natGateways/nat') },
      },
    ],
  });

  describe('a network', () => {
    test('is made of groups, addresses and gateways, and found in every list', async () => {
      const { networkSecurityGroups, publicIPAddresses, natGateways, virtualNetworks } = fleet().network;
      const rule = { name: 'web', protocol: 'Tcp', access: 'Allow', direction: 'Inbound', priority: 100 };
      const group = await networkSecurityGroups.beginCreateOrUpdateAndWait(
        GROUP,
        'nsg',
        {
          location: LOCATION,
          securityRules: [
            {
              ...rule,
              sourcePortRange: '*',
              sourceAddressPrefix: 'Internet',
              destinationPortRange: '80',
              destinationAddressPrefix: '*',
            },
          ],
        },
        SOON,
      );
      expect(group.defaultSecurityRules).toHaveLength(6);
      const standard = { location: LOCATION, sku: { name: 'Standard' } };
      for (const name of ['ip', 'out']) {
        const address = { ...standard, publicIPAllocationMethod: 'Static' };
        await publicIPAddresses.beginCreateOrUpdateAndWait(GROUP, name, address, SOON);
      }
      const gateway = { ...standard, publicIpAddresses: [{ id: below('publicIPAddresses/out') }] };
      await natGateways.beginCreateOrUpdateAndWait(GROUP, 'nat', gateway, SOON);
      const made = await virtualNetworks.beginCreateOrUpdateAndWait(GROUP, 'vnet', network(), SOON);
      expect(made).toMatchObject({ id: below('virtualNetworks/vnet'), provisioningState: 'Succeeded' });
      expect(await virtualNetworks.get(GROUP, 'vnet')).toEqual(made);
      expect(await natGateways.get(GROUP, 'nat')).toMatchObject({ subnets: [{ id: made.subnets?.[0]?.id }] });
      for (const list of [virtualNetworks, networkSecurityGroups, natGateways]) {
        expect(await all(list.list(GROUP))).toHaveLength(1);
        expect(await all(list.listAll())).toHaveLength(1);
      }
      expect((await all(publicIPAddresses.list(GROUP))).map(({ name }) => name)).toEqual(['ip', 'out']);
      expect(await all(publicIPAddresses.listAll())).toHaveLength(2);
    });

    test('has its tags replaced, and nothing else', async () => {
      const { networkSecurityGroups, publicIPAddresses, natGateways, virtualNetworks } = fleet().network;
      const tags = { owner: 'ops' };
      const patched = [
        await virtualNetworks.updateTags(GROUP, 'vnet', { tags }),
        await networkSecurityGroups.updateTags(GROUP, 'nsg', { tags }),
        await publicIPAddresses.updateTags(GROUP, 'ip', { tags }),
        await natGateways.updateTags(GROUP, 'nat', { tags }),
      ];
      expect(patched.map((one) => one.tags)).toEqual([tags, tags, tags, tags]);
      expect(await networkSecurityGroups.get(GROUP, 'nsg')).toEqual(patched[1]);
    });

    test('is read and written part by part', async () => {
      const { subnets, securityRules, defaultSecurityRules } = fleet().network;
      const back = { addressPrefix: '10.0.1.0/24' };
      await subnets.beginCreateOrUpdateAndWait(GROUP, 'vnet', 'back', back, SOON);
      expect(await subnets.get(GROUP, 'vnet', 'back')).toMatchObject(back);
      expect(await all(subnets.list(GROUP, 'vnet'))).toHaveLength(2);
      await subnets.beginDeleteAndWait(GROUP, 'vnet', 'back', SOON);
      const web = await securityRules.get(GROUP, 'nsg', 'web');
      const next = { ...web, name: 'next', priority: 200 };
      await securityRules.beginCreateOrUpdateAndWait(GROUP, 'nsg', 'next', next, SOON);
      expect((await all(securityRules.list(GROUP, 'nsg'))).map(({ priority }) => priority)).toEqual([
        100, 200,
      ]);
      await securityRules.beginDeleteAndWait(GROUP, 'nsg', 'next', SOON);
      const rules = await all(defaultSecurityRules.list(GROUP, 'nsg'));
      expect(await defaultSecurityRules.get(GROUP, 'nsg', 'DenyAllInBound')).toEqual(rules[2]);
      const overlapping = { addressPrefix: '10.0.0.0/25' };
      expect(
        await refused(subnets.beginCreateOrUpdateAndWait(GROUP, 'vnet', 'back', overlapping, SOON)),
      ).toMatchObject({ statusCode: 400, code: 'NetcfgSubnetRangesOverlap' });
    });
  });

  describe('a public IP address', () => {
    const balancer = (): LoadBalancer => ({
      location: LOCATION,
      sku: { name: 'Standard' },
      frontendIPConfigurations: [{ name: 'front', publicIPAddress: { id: below('publicIPAddresses/ip') } }],
    });

    test('leads to the guests behind its balancer, whose pools and rules are written one by one', async () => {
      const { loadBalancers, publicIPAddresses, virtualNetworks } = fleet().network;
      const { loadBalancerBackendAddressPools: pools, inboundNatRules } = fleet().network;
      await loadBalancers.beginCreateOrUpdateAndWait(GROUP, 'public', balancer(), SOON);
      const pool = await pools.beginCreateOrUpdateAndWait(GROUP, 'public', 'pool', {}, SOON);
      const front = { id: below('loadBalancers/public/frontendIPConfigurations/front') };
      const rule = {
        protocol: 'Tcp',
        frontendPortRangeStart: PORT,
        frontendPortRangeEnd: PORT,
        backendPort: 8080,
        frontendIPConfiguration: front,
        backendAddressPool: { id: pool.id ?? '' },
      };
      await inboundNatRules.beginCreateOrUpdateAndWait(GROUP, 'public', 'nat', rule, SOON);
      const set = new SetUnderTest(fleet, 'net');
      const model = declared('web', 1);
      const { subnets = [] } = await virtualNetworks.get(GROUP, 'vnet');
      const ip = {
        name: 'ip',
        subnet: { id: subnets[0]?.id ?? '' },
        loadBalancerBackendAddressPools: [{ id: pool.id ?? '' }],
      };
      const networkProfile = {
        networkInterfaceConfigurations: [{ name: 'nic', primary: true, ipConfigurations: [ip] }],
      };
      await set.create({
        ...model,
        virtualMachineProfile: { ...model.virtualMachineProfile, networkProfile },
      });
      const { ipAddress, ipConfiguration } = await publicIPAddresses.get(GROUP, 'ip');
      expect(ipConfiguration).toEqual(front);
      await until(async () => {
        const answer = await fetch(`http://${ipAddress}:${PORT}/`).catch(() => undefined);
        return (await answer?.text())?.includes('net_0') === true;
      });
    });

    test('is that of a network interface of its own, which stays in a subnet and behind a pool', async () => {
      const { networkInterfaces, networkInterfaceIPConfigurations, publicIPAddresses } = fleet().network;
      const { loadBalancerBackendAddressPools: pools, virtualNetworks } = fleet().network;
      const single = { location: LOCATION, sku: { name: 'Standard' }, publicIPAllocationMethod: 'Static' };
      await publicIPAddresses.beginCreateOrUpdateAndWait(GROUP, 'single', single, SOON);
      const { subnets = [] } = await virtualNetworks.get(GROUP, 'vnet');
      const pool = await pools.get(GROUP, 'public', 'pool');
      const ip = {
        name: 'ip',
        subnet: { id: subnets[0]?.id ?? '' },
        privateIPAllocationMethod: 'Static',
        privateIPAddress: '10.0.0.99',
        publicIPAddress: { id: below('publicIPAddresses/single') },
        loadBalancerBackendAddressPools: [{ id: pool.id ?? '' }],
      };
      const body = { location: LOCATION, ipConfigurations: [ip] };
      const made = await networkInterfaces.beginCreateOrUpdateAndWait(GROUP, 'eth0', body, SOON);
      expect(made).toMatchObject({ id: below('networkInterfaces/eth0'), provisioningState: 'Succeeded' });
      expect(await networkInterfaces.get(GROUP, 'eth0')).toEqual(made);
      const configuration = await networkInterfaceIPConfigurations.get(GROUP, 'eth0', 'ip');
      expect(await all(networkInterfaceIPConfigurations.list(GROUP, 'eth0'))).toEqual([configuration]);
      expect(configuration).toMatchObject({ privateIPAddress: '10.0.0.99', primary: true });
      const named = { id: configuration.id };
      expect(await publicIPAddresses.get(GROUP, 'single')).toMatchObject({ ipConfiguration: named });
      expect((await pools.get(GROUP, 'public', 'pool')).backendIPConfigurations).toContainEqual(named);
      const tags = { owner: 'ops' };
      expect(await networkInterfaces.updateTags(GROUP, 'eth0', { tags })).toMatchObject({ tags });
      expect(await all(networkInterfaces.list(GROUP))).toHaveLength(1);
      expect(await all(networkInterfaces.listAll())).toHaveLength(1);
      expect(await refused(publicIPAddresses.beginDeleteAndWait(GROUP, 'single', SOON))).toMatchObject({
        code: 'PublicIPAddressCannotBeDeleted',
      });
      await networkInterfaces.beginDeleteAndWait(GROUP, 'eth0', SOON);
      await publicIPAddresses.beginDeleteAndWait(GROUP, 'single', SOON);
    });

    test('and everything that is used stays until it is not', async () => {
      const { network: client, compute } = fleet();
      const { loadBalancers, publicIPAddresses, virtualNetworks, networkSecurityGroups, natGateways } =
        client;
      const { loadBalancerBackendAddressPools: pools, inboundNatRules, subnets } = client;
      const refusals = [
        await refused(publicIPAddresses.beginDeleteAndWait(GROUP, 'ip', SOON)),
        await refused(publicIPAddresses.beginDeleteAndWait(GROUP, 'out', SOON)),
        await refused(subnets.beginDeleteAndWait(GROUP, 'vnet', 'default', SOON)),
        await refused(virtualNetworks.beginDeleteAndWait(GROUP, 'vnet', SOON)),
        await refused(networkSecurityGroups.beginDeleteAndWait(GROUP, 'nsg', SOON)),
        await refused(natGateways.beginDeleteAndWait(GROUP, 'nat', SOON)),
        await refused(pools.beginDeleteAndWait(GROUP, 'public', 'pool', SOON)),
      ];
      expect(refusals.map(({ code }) => code)).toEqual([
        'PublicIPAddressCannotBeDeleted',
        'PublicIPAddressCannotBeDeleted',
        'InUseSubnetCannotBeDeleted',
        'InUseSubnetCannotBeDeleted',
        'InUseNetworkSecurityGroupCannotBeDeleted',
        'CannotDeleteNatGatewayAssociatedToSubnet',
        'InvalidResourceReference',
      ]);
      await compute.virtualMachineScaleSets.delete(GROUP, 'net', SOON);
      await inboundNatRules.beginDeleteAndWait(GROUP, 'public', 'nat', SOON);
      await pools.beginDeleteAndWait(GROUP, 'public', 'pool', SOON);
      await loadBalancers.beginDeleteAndWait(GROUP, 'public', SOON);
      await virtualNetworks.beginDeleteAndWait(GROUP, 'vnet', SOON);
      await networkSecurityGroups.beginDeleteAndWait(GROUP, 'nsg', SOON);
      await natGateways.beginDeleteAndWait(GROUP, 'nat', SOON);
      for (const name of ['ip', 'out']) await publicIPAddresses.beginDeleteAndWait(GROUP, name, SOON);
      expect(await refused(virtualNetworks.get(GROUP, 'vnet'))).toMatchObject({ statusCode: 404 });
    });
  });
}
