// Networks with the unmodified Azure CLI: each resource is made, read, changed and deleted, and what is used is kept. Debian's az
// 2.45 lacks the module behind `public-ip show` and `delete`, `vnet subnet update` and `lb create`: those are left to the SDK's tests.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Arm } from './arm.ts';
import { isAzInstalled } from './installed-az.ts';
import { type Muster, startMuster } from './muster.ts';

const IN = '-g rg --vnet-name vnet';
const NETWORK = '/resourceGroups/rg/providers/Microsoft.Network';

interface Named {
  readonly id: string;
}

describe.skipIf(!isAzInstalled())('az and networks', () => {
  let muster: Muster;
  let arm: Arm;

  const must = (line: string): Promise<string> => muster.must('az', '--', ...line.split(' '));
  const json = async <T>(line: string): Promise<T> => JSON.parse(await must(`${line} --output json`)) as T;
  const refused = async (line: string): Promise<string> => {
    const { code, stderr } = await muster.run('az', '--', ...line.split(' '));
    expect(code).not.toBe(0);
    return stderr;
  };

  beforeAll(async () => {
    muster = await startMuster();
    arm = await Arm.connect(muster);
    await must('group create -n rg -l westeurope');
  });
  afterAll(() => muster?.close());

  test('a security group has its default rules, and rules of its own', async () => {
    await must('network nsg create -g rg -n nsg');
    const show = await json<{ defaultSecurityRules: readonly unknown[] }>('network nsg show -g rg -n nsg');
    expect(show.defaultSecurityRules).toHaveLength(6);
    const rule = 'network nsg rule create -g rg --nsg-name nsg --destination-port-ranges 80 443';
    await must(`${rule} -n web --priority 100`);
    expect(await refused(`${rule} -n twin --priority 100`)).toContain('(SecurityRuleConflict)');
    expect(await json('network nsg rule list -g rg --nsg-name nsg')).toMatchObject([
      { name: 'web', priority: 100, destinationPortRanges: ['80', '443'] },
    ]);
    await must('network nsg rule delete -g rg --nsg-name nsg -n web');
  });

  test('a network is made with a subnet, and another is added to it', async () => {
    await must(
      'network vnet create -g rg -n vnet --address-prefixes 10.0.0.0/16 --subnet-name default --subnet-prefixes 10.0.0.0/24',
    );
    expect(await json('network vnet show -g rg -n vnet')).toMatchObject({
      provisioningState: 'Succeeded',
      addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
      subnets: [{ name: 'default', addressPrefix: '10.0.0.0/24' }],
    });
    expect(await json('network vnet list -g rg --query [].name')).toEqual(['vnet']);
    await must(
      `network vnet subnet create ${IN} -n back --address-prefixes 10.0.1.0/24 --network-security-group nsg`,
    );
    const [, back] = await json<readonly { networkSecurityGroup: Named }[]>(`network vnet subnet list ${IN}`);
    expect(back?.networkSecurityGroup.id).toMatch(/networkSecurityGroups\/nsg$/);
    expect(await json(`network vnet subnet show ${IN} -n back`)).toMatchObject({ name: 'back' });
  });

  test('what overlaps, lies outside or is in use is refused in Azure’s words', async () => {
    const create = `network vnet subnet create ${IN} -n more --address-prefixes`;
    expect(await refused(`${create} 10.0.1.0/25`)).toContain('(NetcfgSubnetRangesOverlap)');
    expect(await refused(`${create} 10.1.0.0/24`)).toContain('(NetcfgSubnetRangeOutsideVnet)');
    expect(await refused('network nsg delete -g rg -n nsg')).toContain(
      '(InUseNetworkSecurityGroupCannotBeDeleted)',
    );
  });

  test('a public IP address is the frontend of a balancer, and stays while it is', async () => {
    await must('network public-ip create -g rg -n ip --sku Standard --allocation-method Static');
    const { id } = await arm.must<Named>('GET', `${NETWORK}/publicIPAddresses/ip`);
    await arm.must('PUT', `${NETWORK}/loadBalancers/lb`, {
      location: 'westeurope',
      sku: { name: 'Standard' },
      properties: { frontendIPConfigurations: [{ name: 'front', properties: { publicIPAddress: { id } } }] },
    });
    const [address] = await json<readonly { ipAddress: string; ipConfiguration: Named }[]>(
      'network public-ip list -g rg',
    );
    expect(address?.ipAddress).toMatch(/^127\./);
    expect(address?.ipConfiguration.id).toMatch(/loadBalancers\/lb\/frontendIPConfigurations\/front$/);
    const gone = `rest --method delete --url ${id}?api-version=2024-05-01`;
    expect(await refused(gone)).toContain('"PublicIPAddressCannotBeDeleted"');
    await arm.must('DELETE', `${NETWORK}/loadBalancers/lb`);
    await must(gone);
  });

  test('everything goes, and what is left goes with the group', async () => {
    await must(`network vnet subnet delete ${IN} -n back`);
    await must('network nsg delete -g rg -n nsg');
    expect(await json('resource list -g rg --query [].type')).toEqual(['Microsoft.Network/virtualNetworks']);
    await must('group delete -n rg --yes');
    expect(await json('network vnet list')).toEqual([]);
  });
});
