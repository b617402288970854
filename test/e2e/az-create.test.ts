// `az vmss create` as newcomers type it, in its variants, against real guests: each is judged by what runs afterwards. Then what
// was made is scaled, updated and deleted, and when its groups are gone nothing is left: no process, no file, no row.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Arm, until } from './arm.ts';
import { guestProcesses } from './guests.ts';
import { isAzInstalled } from './installed-az.ts';
import { type Muster, type Ran, startMuster } from './muster.ts';

interface Printed {
  readonly vmss: { readonly provisioningState: string; readonly [member: string]: unknown };
}

interface Viewed {
  readonly properties: {
    readonly instanceView: { readonly vmHealth?: { readonly status: { readonly code: string } } };
  };
}

const setPath = (group: string, name = 'web') =>
  `/resourceGroups/${group}/providers/Microsoft.Compute/virtualMachineScaleSets/${name}`;

describe.skipIf(!isAzInstalled())('az vmss create', () => {
  let muster: Muster;
  let arm: Arm;
  let isOld = false;

  const az = (line: string): Promise<Ran> => muster.run('az', '--', ...line.split(' '));
  const must = (line: string, ...more: string[]): Promise<string> =>
    muster.must('az', '--', ...line.split(' '), ...more);
  const json = async <T>(line: string, ...more: string[]): Promise<T> =>
    JSON.parse(await must(line, ...more)) as T;

  /** A set `web` in a group of its own. */
  const create = async (group: string, options: string, ...more: string[]): Promise<Printed> => {
    await must(`group create -n ${group} -l westeurope`);
    const common = `vmss create -g ${group} -n web --image Ubuntu2204 --orchestration-mode Uniform --generate-ssh-keys`;
    return await json<Printed>(`${common} ${options}`.trim(), ...more);
  };
  /** By instance id, of the set's guests that have processes. */
  const running = async (group: string) => {
    const { properties } = await arm.must<{ properties: { uniqueId: string } }>('GET', setPath(group));
    const uid = properties.uniqueId;
    return [...guestProcesses(muster.data).keys()]
      .filter((handle) => handle.startsWith(uid))
      .map((handle) => handle.slice(uid.length + 1))
      .toSorted();
  };
  const inside = async (group: string, script: string) => {
    const [first] = await arm.instances(setPath(group));
    return await arm.inside(`${setPath(group)}/virtualMachines/${first?.instanceId}`, script);
  };
  const names = async (path: string) => (await arm.list<{ name: string }>(path)).map(({ name }) => name);

  beforeAll(async () => {
    muster = await startMuster();
    arm = await Arm.connect(muster);
    const versions = await json<{ 'azure-cli': string }>('version');
    isOld = versions['azure-cli'].startsWith('2.45.');
  });
  afterAll(() => muster?.close());

  test('with its defaults makes a network, an address, a balancer and the set behind it', async () => {
    const { vmss } = await create('lab', '--instance-count 3');
    expect(vmss.provisioningState).toBe('Succeeded');
    expect(await running('lab')).toHaveLength(3);
    const network = '/resourceGroups/lab/providers/Microsoft.Network';
    expect(await names(`${network}/virtualNetworks`)).toEqual(['webVNET']);
    expect(await names(`${network}/loadBalancers`)).toEqual(['webLB']);
    const [pool] = await arm.list<{ properties: { backendIPConfigurations: readonly unknown[] } }>(
      `${network}/loadBalancers/webLB/backendAddressPools`,
    );
    expect(pool?.properties.backendIPConfigurations).toHaveLength(3);
    const reached = await json<Readonly<Record<string, string>>>(
      'vmss list-instance-connection-info -g lab -n web',
    );
    expect(Object.keys(reached)).toHaveLength(3);
    expect(new Set(Object.values(reached)).size).toBe(3);
    const deployed = await json<readonly { properties: { provisioningState: string } }[]>(
      'deployment group list -g lab',
    );
    expect(deployed).toMatchObject([{ properties: { provisioningState: 'Succeeded' } }]);
  });

  test('made a set that is scaled, updated and deleted', async () => {
    await must('vmss scale -g lab -n web --new-capacity 4');
    expect(await running('lab')).toHaveLength(4);
    await must('vmss update -g lab -n web --set tags.owner=ops sku.name=Standard_B2s');
    await must('vmss update-instances -g lab -n web --instance-ids *');
    expect(await inside('lab', 'echo $MUSTER_SIZE')).toBe('Standard_B2s');
    await must('vmss delete -g lab -n web');
    expect([...guestProcesses(muster.data).keys()]).toEqual([]);
  });

  test('with zones spreads the instances over them', async () => {
    await create('zonal', '--instance-count 3 --zones 1 2 3');
    const instances = await arm.list<{ zones: readonly string[] }>(`${setPath('zonal')}/virtualMachines`);
    expect(instances.flatMap(({ zones }) => zones).toSorted()).toEqual(['1', '2', '3']);
  });

  test('with a network and a balancer that are there uses them', async () => {
    await must('group create -n given -l westeurope');
    const network = '/resourceGroups/given/providers/Microsoft.Network';
    await arm.must('PUT', `${network}/virtualNetworks/net`, {
      location: 'westeurope',
      properties: {
        addressSpace: { addressPrefixes: ['10.7.0.0/16'] },
        subnets: [{ name: 'apps', properties: { addressPrefix: '10.7.1.0/24' } }],
      },
    });
    await arm.must('PUT', `${network}/publicIPAddresses/ip`, {
      location: 'westeurope',
      sku: { name: 'Standard' },
      properties: { publicIPAllocationMethod: 'Static' },
    });
    const balancer = `${arm.subscription}${network}/loadBalancers/lb`;
    await arm.must('PUT', `${network}/loadBalancers/lb`, {
      location: 'westeurope',
      sku: { name: 'Standard' },
      properties: {
        frontendIPConfigurations: [
          {
            name: 'front',
            properties: {
              publicIPAddress: { id: `${arm.subscription}${network}/publicIPAddresses/ip` },
            },
          },
        ],
        backendAddressPools: [{ name: 'pool' }],
        probes: [
          {
            name: 'web',
            properties: {
              protocol: 'Http',
              port: 8080,
              requestPath: '/health',
              intervalInSeconds: 5,
              numberOfProbes: 1,
            },
          },
        ],
        loadBalancingRules: [
          {
            name: 'http',
            properties: {
              frontendIPConfiguration: { id: `${balancer}/frontendIPConfigurations/front` },
              backendAddressPool: { id: `${balancer}/backendAddressPools/pool` },
              probe: { id: `${balancer}/probes/web` },
              protocol: 'Tcp',
              frontendPort: 80,
              backendPort: 8080,
            },
          },
        ],
      },
    });
    await create(
      'given',
      '--instance-count 2 --vnet-name net --subnet apps --lb lb --backend-pool-name pool',
    );
    expect(await names(`${network}/virtualNetworks`)).toEqual(['net']);
    expect(await names(`${network}/loadBalancers`)).toEqual(['lb']);
    const interfaces = await arm.list<{
      properties: { ipConfigurations: readonly { properties: { privateIPAddress: string } }[] };
    }>(`${setPath('given')}/networkInterfaces`);
    const addresses = interfaces.flatMap(({ properties }) =>
      properties.ipConfigurations.map((one) => one.properties.privateIPAddress),
    );
    // Of the four that overprovisioning made, any two may have stayed.
    expect(new Set(addresses).size).toBe(2);
    for (const address of addresses) expect(address).toMatch(/^10\.7\.1\.[4-7]$/);
  });

  test('without a balancer makes a network and the set', async () => {
    await create('bare', '--instance-count 1 --load-balancer', '');
    const network = '/resourceGroups/bare/providers/Microsoft.Network';
    expect(await names(`${network}/loadBalancers`)).toEqual([]);
    expect(await names(`${network}/virtualNetworks`)).toEqual(['webVNET']);
    expect(await running('bare')).toHaveLength(1);
  });

  test('with custom data runs it at the first boot, and data disks are there', async () => {
    const file = join(muster.data, 'first-boot.sh');
    writeFileSync(file, '#!/bin/sh\necho made by custom data > "$MUSTER_ROOT/root/made"\n');
    await create('data', `--instance-count 1 --custom-data ${file} --data-disk-sizes-gb 4 8`);
    const script =
      'while [ ! -s "$MUSTER_ROOT/root/made" ]; do sleep 0.1; done; cat "$MUSTER_ROOT/root/made"';
    expect(await inside('data', script)).toBe('made by custom data');
    expect(await inside('data', 'ls "$MUSTER_DATA" | xargs echo')).toBe('lun0 lun1');
  });

  test('with a rolling upgrade policy and a health probe rolls', async () => {
    await arm.must('PUT', '/resourceGroups/given/providers/Microsoft.Network/virtualNetworks/net2', {
      location: 'westeurope',
      properties: {
        addressSpace: { addressPrefixes: ['10.8.0.0/16'] },
        subnets: [{ name: 'apps', properties: { addressPrefix: '10.8.1.0/24' } }],
      },
    });
    const common = 'vmss create -g given -n rolls --orchestration-mode Uniform --generate-ssh-keys';
    const image = '--image Muster:web:web:latest';
    const behind = '--lb lb --backend-pool-name pool --instance-count 2 --vnet-name net2 --subnet apps';
    // Newer ones add an Application Health extension of their own, which asks at port 80; Azure takes no probe beside it.
    const health = isOld ? '--health-probe web' : '';
    await must(`${common} ${image} --upgrade-policy-mode Rolling ${health} ${behind}`.replace('  ', ' '));
    const rolls = '-g given -n rolls';
    if (!isOld) {
      const settings = 'virtualMachineProfile.extensionProfile.extensions[0].settings';
      // Nobody answers at port 80, so this is not rolled out by itself.
      await az(`vmss update ${rolls} --set ${settings}.port=8080 ${settings}.requestPath=/health`);
      await must(`vmss update-instances ${rolls} --instance-ids *`);
    }
    // An upgrade begins where instances are healthy, not where nothing is known of them yet.
    await until(async () => {
      const path = `${setPath('given', 'rolls')}/virtualMachines?$expand=instanceView`;
      const instances = await arm.list<Viewed>(path);
      return instances.every(
        ({ properties }) => properties.instanceView.vmHealth?.status.code === 'HealthState/healthy',
      );
    });
    await must(`vmss update ${rolls} --set virtualMachineProfile.userData=aGVsbG8=`);
    const latest = await json<{ runningStatus: { code: string }; policy: object }>(
      `vmss rolling-upgrade get-latest ${rolls}`,
    );
    expect(latest.runningStatus.code).toBe('Completed');
    const instances = await arm.instances(setPath('given', 'rolls'));
    expect(instances.map(({ properties }) => properties.latestModelApplied)).toEqual([true, true]);
  });

  test('left nothing when its groups are deleted', async () => {
    for (const group of ['lab', 'zonal', 'given', 'bare', 'data'])
      await must(`group delete -n ${group} --yes`);
    expect([...guestProcesses(muster.data).keys()]).toEqual([]);
    await muster.down();
    // What all guests share is no guest's, and no disk is left.
    const guests = join(muster.data, 'guests');
    expect(readdirSync(guests)).toEqual(['.disks', '.shared']);
    expect(readdirSync(join(guests, '.disks'))).toEqual([]);
    using database = new DatabaseSync(join(muster.data, 'plane.db'), { readOnly: true });
    const tables = [
      'resource_group',
      'scale_set',
      'model',
      'instance',
      'rolling_upgrade',
      'load_balancer',
      'network_resource',
      'disk',
      'deployment',
    ];
    const rows = tables.map((table) => [
      table,
      database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'],
    ]);
    expect(rows).toEqual(tables.map((table) => [table, 0]));
  });
});
