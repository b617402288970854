// Managed disks through @azure/arm-compute: the resource, and its way from one instance to another with what is on it.
import type { Disk } from '@azure/arm-compute';
import { beforeAll, describe, expect, test } from 'vitest';
import { SOON } from './clients.ts';
import { all, declared, type Fleet, GROUP, LOCATION, refused, SetUnderTest } from './fleet.ts';

const EMPTY: Disk = { location: LOCATION, creationData: { createOption: 'Empty' }, diskSizeGB: 4 };

export function diskTests(fleet: () => Fleet): void {
  describe('a managed disk', () => {
    const set = new SetUnderTest(fleet, 'disked');
    const disks = () => fleet().compute.disks;
    const vms = () => fleet().compute.virtualMachineScaleSetVMs;
    let id = '';

    beforeAll(async () => {
      await set.create(declared('base', 2));
    });

    test('is made, changed, read and listed', async () => {
      const made = await disks().createOrUpdate(GROUP, 'notes', EMPTY, SOON);
      id = made.id ?? '';
      expect(made).toMatchObject({ diskState: 'Unattached', provisioningState: 'Succeeded', diskSizeGB: 4 });
      const changed = await disks().update(GROUP, 'notes', { tags: { a: 'b' }, diskSizeGB: 8 }, SOON);
      expect(changed).toMatchObject({ tags: { a: 'b' }, diskSizeGB: 8, diskSizeBytes: 8 * 1024 ** 3 });
      expect(await disks().get(GROUP, 'notes')).toEqual(changed);
      const inGroup = await all(disks().listByResourceGroup(GROUP));
      expect(inGroup).toContainEqual(changed);
      expect(await all(disks().list())).toEqual(expect.arrayContaining([...inGroup]));
    });

    test('is attached by the action, written, and moved by a PUT of the instances', async () => {
      const profile = await vms().attachDetachDataDisks(
        GROUP,
        'disked',
        '0',
        { dataDisksToAttach: [{ diskId: id, lun: 4 }] },
        SOON,
      );
      expect(profile.dataDisks).toMatchObject([{ lun: 0 }, { lun: 4, name: 'notes', diskSizeGB: 8 }]);
      await set.inside('0', 'echo moved >"$MUSTER_DATA/lun4/note"');
      expect(await disks().get(GROUP, 'notes')).toMatchObject({ diskState: 'Attached' });
      expect(await refused(disks().delete(GROUP, 'notes', SOON))).toMatchObject({
        statusCode: 409,
        code: 'OperationNotAllowed',
      });
      const first = await vms().get(GROUP, 'disked', '0');
      const kept = first.storageProfile?.dataDisks?.filter(({ lun }) => lun !== 4) ?? [];
      await vms().update(GROUP, 'disked', '0', { ...first, storageProfile: { dataDisks: kept } }, SOON);
      const second = await vms().get(GROUP, 'disked', '1');
      const more = [
        ...(second.storageProfile?.dataDisks ?? []),
        { lun: 2, createOption: 'Attach', managedDisk: { id } },
      ];
      await vms().update(GROUP, 'disked', '1', { ...second, storageProfile: { dataDisks: more } }, SOON);
      expect(await set.inside('1', 'cat "$MUSTER_DATA/lun2/note"')).toBe('moved');
      expect(await set.inside('0', 'ls "$MUSTER_DATA"')).toBe('lun0');
    });

    test('outlives its instance and its set, and is deleted by itself', async () => {
      await vms().delete(GROUP, 'disked', '1', SOON);
      expect(await disks().get(GROUP, 'notes')).toMatchObject({ diskState: 'Unattached' });
      await fleet().compute.virtualMachineScaleSets.delete(GROUP, 'disked', SOON);
      const left = (await all(disks().listByResourceGroup(GROUP))).map(({ name = '' }) => name);
      expect(left.filter((name) => name === 'notes' || name.startsWith('disked_'))).toEqual(['notes']);
      await disks().delete(GROUP, 'notes', SOON);
      expect(await refused(disks().get(GROUP, 'notes'))).toMatchObject({
        statusCode: 404,
        code: 'ResourceNotFound',
      });
    });
  });
}
