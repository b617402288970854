// Scale sets through @azure/arm-compute: made, merged into, changed, read and deleted, with their guests.
import { beforeAll, describe, expect, test } from 'vitest';
import { PLANE } from '../../../src/domain/activity.ts';
import { said } from '../guests.ts';
import { SOON } from './clients.ts';
import { all, declared, type Fleet, GROUP, LOCATION, refused, SetUnderTest } from './fleet.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

export function scaleSetTests(fleet: () => Fleet): void {
  describe('a scale set', () => {
    const set = new SetUnderTest(fleet, 'made');

    beforeAll(async () => {
      const script = '#!/bin/sh\necho "$MUSTER_NAME was here" >"$MUSTER_ROOT/root/first-boot"\n';
      const body = declared('base', 2);
      const profile = body.virtualMachineProfile;
      await set.create({
        ...body,
        tags: { owner: 'tests' },
        virtualMachineProfile: {
          ...profile,
          osProfile: { ...profile.osProfile, customData: base64(script) },
          userData: base64('for the guest'),
        },
      });
    });

    test('has a guest for each of its capacity, which ran its custom data', async () => {
      expect(await set.powers()).toEqual({ 0: 'running', 1: 'running' });
      expect(set.running()).toEqual(['0', '1']);
      await said(fleet().muster.data, set.handle('1'), /part-001 has ended \(exit code 0\)/);
      expect(await set.inside('1', 'cat "$MUSTER_ROOT/root/first-boot"')).toBe('made_1 was here');
    });

    test('is read back whole, without its secrets', async () => {
      const { compute } = fleet();
      const read = await compute.virtualMachineScaleSets.get(GROUP, 'made');
      expect(read).toMatchObject({
        name: 'made',
        location: LOCATION,
        tags: { owner: 'tests' },
        sku: { name: 'Standard_B1s', tier: 'Standard', capacity: 2 },
        provisioningState: 'Succeeded',
        orchestrationMode: 'Uniform',
        upgradePolicy: { mode: 'Manual' },
        virtualMachineProfile: { osProfile: { adminUsername: 'azureuser' } },
      });
      expect(JSON.stringify(read)).not.toMatch(/not-to-be-seen|adminPassword|customData|userData/);
      const expanded = await compute.virtualMachineScaleSets.get(GROUP, 'made', { expand: 'userData' });
      expect(expanded.virtualMachineProfile?.userData).toBe(base64('for the guest'));
    });

    test('is in the lists of its group, its subscription and its location only', async () => {
      const { virtualMachineScaleSets: sets } = fleet().compute;
      const names = async (list: ReturnType<typeof sets.list>) => (await all(list)).map(({ name }) => name);
      expect(await names(sets.list(GROUP))).toContain('made');
      expect(await names(sets.listAll())).toEqual(expect.arrayContaining(['made', 'web']));
      expect(await names(sets.listByLocation(LOCATION))).toContain('made');
      expect(await names(sets.listByLocation('eastus'))).toEqual([]);
      expect(await names(sets.list('sample'))).toEqual(['web']);
    });

    test('tells its sizes and the states of its instances', async () => {
      const { virtualMachineScaleSets: sets } = fleet().compute;
      const skus = await all(sets.listSkus(GROUP, 'made'));
      expect(skus.map(({ sku }) => sku?.name)).toContain('Standard_B1s');
      const view = await sets.getInstanceView(GROUP, 'made');
      expect(view.virtualMachine?.statusesSummary).toEqual([
        { code: 'ProvisioningState/succeeded', count: 2 },
      ]);
    });

    test('grows by a PUT that says nothing but the capacity', async () => {
      const { compute } = fleet();
      const before = await set.vmIds();
      const put = await compute.virtualMachineScaleSets.createOrUpdate(
        GROUP,
        'made',
        { location: LOCATION, sku: { name: 'Standard_B1s', tier: 'Standard', capacity: 3 } },
        SOON,
      );
      expect(put.virtualMachineProfile?.storageProfile?.imageReference?.offer).toBe('base');
      expect(set.running()).toEqual(['0', '1', '2']);
      expect(await set.vmIds()).toMatchObject(before);
      const instances = await all(compute.virtualMachineScaleSetVMs.list(GROUP, 'made'));
      expect(instances.map(({ latestModelApplied }) => latestModelApplied)).toEqual([true, true, true]);
    });

    test('changes nothing when the condition of a write does not hold', async () => {
      const { virtualMachineScaleSets: sets } = fleet().compute;
      const { etag = '' } = await sets.get(GROUP, 'made');
      const current = await sets.update(
        GROUP,
        'made',
        { tags: { owner: 'first' } },
        { ...SOON, ifMatch: etag },
      );
      const late = { ...SOON, ifMatch: etag };
      const second = { tags: { owner: 'second' } };
      expect(await refused(sets.update(GROUP, 'made', second, late))).toMatchObject({ statusCode: 412 });
      const onlyNew = { ...SOON, ifNoneMatch: '*' };
      const whole = { ...declared('base', 9), tags: { owner: 'third' } };
      expect(await refused(sets.createOrUpdate(GROUP, 'made', whole, onlyNew))).toMatchObject({
        statusCode: 412,
      });
      const after = await sets.get(GROUP, 'made');
      expect(after.tags).toEqual({ owner: 'first' });
      expect(after.etag).toBe(current.etag);
      expect(set.running()).toEqual(['0', '1', '2']);
    });

    test('with a new model leaves its instances as they are until one is updated', async () => {
      const { compute } = fleet();
      await compute.virtualMachineScaleSets.update(GROUP, 'made', { sku: { name: 'Standard_B2s' } }, SOON);
      const applied = async () =>
        (await all(compute.virtualMachineScaleSetVMs.list(GROUP, 'made'))).map((vm) => vm.latestModelApplied);
      expect(await applied()).toEqual([false, false, false]);
      await compute.virtualMachineScaleSets.updateInstances(GROUP, 'made', { instanceIds: ['1'] }, SOON);
      expect(await applied()).toEqual([false, true, false]);
      const sizes = await Promise.all(['0', '1', '2'].map((id) => set.inside(id, 'echo $MUSTER_SIZE')));
      expect(sizes).toEqual(['Standard_B1s', 'Standard_B2s', 'Standard_B1s']);
    });

    test('shrinks around an instance that is protected from scale-in', async () => {
      const { compute } = fleet();
      const protect = { protectionPolicy: { protectFromScaleIn: true } };
      await compute.virtualMachineScaleSetVMs.update(
        GROUP,
        'made',
        '2',
        { location: LOCATION, ...protect },
        SOON,
      );
      await compute.virtualMachineScaleSets.update(GROUP, 'made', { sku: { capacity: 1 } }, SOON);
      expect(set.running()).toEqual(['2']);
      expect(Object.keys(await set.powers())).toEqual(['2']);
    });

    test('is deleted with its guests, and deleting it once more is no failure', async () => {
      const { virtualMachineScaleSets: sets } = fleet().compute;
      await sets.delete(GROUP, 'made', SOON);
      expect(set.running()).toEqual([]);
      expect(await refused(sets.get(GROUP, 'made'))).toMatchObject({
        statusCode: 404,
        code: 'ResourceNotFound',
      });
      await sets.delete(GROUP, 'made', SOON);
    });
  });

  describe('a scale set in zones that upgrades by itself', () => {
    const set = new SetUnderTest(fleet, 'zonal');

    test('spreads its instances over the zones', async () => {
      const { compute } = fleet();
      await set.create({
        ...declared('base', 3),
        zones: ['1', '2', '3'],
        upgradePolicy: { mode: 'Automatic' },
        overprovision: true,
      });
      const instances = await all(compute.virtualMachineScaleSetVMs.list(GROUP, 'zonal'));
      expect(new Set(instances.flatMap(({ zones }) => zones))).toEqual(new Set(['1', '2', '3']));
    });

    test('has given up the guests that it made beyond its capacity', async () => {
      expect(set.running()).toEqual(Object.keys(await set.powers()));
      expect(set.running()).toHaveLength(3);
    });

    test('brings a new model to every instance, and the plane says that it was itself', async () => {
      const { compute, arm } = fleet();
      await compute.virtualMachineScaleSets.update(GROUP, 'zonal', { sku: { name: 'Standard_B4ms' } }, SOON);
      const instances = await all(compute.virtualMachineScaleSetVMs.list(GROUP, 'zonal'));
      expect(instances.map(({ latestModelApplied }) => latestModelApplied)).toEqual([true, true, true]);
      const sizes = instances.map(({ instanceId = '' }) => set.inside(instanceId, 'echo $MUSTER_SIZE'));
      expect(await Promise.all(sizes)).toEqual(Array(3).fill('Standard_B4ms'));
      const log = await arm.activity(`resourceGroupName eq '${GROUP}'`);
      const own = log.filter(({ caller, resourceId }) => caller === PLANE && resourceId.includes('/zonal'));
      expect(own.length).toBeGreaterThan(0);
    });
  });
}
