// Virtual machines through @azure/arm-compute: made, changed, attached to a Flexible set, detached and deleted; known by their guests.
import { beforeAll, describe, expect, test } from 'vitest';
import { guestProcesses } from '../guests.ts';
import { SOON } from './clients.ts';
import { declared, type Fleet, GROUP, LOCATION, refused } from './fleet.ts';

export function machineWriteTests(fleet: () => Fleet): void {
  describe('a virtual machine', () => {
    const name = 'alone';
    let before: ReadonlySet<string> = new Set();
    let setId = '';

    /** Of the machines of this file: handle and process. */
    const guests = (): readonly (readonly [string, unknown])[] =>
      [...guestProcesses(fleet().muster.data)].filter(([handle]) => !before.has(handle));
    const body = () => {
      const { osProfile, storageProfile } = declared('base', 1).virtualMachineProfile;
      const { computerNamePrefix: _prefix, ...rest } = osProfile;
      return {
        location: LOCATION,
        hardwareProfile: { vmSize: 'Standard_B1s' },
        osProfile: { ...rest, computerName: 'alone-host' },
        storageProfile: {
          imageReference: storageProfile.imageReference,
          osDisk: { createOption: 'FromImage' },
        },
        networkProfile: {},
      };
    };

    beforeAll(async () => {
      const { compute, muster } = fleet();
      before = new Set(guestProcesses(muster.data).keys());
      const flexible = { location: LOCATION, orchestrationMode: 'Flexible', singlePlacementGroup: false };
      const set = await compute.virtualMachineScaleSets.createOrUpdate(GROUP, 'joined', flexible, SOON);
      setId = set.id ?? '';
      await compute.virtualMachines.createOrUpdate(GROUP, name, body(), SOON);
    });

    test('is made with its guest, in no set', async () => {
      expect(guests()).toHaveLength(1);
      const read = await fleet().compute.virtualMachines.get(GROUP, name);
      expect(read).toMatchObject({
        provisioningState: 'Succeeded',
        osProfile: { computerName: 'alone-host' },
      });
      expect(read.virtualMachineScaleSet).toBeUndefined();
      expect(JSON.stringify(read)).not.toMatch(/not-to-be-seen|adminPassword/);
    });

    test('is changed by what is sent, and put again as it was read changes nothing', async () => {
      const { virtualMachines } = fleet().compute;
      const { vmId } = await virtualMachines.get(GROUP, name);
      await virtualMachines.update(GROUP, name, { tags: { team: 'edge' } }, SOON);
      const read = await virtualMachines.get(GROUP, name);
      const again = await virtualMachines.createOrUpdate(GROUP, name, read, SOON);
      expect(again).toMatchObject({ vmId, tags: { team: 'edge' }, provisioningState: 'Succeeded' });
      const other = { osProfile: { computerName: 'other' } };
      expect(await refused(virtualMachines.update(GROUP, name, other, SOON))).toMatchObject({
        code: 'PropertyChangeNotAllowed',
      });
    });

    test('joins a Flexible set, and its guest does not notice', async () => {
      const { virtualMachines, virtualMachineScaleSets } = fleet().compute;
      const running = guests();
      await virtualMachines.update(GROUP, name, { virtualMachineScaleSet: { id: setId } }, SOON);
      expect((await virtualMachines.get(GROUP, name)).virtualMachineScaleSet?.id).toBe(setId);
      expect(guests()).toEqual(running);
      await virtualMachines.update(GROUP, name, { virtualMachineScaleSet: {} }, SOON);
      expect((await virtualMachines.get(GROUP, name)).virtualMachineScaleSet).toBeUndefined();
      expect(guests()).toEqual(running);
      expect((await virtualMachineScaleSets.get(GROUP, 'joined')).provisioningState).toBe('Succeeded');
    });

    test('is made as a member, and goes with its guest', async () => {
      const { virtualMachines, virtualMachineScaleSets } = fleet().compute;
      const member = { ...body(), virtualMachineScaleSet: { id: setId } };
      await virtualMachines.createOrUpdate(GROUP, 'member', member, SOON);
      expect(guests()).toHaveLength(2);
      await virtualMachines.delete(GROUP, name, SOON);
      expect(guests()).toHaveLength(1);
      await virtualMachineScaleSets.delete(GROUP, 'joined', SOON);
      expect(guests()).toEqual([]);
    });
  });
}
