// The catalog through @azure/arm-compute: what is listed can be declared, and quotas say what is taken.
import { describe, expect, test } from 'vitest';
import { SOON } from './clients.ts';
import { all, declared, type Fleet, GROUP, LOCATION, refused, SetUnderTest } from './fleet.ts';

const UBUNTU = ['Canonical', '0001-com-ubuntu-server-jammy', '22_04-lts-gen2'] as const;

export function catalogTests(fleet: () => Fleet): void {
  describe('the catalog', () => {
    test('leads from publishers to the one version that is the newest', async () => {
      const { virtualMachineImages: images } = fleet().compute;
      const names = (list: readonly { name?: string }[]) => list.map(({ name }) => name);
      const [publisher, offer, sku] = UBUNTU;
      expect(names(await images.listPublishers(LOCATION))).toEqual(
        expect.arrayContaining(['muster', publisher, 'Debian', 'RedHat', 'SUSE']),
      );
      expect(names(await images.listOffers(LOCATION, publisher))).toContain(offer);
      expect(names(await images.listSkus(LOCATION, publisher, offer))).toContain(sku);
      const [newest] = await images.list(LOCATION, publisher, offer, sku, { top: 1, orderby: 'name desc' });
      const version = newest?.name ?? '';
      expect(await images.get(LOCATION, publisher, offer, sku, version)).toMatchObject({
        name: version,
        osDiskImage: { operatingSystem: 'Linux' },
        hyperVGeneration: 'V2',
      });
      const asked = images.get(LOCATION, publisher, offer, 'no-such-sku', version);
      expect(await refused(asked)).toMatchObject({ statusCode: 404, code: 'NotFound' });
    });

    test('has an image from which a set is made, whose instances tell the exact version', async () => {
      const [publisher, offer, sku] = UBUNTU;
      const set = new SetUnderTest(fleet, 'ubuntu');
      const body = declared('base', 1);
      const { virtualMachineProfile: profile } = body;
      const imageReference = { publisher, offer, sku, version: 'latest' };
      await set.create({
        ...body,
        virtualMachineProfile: { ...profile, storageProfile: { ...profile.storageProfile, imageReference } },
      });
      const { compute } = fleet();
      const instance = await compute.virtualMachineScaleSetVMs.get(GROUP, 'ubuntu', '0');
      expect(instance.storageProfile?.imageReference).toMatchObject({
        ...imageReference,
        exactVersion: '1.0.0',
      });
      await compute.virtualMachineScaleSets.delete(GROUP, 'ubuntu', SOON);
    });

    test('has the extensions that the plane has, with their versions', async () => {
      const { virtualMachineExtensionImages: extensions } = fleet().compute;
      const publisher = 'Microsoft.Azure.Extensions';
      const types = await extensions.listTypes(LOCATION, publisher);
      expect(types.map(({ name }) => name)).toEqual(['CustomScript']);
      const [version] = await extensions.listVersions(LOCATION, publisher, 'CustomScript');
      expect(await extensions.get(LOCATION, publisher, 'CustomScript', version?.name ?? '')).toMatchObject({
        name: version?.name,
        operatingSystem: 'Linux',
      });
    });

    test('has sizes, with zones and capabilities, and no set is made of another', async () => {
      const { compute } = fleet();
      const sizes = await all(compute.virtualMachineSizes.list(LOCATION));
      expect(sizes.find(({ name }) => name === 'Standard_D2s_v5')).toMatchObject({
        numberOfCores: 2,
        memoryInMB: 8192,
      });
      const skus = await all(compute.resourceSkus.list({ filter: `location eq '${LOCATION}'` }));
      expect(skus.map(({ name }) => name)).toEqual(sizes.map(({ name }) => name));
      const sku = skus.find(({ name }) => name === 'Standard_D2s_v5');
      expect(sku?.locationInfo?.[0]?.zones).toEqual(['1', '2', '3']);
      expect(sku?.capabilities).toContainEqual({ name: 'vCPUs', value: '2' });
      const body = { ...declared('base', 1), sku: { name: 'Standard_Foo', capacity: 1 } };
      const made = compute.virtualMachineScaleSets.createOrUpdate(GROUP, 'foo', body, SOON);
      expect(await refused(made)).toMatchObject({ statusCode: 400, code: 'InvalidParameter' });
    });

    test('has usages, which a set is counted in', async () => {
      const { compute } = fleet();
      const cores = async () => {
        const found = await all(compute.usage.list(LOCATION));
        return found.find(({ name }) => name?.value === 'standardBSFamily')?.currentValue ?? 0;
      };
      const before = await cores();
      await new SetUnderTest(fleet, 'counted').create(declared('base', 2));
      expect(await cores()).toBe(before + 2);
      await compute.virtualMachineScaleSets.delete(GROUP, 'counted', SOON);
      expect(await cores()).toBe(before);
    });
  });
}
