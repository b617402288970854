// The machines of Flexible sets, read through @azure/arm-compute: each, its view, and the lists of a group, a location and a set.
import { beforeAll, describe, expect, test } from 'vitest';
import { SOON } from './clients.ts';
import { all, declared, type Fleet, GROUP, LOCATION, refused } from './fleet.ts';

export function machineTests(fleet: () => Fleet): void {
  describe('the machines of a Flexible set, read', () => {
    const { overprovision: _uniform, ...model } = declared('base', 2);
    const vms = () => fleet().compute.virtualMachines;
    let id = '';
    let names: readonly string[] = [];

    beforeAll(async () => {
      const { virtualMachineScaleSets, virtualMachineScaleSetVMs } = fleet().compute;
      const body = { ...model, orchestrationMode: 'Flexible' };
      const made = await virtualMachineScaleSets.createOrUpdate(GROUP, 'reads', body, SOON);
      id = made.id ?? '';
      const members = await all(virtualMachineScaleSetVMs.list(GROUP, 'reads'));
      names = members.map(({ name = '' }) => name);
    });

    test('are listed by the set as no more than names', async () => {
      const members = await all(fleet().compute.virtualMachineScaleSetVMs.list(GROUP, 'reads'));
      expect(members).toHaveLength(2);
      for (const { name, instanceId, instanceView, vmId } of members) {
        expect(name).toMatch(/^reads_[0-9a-f]{8}$/);
        expect([instanceId, instanceView, vmId]).toEqual([name, undefined, undefined]);
      }
      const views = all(
        fleet().compute.virtualMachineScaleSetVMs.list(GROUP, 'reads', { expand: 'instanceView' }),
      );
      expect(await refused(views)).toMatchObject({ statusCode: 400, code: 'BadRequest' });
    });

    test('are each a resource that names its set, its disks and its network interfaces', async () => {
      const [name = ''] = names;
      const machine = await vms().get(GROUP, name);
      expect(machine).toMatchObject({
        name,
        type: 'Microsoft.Compute/virtualMachines',
        location: LOCATION,
        provisioningState: 'Succeeded',
        hardwareProfile: { vmSize: 'Standard_B1s' },
        storageProfile: { osDisk: { deleteOption: 'Delete' }, dataDisks: [{ lun: 0, diskSizeGB: 1 }] },
        osProfile: { adminUsername: 'azureuser' },
        networkProfile: { networkInterfaces: [{ primary: true, deleteOption: 'Delete' }] },
      });
      expect(machine.virtualMachineScaleSet?.id).toBe(id);
      expect(machine.networkProfile?.networkInterfaces?.[0]?.id).toMatch(
        new RegExp(`/Microsoft\\.Network/networkInterfaces/nic-${name.slice(-8)}$`),
      );
      expect(JSON.stringify(machine)).not.toContain('not-to-be-seen');
      expect(machine.instanceView).toBeUndefined();
    });

    test('are seen as their guests are', async () => {
      const [name = ''] = names;
      const view = await vms().instanceView(GROUP, name);
      expect(view.statuses?.map(({ code }) => code)).toEqual([
        'ProvisioningState/succeeded',
        'PowerState/running',
      ]);
      expect(view.platformFaultDomain).toBe(0);
      expect(view.platformUpdateDomain).toBeUndefined();
      const whole = await vms().get(GROUP, name, { expand: 'instanceView' });
      expect(whole.instanceView).toEqual(view);
    });

    test('are in the lists of their group, their location and the subscription', async () => {
      for (const list of [vms().list(GROUP), vms().listAll(), vms().listByLocation(LOCATION)]) {
        const found = (await all(list)).map(({ name = '' }) => name);
        expect(found.filter((name) => name.startsWith('reads_'))).toEqual(names);
      }
    });

    test('are found by their set, with their views', async () => {
      const filter = `'virtualMachineScaleSet/id' eq '${id.toUpperCase()}'`;
      const found = await all(vms().list(GROUP, { filter, expand: 'instanceView' }));
      expect(found.map(({ name }) => name)).toEqual(names);
      expect(found.every(({ instanceView }) => instanceView?.vmAgent !== undefined)).toBe(true);
      const views = all(vms().list(GROUP, { expand: 'instanceView' }));
      expect(await refused(views)).toMatchObject({ statusCode: 400, code: 'InvalidParameter' });
    });

    test('have their statuses listed without their models', async () => {
      const filter = `'virtualMachineScaleSet/id' eq '${id}'`;
      const found = await all(vms().listAll({ filter, statusOnly: 'true' }));
      expect(found.map(({ name }) => name)).toEqual(names);
      for (const { instanceView, osProfile, networkProfile } of found) {
        expect(instanceView?.statuses?.at(-1)?.code).toBe('PowerState/running');
        expect([osProfile, networkProfile]).toEqual([undefined, undefined]);
      }
    });

    test('that are not there are not found', async () => {
      expect(await refused(vms().get(GROUP, 'reads_00000000'))).toMatchObject({
        statusCode: 404,
        code: 'ResourceNotFound',
      });
    });
  });
}
