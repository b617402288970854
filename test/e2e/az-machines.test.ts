// Virtual machines as az makes, attaches and deletes them, against real guests: each is judged by what runs afterwards.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Arm } from './arm.ts';
import { guestProcesses } from './guests.ts';
import { isAzInstalled } from './installed-az.ts';
import { type Muster, startMuster } from './muster.ts';

interface Created {
  readonly powerState: string;
  readonly privateIpAddress: string;
}

interface Shown {
  readonly etag?: string;
  readonly properties: {
    readonly vmId: string;
    readonly provisioningState: string;
    readonly virtualMachineScaleSet?: { readonly id: string };
    readonly hardwareProfile: { readonly vmSize: string };
    readonly storageProfile: { readonly dataDisks: readonly { readonly name: string }[] };
  };
}

const GROUP = '/resourceGroups/lab/providers';
const machine = (name: string) => `${GROUP}/Microsoft.Compute/virtualMachines/${name}`;
const set = (name: string) => `${GROUP}/Microsoft.Compute/virtualMachineScaleSets/${name}`;

describe.skipIf(!isAzInstalled())('az vm', () => {
  let muster: Muster;
  let arm: Arm;

  const must = (line: string): Promise<string> => muster.must('az', '--', ...line.split(' '));
  const create = async (name: string, options = ''): Promise<Created> => {
    const line = `vm create -g lab -n ${name} --image Ubuntu2204 --generate-ssh-keys ${options}`;
    return JSON.parse(await must(line.trim())) as Created;
  };
  const show = (name: string): Promise<Shown> => arm.must<Shown>('GET', machine(name));
  /** Guests by handle, with their processes. */
  const running = (): ReadonlyMap<string, unknown> => guestProcesses(muster.data);
  const members = async (name: string): Promise<number> =>
    (await arm.list<unknown>(`${set(name)}/virtualMachines`)).length;

  beforeAll(async () => {
    muster = await startMuster();
    arm = await Arm.connect(muster);
    await must('group create -n lab -l westeurope');
    await arm.must('PUT', set('flex'), {
      location: 'westeurope',
      properties: { orchestrationMode: 'Flexible', singlePlacementGroup: false },
    });
  });
  afterAll(() => muster?.close());

  test('create makes a network, an address, an interface and the machine with its guest', async () => {
    const { powerState, privateIpAddress } = await create('m1');
    expect(powerState).toBe('VM running');
    expect(privateIpAddress).toMatch(/^10\.0\.0\.\d+$/);
    expect([...running().keys()]).toHaveLength(1);
    expect(await arm.inside(machine('m1'), 'hostname')).toBe('m1');
    expect((await show('m1')).properties.virtualMachineScaleSet).toBeUndefined();
  });

  test('create makes a member of a Flexible set', async () => {
    await create('m2', '--vmss flex');
    expect((await show('m2')).properties.virtualMachineScaleSet?.id).toMatch(/\/flex$/);
    expect(await members('flex')).toBe(1);
  });

  test('update attaches the machine and detaches it, and its guest does not notice', async () => {
    const before = [...running().entries()];
    const { vmId } = (await show('m1')).properties;
    await must(`vm update -g lab -n m1 --set virtualMachineScaleSet.id=${arm.subscription}${set('flex')}`);
    expect(await members('flex')).toBe(2);
    await must('vm update -g lab -n m1 --set tags.team=edge');
    expect((await show('m1')).properties.virtualMachineScaleSet?.id).toMatch(/\/flex$/);
    await must('vm update -g lab -n m1 --set virtualMachineScaleSet.id=null');
    expect(await members('flex')).toBe(1);
    const after = await show('m1');
    expect(after.properties.virtualMachineScaleSet).toBeUndefined();
    expect(after.properties.vmId).toBe(vmId);
    expect([...running().entries()]).toEqual(before);
  });

  test('resize restarts the machine with its new size, and disks come and go', async () => {
    await must('vm resize -g lab -n m1 --size Standard_B2s');
    expect((await show('m1')).properties.hardwareProfile.vmSize).toBe('Standard_B2s');
    expect(await arm.inside(machine('m1'), 'echo $MUSTER_SIZE')).toBe('Standard_B2s');
    await must('vm disk attach -g lab --vm-name m1 -n d1 --new --size-gb 4');
    expect((await show('m1')).properties.storageProfile.dataDisks.map(({ name }) => name)).toEqual(['d1']);
    await must('vm disk detach -g lab --vm-name m1 -n d1');
    expect((await show('m1')).properties.storageProfile.dataDisks).toEqual([]);
  });

  test('delete takes the machine and its guest, and leaves its interface', async () => {
    await must('vm delete -g lab -n m1 --yes');
    await must('vm delete -g lab -n m2 --yes --force-deletion yes');
    expect(await members('flex')).toBe(0);
    expect([...running().keys()]).toEqual([]);
    const left = await arm.list<{ name: string }>(`${GROUP}/Microsoft.Network/networkInterfaces`);
    expect(left.map(({ name }) => name).toSorted()).toEqual(['m1VMNic', 'm2VMNic']);
  });
});
