// The network of a scale set with the unmodified Azure CLI and real guests: its network interfaces, and the addresses that are
// printed for its instances, each of which is dialled and answered by the guest that it was printed for.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guestHandle } from '../../src/domain/guest.ts';
import { Arm, type ScaleSetBody, scaleSetBody } from './arm.ts';
import { allListen } from './balanced.ts';
import { askWeb } from './guests.ts';
import { isAzInstalled } from './installed-az.ts';
import { type Muster, startMuster } from './muster.ts';

const GROUP = '/resourceGroups/lab';
const NETWORK = `${GROUP}/providers/Microsoft.Network`;
const SET = `${GROUP}/providers/Microsoft.Compute/virtualMachineScaleSets/web`;
const IN = '-g lab -n web';

describe.skipIf(!isAzInstalled())('az and the network of a scale set', () => {
  let muster: Muster;
  let arm: Arm;

  const json = async <T>(line: string): Promise<T> =>
    JSON.parse(await muster.must('az', '--', ...`${line} --output json`.split(' '))) as T;
  const id = (path: string): object => ({ id: `${arm.subscription}${NETWORK}/${path}` });
  /** Who answers there. */
  const askedAt = async (address: string): Promise<string> => {
    const response = await fetch(`http://${address}/`);
    return ((await response.json()) as { name: string }).name;
  };

  /** Waits until every guest serves, and the balancer leads to each. */
  const answering = async (): Promise<void> => {
    const { properties } = await arm.must<ScaleSetBody>('GET', SET);
    for (const instance of [0, 1, 2]) await askWeb(muster.data, guestHandle(properties.uniqueId, instance));
    await allListen(arm, `${NETWORK}/loadBalancers/lb`, 3);
  };

  beforeAll(async () => {
    muster = await startMuster();
    arm = await Arm.connect(muster);
    const location = 'westeurope';
    await arm.must('PUT', GROUP, { location });
    await arm.must('PUT', `${NETWORK}/virtualNetworks/vnet`, {
      location,
      properties: {
        addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
        subnets: [{ name: 'web', properties: { addressPrefix: '10.0.7.0/24' } }],
      },
    });
    await arm.must('PUT', `${NETWORK}/publicIPAddresses/front`, {
      location,
      sku: { name: 'Standard' },
      properties: { publicIPAllocationMethod: 'Static' },
    });
    const front = id('loadBalancers/lb/frontendIPConfigurations/front');
    const range = { frontendPortRangeStart: 50_000, frontendPortRangeEnd: 50_019, backendPort: 8080 };
    await arm.must('PUT', `${NETWORK}/loadBalancers/lb`, {
      location,
      sku: { name: 'Standard' },
      properties: {
        frontendIPConfigurations: [
          { name: 'front', properties: { publicIPAddress: id('publicIPAddresses/front') } },
        ],
        inboundNatPools: [
          { name: 'nat', properties: { protocol: 'Tcp', ...range, frontendIPConfiguration: front } },
        ],
      },
    });
    const ip = {
      name: 'ip',
      properties: {
        subnet: id('virtualNetworks/vnet/subnets/web'),
        loadBalancerInboundNatPools: [id('loadBalancers/lb/inboundNatPools/nat')],
        publicIPAddressConfiguration: { name: 'own', properties: { idleTimeoutInMinutes: 10 } },
      },
    };
    const nic = { name: 'nic', properties: { primary: true, ipConfigurations: [ip] } };
    const body = scaleSetBody('web', 3);
    const networkProfile = { networkInterfaceConfigurations: [nic] };
    const virtualMachineProfile = { ...body.properties.virtualMachineProfile, networkProfile };
    await arm.done('PUT', SET, { ...body, properties: { ...body.properties, virtualMachineProfile } });
    await answering();
  });
  afterAll(() => muster?.close());

  test('lists the network interfaces of the set, of one instance, and shows one', async () => {
    const ofSet = await json<readonly Nic[]>('vmss nic list -g lab --vmss-name web');
    expect(ofSet.map(addressOf)).toEqual(['10.0.7.4', '10.0.7.5', '10.0.7.6']);
    expect(new Set(ofSet.map(({ macAddress }) => macAddress)).size).toBe(3);
    const one = await json<readonly Nic[]>('vmss nic list-vm-nics -g lab --vmss-name web --instance-id 1');
    expect(one).toEqual([ofSet[1]]);
    const shown = await json<Nic>('vmss nic show -g lab --vmss-name web --instance-id 1 --name nic');
    expect(addressOf(shown)).toBe('10.0.7.5');
    expect(shown).toMatchObject({
      name: 'nic',
      primary: true,
      provisioningState: 'Succeeded',
      macAddress: ofSet[1]?.macAddress,
      virtualMachine: { id: expect.stringMatching(/\/virtualMachines\/1$/) as string },
      ipConfigurations: [
        {
          loadBalancerInboundNatRules: [{ id: expect.stringMatching(/\/nat\.1$/) as string }],
        },
      ],
    });
  });

  test('says where each instance is reached through the balancer, and there it is', async () => {
    const addresses = await json<Readonly<Record<string, string>>>(
      `vmss list-instance-connection-info ${IN}`,
    );
    expect(Object.keys(addresses)).toEqual(['instance 0', 'instance 1', 'instance 2']);
    for (const [instance, address] of Object.entries(addresses)) {
      expect(await askedAt(address)).toBe(instance.replace('instance ', 'web_'));
    }
  });

  test('says which public addresses the instances have, and there they are', async () => {
    const addresses = await json<readonly { id: string; ipAddress: string }[]>(
      `vmss list-instance-public-ips ${IN}`,
    );
    expect(addresses).toHaveLength(3);
    for (const { id: path, ipAddress } of addresses) {
      const instance = /\/virtualMachines\/(\d+)\//.exec(path)?.[1];
      expect(await askedAt(`${ipAddress}:8080`)).toBe(`web_${instance}`);
    }
  });

  test('an instance keeps its address and its port through a redeploy', async () => {
    const before = await json<Readonly<Record<string, string>>>(`vmss list-instance-connection-info ${IN}`);
    await arm.done('POST', `${SET}/redeploy`, { instanceIds: ['1'] });
    await answering();
    const nic = await json<Nic>('vmss nic show -g lab --vmss-name web --instance-id 1 --name nic');
    expect(addressOf(nic)).toBe('10.0.7.5');
    expect(await json(`vmss list-instance-connection-info ${IN}`)).toEqual(before);
    expect(await askedAt(before['instance 1'] ?? '')).toBe('web_1');
  });

  test('the guest is told the same address by its metadata service', async () => {
    const script =
      'curl -s -H Metadata:true "$AZURE_POD_IDENTITY_AUTHORITY_HOST/metadata/instance/network?api-version=2021-02-01"';
    const network = JSON.parse(await arm.inside(`${SET}/virtualMachines/2`, script)) as {
      readonly interface: readonly { readonly ipv4: object; readonly macAddress: string }[];
    };
    expect(network.interface).toHaveLength(1);
    expect(network.interface[0]?.ipv4).toMatchObject({
      ipAddress: [{ privateIpAddress: '10.0.7.6' }],
      subnet: [{ address: '10.0.7.0', prefix: '24' }],
    });
    const nic = await json<Nic>('vmss nic show -g lab --vmss-name web --instance-id 2 --name nic');
    expect(network.interface[0]?.macAddress).toBe(nic.macAddress.replaceAll('-', ''));
  });
});

interface Nic {
  readonly name: string;
  readonly macAddress: string;
  readonly ipConfigurations: readonly {
    readonly privateIPAddress?: string;
    readonly privateIpAddress?: string;
  }[];
}

/** Versions of az write it in two ways. */
function addressOf({ ipConfigurations: [ip] }: Nic): string | undefined {
  return ip?.privateIPAddress ?? ip?.privateIpAddress;
}
