// Extensions through @azure/arm-compute: of a set, of one instance, and their upgrade. All of them really run.
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { SOON } from './clients.ts';
import { all, declared, type Fleet, GROUP, SetUnderTest } from './fleet.ts';

/** Leaves a line each time that it runs. */
const COUNT = 'echo ran >>"$MUSTER_ROOT/root/ran"; wc -l <"$MUSTER_ROOT/root/ran"';

export function extensionTests(fleet: () => Fleet): void {
  const set = new SetUnderTest(fleet, 'extended');
  const sets = () => fleet().compute.virtualMachineScaleSets;
  const ofSet = () => fleet().compute.virtualMachineScaleSetExtensions;
  const ofInstance = () => fleet().compute.virtualMachineScaleSetVMExtensions;
  const custom = (command: string, more = {}) => ({
    publisher: 'Microsoft.Azure.Extensions',
    typePropertiesType: 'CustomScript',
    typeHandlerVersion: '2.1',
    autoUpgradeMinorVersion: true,
    protectedSettings: { commandToExecute: command },
    ...more,
  });
  const view = async (id: string) =>
    (await fleet().compute.virtualMachineScaleSetVMs.getInstanceView(GROUP, 'extended', id)).extensions ?? [];
  const ran = async (id: string) => Number(await set.inside(id, 'wc -l <"$MUSTER_ROOT/root/ran" || echo 0'));

  beforeAll(async () => {
    const body = declared('base', 2);
    const { virtualMachineProfile } = body;
    const extensionProfile = { extensions: [{ name: 'setup', ...custom(COUNT) }] };
    await set.create({ ...body, virtualMachineProfile: { ...virtualMachineProfile, extensionProfile } });
  });

  describe('an extension of a set', () => {
    test('has run in every guest when the set has been made, and shows what it printed', async () => {
      expect(await Promise.all(['0', '1'].map(ran))).toEqual([1, 1]);
      expect(await view('0')).toMatchObject([
        {
          name: 'setup',
          type: 'Microsoft.Azure.Extensions.CustomScript',
          typeHandlerVersion: '2.1.13',
          substatuses: [{ message: '1\n' }, { message: '' }],
          statuses: [
            { code: 'ProvisioningState/succeeded', message: 'Enable succeeded: \n[stdout]\n1\n\n[stderr]\n' },
          ],
        },
      ]);
    });

    test('does not run again with a restart, and does with a reimage', async () => {
      const vms = fleet().compute.virtualMachineScaleSetVMs;
      await vms.restart(GROUP, 'extended', '0', SOON);
      expect(await ran('0')).toBe(1);
      await set.inside('0', 'echo more >>"$MUSTER_ROOT/root/ran"');
      await vms.reimage(GROUP, 'extended', '0', SOON);
      expect(await ran('0')).toBe(1);
    });

    test('is not shown with its protected settings, and keeps them when the model comes back without', async () => {
      const shown = await sets().get(GROUP, 'extended');
      expect(JSON.stringify(shown)).not.toMatch(/commandToExecute/);
      const after = await sets().createOrUpdate(GROUP, 'extended', shown, SOON);
      expect(after.virtualMachineProfile?.extensionProfile?.extensions).toHaveLength(1);
      await fleet().compute.virtualMachineScaleSetVMs.reimage(GROUP, 'extended', '1', SOON);
      expect(await ran('1')).toBe(1);
    });

    test('is run again where its tag has changed, when the extensions are upgraded', async () => {
      await ofSet().update(GROUP, 'extended', 'setup', { forceUpdateTag: 'again' }, SOON);
      expect(await ran('0')).toBe(1);
      const boots = 'cat "$MUSTER_ROOT/var/lib/muster/boots"';
      const before = await set.inside('0', boots);
      await fleet().compute.virtualMachineScaleSetRollingUpgrades.startExtensionUpgrade(
        GROUP,
        'extended',
        SOON,
      );
      expect(await Promise.all(['0', '1'].map(ran))).toEqual([2, 2]);
      expect(await set.inside('0', boots)).toBe(before);
    });

    test('is put beside another, listed, read and deleted', async () => {
      const properties = {
        publisher: 'Microsoft.CPlat.Core',
        typePropertiesType: 'RunCommandLinux',
        typeHandlerVersion: '1.0',
        settings: { script: ['hostname'] },
        provisionAfterExtensions: ['setup'],
      };
      await ofSet().createOrUpdate(GROUP, 'extended', 'name', properties, SOON);
      expect((await all(ofSet().list(GROUP, 'extended'))).map(({ name }) => name)).toEqual(['setup', 'name']);
      await sets().updateInstances(GROUP, 'extended', { instanceIds: ['1'] }, SOON);
      expect((await view('1')).at(-1)).toMatchObject({
        name: 'name',
        substatuses: [{ message: 'base000001\n' }, {}],
      });
      expect(await ofSet().get(GROUP, 'extended', 'name')).toMatchObject({ provisioningState: 'Succeeded' });
      await ofSet().delete(GROUP, 'extended', 'name', SOON);
      expect(await all(ofSet().list(GROUP, 'extended'))).toHaveLength(1);
      await sets().updateInstances(GROUP, 'extended', { instanceIds: ['1'] }, SOON);
      expect((await view('1')).map(({ name }) => name)).toEqual(['setup']);
    });
  });

  describe('an extension of one instance', () => {
    const own = {
      publisher: 'Microsoft.CPlat.Core',
      typePropertiesType: 'RunCommandLinux',
      typeHandlerVersion: '1.0',
      settings: { script: ['echo own'] },
    };

    test('runs in that guest alone', async () => {
      const made = await ofInstance().createOrUpdate(GROUP, 'extended', '0', 'own', own, SOON);
      expect(made).toMatchObject({ name: 'own', provisioningState: 'Succeeded' });
      const shown = await ofInstance().get(GROUP, 'extended', '0', 'own', { expand: 'instanceView' });
      expect(shown.instanceView).toMatchObject({ substatuses: [{ message: 'own\n' }, { message: '' }] });
      const { value = [] } = await ofInstance().list(GROUP, 'extended', '1');
      expect(value.map(({ name }) => name)).toEqual(['setup']);
    });

    test('that fails fails its operation and that instance, and not its neighbour', async () => {
      const change = { settings: { script: ['echo before', 'echo oops >&2', 'exit 4'] } };
      const work = ofInstance().update(GROUP, 'extended', '0', 'own', change, SOON);
      await expect(Promise.resolve(work)).rejects.toThrow(
        /when processing extension 'own'[\s\S]*exit status=4[\s\S]*before[\s\S]*oops/,
      );
      const vms = fleet().compute.virtualMachineScaleSetVMs;
      const states = await Promise.all(['0', '1'].map((id) => vms.get(GROUP, 'extended', id)));
      expect(states.map(({ provisioningState }) => provisioningState)).toEqual(['Failed', 'Succeeded']);
    });

    test('goes when it is deleted', async () => {
      await ofInstance().delete(GROUP, 'extended', '0', 'own', SOON);
      const { value = [] } = await ofInstance().list(GROUP, 'extended', '0');
      expect(value.map(({ name }) => name)).toEqual(['setup']);
    });

    test('may be a script in base64 of gzip', async () => {
      const script = gzipSync('#!/bin/sh\necho "unpacked in $(hostname)"\n').toString('base64');
      const change = custom('', { protectedSettings: {}, settings: { script } });
      await ofInstance().createOrUpdate(GROUP, 'extended', '1', 'setup', change, SOON);
      expect((await view('1'))[0]).toMatchObject({
        substatuses: [{ message: 'unpacked in base000001\n' }, {}],
      });
    });
  });
}
