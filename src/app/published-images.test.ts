// What the catalog lists: every image that it leads to can be declared, and nothing else.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { ORIGIN, refusalOf, store, type TestPlane, testPlane } from '../../test/testing/plane.ts';
import { groupRow, scaleSetBody } from '../../test/testing/rows.ts';
import {
  extensionType,
  extensionTypes,
  imageVersion,
  offers,
  publishers,
  skus,
  versions,
} from './published-images.ts';
import { putScaleSet } from './write-scale-set.ts';

let plane: TestPlane;

beforeEach(async () => {
  plane = testPlane();
  plane.images.publish('web', '1.10.0');
  plane.images.publish('web', '1.9.0');
  plane.images.publish('base', '2.0.0');
  await store(plane, 'group', groupRow());
});
afterEach(() => plane.store.close());

interface Listed {
  readonly publisher: string;
  readonly offer: string;
  readonly sku: string;
  readonly version: string;
}

/** Every image that is reached from the list of publishers. */
function everything(): readonly Listed[] {
  return publishers(plane).flatMap((publisher) =>
    offers(plane, publisher).flatMap((offer) =>
      skus(plane, { publisher, offer }).flatMap((sku) =>
        versions(plane, { publisher, offer, sku }).map((version) => ({ publisher, offer, sku, version })),
      ),
    ),
  );
}

describe('images', () => {
  test('that are listed can all be declared, and their versions are found', async () => {
    const all = everything();
    expect(all.length).toBeGreaterThan(50);
    for (const [index, image] of all.entries()) {
      expect(['V1', 'V2']).toContain(imageVersion(plane, image, image.version));
      const body = scaleSetBody({
        sku: { name: 'Standard_B1s', capacity: 0 },
        properties: {
          virtualMachineProfile: {
            osProfile: { computerNamePrefix: 'web' },
            storageProfile: { imageReference: { ...image } },
          },
        },
      });
      const { created } = await putScaleSet(plane, ORIGIN, { group: 'rg', name: `set${index}`, body });
      expect(created).toBe(true);
    }
  });

  test('of the plane’s own are an offer each, with their versions, oldest first', () => {
    const own = { publisher: 'MUSTER', offer: 'web', sku: 'any' };
    expect(offers(plane, 'Muster')).toEqual(['base', 'web']);
    expect(versions(plane, own)).toEqual(['1.0.0', '1.9.0', '1.10.0']);
    plane.images.withdraw('web', '1.9.0');
    expect(versions(plane, own)).toEqual(['1.0.0', '1.10.0']);
  });

  test('that others publish have the versions of the base image', () => {
    const ubuntu = { publisher: 'canonical', offer: 'ubuntuserver', sku: '18.04-lts' };
    expect(versions(plane, ubuntu)).toEqual(['1.0.0', '2.0.0']);
    expect(imageVersion(plane, ubuntu, '18.04.202401161')).toBe('V1');
  });

  test('that are not there are not found, in Azure’s words', async () => {
    const asked = async (work: () => unknown) => (await refusalOf(Promise.resolve().then(work))).message;
    expect(await asked(() => offers(plane, 'nobody'))).toBe('Publisher: nobody was not found.');
    const [missing, own] = ['Artifact: VMImage was not found.', { publisher: 'muster', offer: 'web' }];
    expect(await asked(() => skus(plane, { ...own, offer: 'wbe' }))).toBe(missing);
    expect(await asked(() => imageVersion(plane, { ...own, sku: '1' }, '3.0.0'))).toBe(missing);
    const debian = { publisher: 'Debian', offer: 'debian-12', sku: '13' };
    expect(await asked(() => versions(plane, debian))).toBe(missing);
  });
});

describe('extensions', () => {
  test('have publishers of their own, which publish no image', () => {
    expect(publishers(plane)).toContain('Microsoft.ManagedServices');
    expect(offers(plane, 'Microsoft.ManagedServices')).toEqual([]);
    expect(extensionTypes(plane, 'Canonical')).toEqual([]);
  });

  test('of the user’s are among them', () => {
    const handlers = new Map([['contoso.watcher', { script: 'true', version: '3.1' }]]);
    const own = { ...plane, handlers };
    expect(publishers(own)).toContain('contoso');
    expect(extensionType(own, 'Contoso', 'Watcher').versions).toEqual(['3.1']);
  });

  test('that are not there are not found', async () => {
    const work = Promise.resolve().then(() => extensionType(plane, 'Microsoft.ManagedServices', 'Nothing'));
    expect((await refusalOf(work)).message).toBe('Artifact: ExtensionImage was not found.');
  });
});
