// Load balancers through @azure/arm-network: the resource, and a scale set that comes and goes behind it.
import type { LoadBalancer } from '@azure/arm-network';
import { describe, expect, test } from 'vitest';
import { until } from '../arm.ts';
import { SOON } from './clients.ts';
import { all, declared, type Fleet, GROUP, LOCATION, refused, SetUnderTest } from './fleet.ts';

export function loadBalancerTests(fleet: () => Fleet): void {
  describe('a load balancer', () => {
    const name = 'lb';
    const path = (): string =>
      `/subscriptions/${fleet().env.AZURE_SUBSCRIPTION_ID}/resourceGroups/${GROUP}/providers/Microsoft.Network/loadBalancers/${name}`;
    const body = (): LoadBalancer => ({
      location: LOCATION,
      sku: { name: 'Standard' },
      frontendIPConfigurations: [{ name: 'front' }],
      backendAddressPools: [{ name: 'pool' }],
      probes: [{ name: 'tcp', protocol: 'Tcp', port: 8080, intervalInSeconds: 5, numberOfProbes: 1 }],
      inboundNatRules: [
        {
          name: 'debug',
          protocol: 'Tcp',
          frontendPortRangeStart: 51_000,
          frontendPortRangeEnd: 51_009,
          backendPort: 9229,
          frontendIPConfiguration: { id: `${path()}/frontendIPConfigurations/front` },
          backendAddressPool: { id: `${path()}/backendAddressPools/pool` },
        },
      ],
      outboundRules: [
        {
          name: 'out',
          protocol: 'All',
          frontendIPConfigurations: [{ id: `${path()}/frontendIPConfigurations/front` }],
          backendAddressPool: { id: `${path()}/backendAddressPools/pool` },
        },
      ],
      loadBalancingRules: [
        {
          name: 'http',
          protocol: 'Tcp',
          frontendPort: 80,
          backendPort: 8080,
          frontendIPConfiguration: { id: `${path()}/frontendIPConfigurations/front` },
          backendAddressPool: { id: `${path()}/backendAddressPools/pool` },
          probe: { id: `${path()}/probes/tcp` },
        },
      ],
    });

    test('is made with its parts, and found in every list', async () => {
      const { loadBalancers } = fleet().network;
      const made = await loadBalancers.beginCreateOrUpdateAndWait(GROUP, name, body(), SOON);
      expect(made).toMatchObject({
        id: path(),
        provisioningState: 'Succeeded',
        backendAddressPools: [{ id: `${path()}/backendAddressPools/pool` }],
        loadBalancingRules: [{ idleTimeoutInMinutes: 4, loadDistribution: 'Default' }],
      });
      expect(await loadBalancers.get(GROUP, name)).toEqual(made);
      expect((await all(loadBalancers.list(GROUP))).map((one) => one.name)).toEqual([name]);
      const everywhere = (await all(loadBalancers.listAll())).map((one) => one.name);
      expect(new Set(everywhere)).toEqual(new Set([name, 'web-lb']));
    });

    test('is read part by part', async () => {
      const { network } = fleet();
      const parts = [
        [network.loadBalancerFrontendIPConfigurations, 'front', 'frontendIPConfigurations'],
        [network.loadBalancerBackendAddressPools, 'pool', 'backendAddressPools'],
        [network.loadBalancerLoadBalancingRules, 'http', 'loadBalancingRules'],
        [network.loadBalancerProbes, 'tcp', 'probes'],
        [network.inboundNatRules, 'debug', 'inboundNatRules'],
        [network.loadBalancerOutboundRules, 'out', 'outboundRules'],
      ] as const;
      for (const [methods, part, kind] of parts) {
        const whole = await network.loadBalancers.get(GROUP, name);
        const found = await methods.get(GROUP, name, part);
        expect(found.id).toBe(`${path()}/${kind}/${part}`);
        expect([found]).toEqual(whole[kind]);
        expect(await all(methods.list(GROUP, name))).toEqual([found]);
        expect(await refused(methods.get(GROUP, name, 'none'))).toMatchObject({
          statusCode: 404,
          code: 'NotFound',
        });
      }
    });

    test('has its tags replaced, and nothing else', async () => {
      const { loadBalancers } = fleet().network;
      const { etag: _before, ...before } = await loadBalancers.get(GROUP, name);
      await loadBalancers.updateTags(GROUP, name, { tags: { owner: 'ops' } });
      const after = await loadBalancers.updateTags(GROUP, name, { tags: { tier: 'front' } });
      expect(after).toMatchObject({ tags: { tier: 'front' }, resourceGuid: before.resourceGuid });
      expect(after.tags).toEqual({ tier: 'front' });
    });

    test('shows who stands behind it, and is not deleted before they are gone', async () => {
      const { network, compute } = fleet();
      const set = new SetUnderTest(fleet, 'behind');
      const model = declared('web', 1);
      const pool = { id: `${path()}/backendAddressPools/pool` };
      const nic = {
        name: 'nic',
        primary: true,
        ipConfigurations: [{ name: 'ip', loadBalancerBackendAddressPools: [pool] }],
      };
      const networkProfile = { networkInterfaceConfigurations: [nic] };
      await set.create({
        ...model,
        virtualMachineProfile: { ...model.virtualMachineProfile, networkProfile },
      });
      const { backendAddressPools = [] } = await network.loadBalancers.get(GROUP, name);
      expect(backendAddressPools[0]?.backendIPConfigurations?.map(({ id }) => id)).toEqual([
        expect.stringMatching(
          /virtualMachineScaleSets\/behind\/virtualMachines\/0\/networkInterfaces\/nic\//,
        ),
      ]);
      const rules = network.loadBalancerLoadBalancingRules;
      await until(async () => (await rules.beginHealthAndWait(GROUP, name, 'http', SOON)).up === 1);
      const { down, loadBalancerBackendAddresses } = await rules.beginHealthAndWait(
        GROUP,
        name,
        'http',
        SOON,
      );
      expect([down, loadBalancerBackendAddresses?.map(({ state }) => state)]).toEqual([0, ['Up']]);
      const failure = await refused(network.loadBalancers.beginDeleteAndWait(GROUP, name, SOON));
      expect(failure).toMatchObject({
        statusCode: 400,
        code: 'LoadBalancerInUseByVirtualMachineScaleSet',
      });
      await compute.virtualMachineScaleSets.delete(GROUP, 'behind', SOON);
      await network.loadBalancers.beginDeleteAndWait(GROUP, name, SOON);
      expect(await refused(network.loadBalancers.get(GROUP, name))).toMatchObject({ statusCode: 404 });
    });
  });
}
