// Network interfaces and addresses of instances through @azure/arm-network: a set in a subnet, behind a NAT rule that gives each
// of its instances a port. What is said about an address is found out by dialling it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allListen } from '../balanced.ts';
import { askWeb } from '../guests.ts';
import { SOON } from './clients.ts';
import { all, declared, type Fleet, GROUP, LOCATION, refused, SetUnderTest } from './fleet.ts';

export function networkInterfaceTests(fleet: () => Fleet): void {
  describe('the network interfaces of instances', () => {
    const name = 'carded';
    const balancer = 'nat';
    const path = (type: string): string =>
      `/subscriptions/${fleet().env.AZURE_SUBSCRIPTION_ID}/resourceGroups/${GROUP}/providers/Microsoft.Network/${type}`;
    const whoIsAt = async (host: string | undefined, port: number | undefined): Promise<string> => {
      const response = await fetch(`http://${host}:${port}/`);
      return ((await response.json()) as { name: string }).name;
    };

    beforeAll(async () => {
      const { network } = fleet();
      await network.virtualNetworks.beginCreateOrUpdateAndWait(
        GROUP,
        'inner',
        {
          location: LOCATION,
          addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
          subnets: [{ name: 'small', addressPrefix: '10.0.0.0/29' }],
        },
        SOON,
      );
      const address = { location: LOCATION, sku: { name: 'Standard' }, publicIPAllocationMethod: 'Static' };
      await network.publicIPAddresses.beginCreateOrUpdateAndWait(GROUP, 'outer', address, SOON);
      const front = { id: path(`loadBalancers/${balancer}/frontendIPConfigurations/front`) };
      const pool = { id: path(`loadBalancers/${balancer}/backendAddressPools/pool`) };
      const ports = { frontendPortRangeStart: 52_000, frontendPortRangeEnd: 52_009, backendPort: 8080 };
      await network.loadBalancers.beginCreateOrUpdateAndWait(
        GROUP,
        balancer,
        {
          location: LOCATION,
          sku: { name: 'Standard' },
          frontendIPConfigurations: [
            { name: 'front', publicIPAddress: { id: path('publicIPAddresses/outer') } },
          ],
          backendAddressPools: [{ name: 'pool' }],
          inboundNatRules: [
            {
              name: 'web',
              protocol: 'Tcp',
              ...ports,
              frontendIPConfiguration: front,
              backendAddressPool: pool,
            },
          ],
        },
        SOON,
      );
      const ip = {
        name: 'ip',
        subnet: { id: path('virtualNetworks/inner/subnets/small') },
        loadBalancerBackendAddressPools: [pool],
        publicIPAddressConfiguration: { name: 'own', idleTimeoutInMinutes: 10 },
      };
      const networkProfile = {
        networkInterfaceConfigurations: [{ name: 'nic', primary: true, ipConfigurations: [ip] }],
      };
      const model = declared('web', 2);
      const virtualMachineProfile = { ...model.virtualMachineProfile, networkProfile };
      const set = new SetUnderTest(fleet, name);
      await set.create({ ...model, virtualMachineProfile });
      for (const id of ['0', '1']) await askWeb(fleet().muster.data, set.handle(id));
      const { arm } = fleet();
      await allListen(
        arm,
        `/resourceGroups/${GROUP}/providers/Microsoft.Network/loadBalancers/${balancer}`,
        2,
      );
    });
    afterAll(async () => {
      const { compute, network } = fleet();
      await compute.virtualMachineScaleSets.delete(GROUP, name, SOON);
      await network.loadBalancers.beginDeleteAndWait(GROUP, balancer, SOON);
      await network.publicIPAddresses.beginDeleteAndWait(GROUP, 'outer', SOON);
      await network.virtualNetworks.beginDeleteAndWait(GROUP, 'inner', SOON);
    });

    test('are listed for the set and for each instance, with an address of the subnet', async () => {
      const { networkInterfaces } = fleet().network;
      const ofSet = await all(networkInterfaces.listVirtualMachineScaleSetNetworkInterfaces(GROUP, name));
      const addresses = ofSet.map(({ ipConfigurations }) => ipConfigurations?.[0]?.privateIPAddress);
      expect(addresses).toEqual(['10.0.0.4', '10.0.0.5']);
      const ofOne = await all(
        networkInterfaces.listVirtualMachineScaleSetVMNetworkInterfaces(GROUP, name, '1'),
      );
      expect(ofOne).toEqual([ofSet[1]]);
      expect(
        await networkInterfaces.getVirtualMachineScaleSetNetworkInterface(GROUP, name, '1', 'nic'),
      ).toEqual(ofSet[1]);
      const ips = await all(
        networkInterfaces.listVirtualMachineScaleSetIpConfigurations(GROUP, name, '1', 'nic'),
      );
      expect(ips).toEqual(ofSet[1]?.ipConfigurations);
      expect(
        await networkInterfaces.getVirtualMachineScaleSetIpConfiguration(GROUP, name, '1', 'nic', 'ip'),
      ).toEqual(ips[0]);
      const none = networkInterfaces.getVirtualMachineScaleSetNetworkInterface(GROUP, name, '1', 'none');
      expect(await refused(none)).toMatchObject({ statusCode: 404, code: 'NotFound' });
    });

    test('have public addresses at which the guests answer', async () => {
      const { publicIPAddresses } = fleet().network;
      const ofSet = await all(publicIPAddresses.listVirtualMachineScaleSetPublicIPAddresses(GROUP, name));
      expect(await Promise.all(ofSet.map(({ ipAddress }) => whoIsAt(ipAddress, 8080)))).toEqual([
        `${name}_0`,
        `${name}_1`,
      ]);
      const ofOne = await all(
        publicIPAddresses.listVirtualMachineScaleSetVMPublicIPAddresses(GROUP, name, '1', 'nic', 'ip'),
      );
      expect(ofOne).toEqual([ofSet[1]]);
      expect(
        await publicIPAddresses.getVirtualMachineScaleSetPublicIPAddress(
          GROUP,
          name,
          '1',
          'nic',
          'ip',
          'own',
        ),
      ).toEqual(ofSet[1]);
    });

    test('are reached by the ports of a NAT rule, each its own', async () => {
      const { network } = fleet();
      const { ipAddress } = await network.publicIPAddresses.get(GROUP, 'outer');
      const { backendAddressPools = [] } = await network.loadBalancers.get(GROUP, balancer);
      const entries = backendAddressPools[0]?.loadBalancerBackendAddresses ?? [];
      const asked = entries.map(async ({ networkInterfaceIPConfiguration, inboundNatRulesPortMapping }) => {
        const instance = /\/virtualMachines\/(\d+)\//.exec(networkInterfaceIPConfiguration?.id ?? '')?.[1];
        const [mapping] = inboundNatRulesPortMapping ?? [];
        return [`${name}_${instance}`, await whoIsAt(ipAddress, mapping?.frontendPort)];
      });
      const answered = await Promise.all(asked);
      expect(answered).toEqual([0, 1].map((id) => [`${name}_${id}`, `${name}_${id}`]));
      const parameters = { ipAddress: '10.0.0.5' };
      const { inboundNatRulePortMappings = [] } =
        await network.loadBalancers.beginListInboundNatRulePortMappingsAndWait(
          GROUP,
          balancer,
          'pool',
          parameters,
          SOON,
        );
      expect(inboundNatRulePortMappings).toEqual(entries[1]?.inboundNatRulesPortMapping);
    });

    test('are not to be had where the subnet is full, and nothing comes of it', async () => {
      const { compute, network } = fleet();
      const grown = compute.virtualMachineScaleSets.update(GROUP, name, { sku: { capacity: 6 } }, SOON);
      expect(await refused(grown)).toMatchObject({
        statusCode: 400,
        code: 'SubnetIsFull',
        message:
          'Subnet small with address prefix 10.0.0.0/29 does not have enough capacity for 4 IP addresses.',
      });
      const { sku } = await compute.virtualMachineScaleSets.get(GROUP, name);
      expect(sku?.capacity).toBe(2);
      const nics = network.networkInterfaces.listVirtualMachineScaleSetNetworkInterfaces(GROUP, name);
      expect(await all(nics)).toHaveLength(2);
    });
  });
}
