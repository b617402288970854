// Images at the writes and the verbs: what is not there is refused whole, and which version a new disk is laid from.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { Instance } from '../domain/instance.ts';
import type { JsonObject } from '../domain/json.ts';
import { ORIGIN, refusedWhole, store, type TestPlane, testPlane } from '../../test/testing/plane.ts';
import {
  groupRow,
  instanceRow,
  modelRow,
  scaleSetBody,
  scaleSetRow,
  SET_UID,
} from '../../test/testing/rows.ts';
import { actOnInstances, type ActionRequest } from './act-on-instances.ts';
import { versionToLay } from './ports/image-versions.ts';
import { patchScaleSet, putScaleSet } from './write-scale-set.ts';

const SET = { group: 'rg', name: 'web' };
const ALL = { kind: 'all' } as const;
const OWN = { publisher: 'muster', offer: 'web', sku: '1' };
const FOREIGN = { publisher: 'canonical', offer: '0001-com-ubuntu-server-jammy', sku: '22_04-lts-gen2' };
const GALLERY = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/galleries/x/images/web';

let plane: TestPlane;

beforeEach(() => {
  plane = testPlane();
  plane.images.publish('web', '2.0.0');
});
afterEach(() => plane.store.close());

const withImage = (imageReference: JsonObject): JsonObject => ({
  properties: { virtualMachineProfile: { storageProfile: { imageReference } } },
});
const profileWith = (imageReference: JsonObject): JsonObject => ({ storageProfile: { imageReference } });
const bodyWith = (imageReference: JsonObject): JsonObject => scaleSetBody(withImage(imageReference));

/** A settled set of this image with an instance whose disk has that version. */
async function given(imageReference: JsonObject, instance: Partial<Instance>): Promise<void> {
  const profile = profileWith(imageReference);
  await store(plane, 'group', groupRow());
  await store(plane, 'scaleSet', scaleSetRow({ properties: { virtualMachineProfile: profile } }));
  await plane.store.commit([{ kind: 'putModel', model: modelRow({ profile }) }]);
  await store(plane, 'instance', instanceRow(instance));
}

async function after(request: Partial<ActionRequest> & Pick<ActionRequest, 'verb'>): Promise<Instance> {
  await actOnInstances(plane, ORIGIN, { ...SET, target: ALL, ...request });
  return (await plane.store.instance(SET_UID, 0)) as Instance;
}

describe('a scale set that is declared', () => {
  beforeEach(() => store(plane, 'group', groupRow()));

  test.each<[JsonObject, string, string]>([
    [{ ...OWN, version: '9.9.9' }, 'platformImageNotFound', "The platform image 'muster:web:1:9.9.9' is not"],
    [{ ...OWN, version: '2.0' }, 'platformImageNotFound', "The platform image 'muster:web:1:2.0' is not"],
    [{ ...OWN, offer: 'wbe' }, 'platformImageNotFound', "The platform image 'muster:wbe:1:latest' is not"],
    [{ ...FOREIGN, sku: '22_05' }, 'platformImageNotFound', "The platform image 'canonical:0001-com-ubuntu"],
    [{ ...FOREIGN, offer: 'Ubuntu' }, 'platformImageNotFound', "The platform image 'canonical:Ubuntu:22_04"],
    [{ ...FOREIGN, version: 'newest' }, 'platformImageNotFound', "The platform image 'canonical:0001-com"],
    [
      { id: `${GALLERY}/versions/9.9.9` },
      'galleryImageNotFound',
      `The gallery image ${GALLERY}/versions/9.9.9 is not available in westus region.`,
    ],
  ])('of %j is refused with Azure’s words, and changes nothing', async (image, code, words) => {
    const made = await refusedWhole(plane, () =>
      putScaleSet(plane, ORIGIN, { ...SET, body: bodyWith(image) }),
    );
    expect(made).toMatchObject({ code, target: 'imageReference' });
    expect(made.message).toContain(words);
    await putScaleSet(plane, ORIGIN, { ...SET, body: bodyWith({ ...OWN, version: 'latest' }) });
    for (const write of [putScaleSet, patchScaleSet]) {
      const body = withImage(
        write === patchScaleSet && 'id' in image ? { ...image, publisher: null } : image,
      );
      const changed = await refusedWhole(plane, () => write(plane, ORIGIN, { ...SET, body }));
      expect(changed).toMatchObject({ code });
    }
  });

  test.each<[JsonObject]>([
    [{ ...OWN, version: 'latest' }],
    [{ ...OWN, version: '1.0.0' }],
    [{ ...OWN, version: '2.0.0' }],
    [OWN],
    [{ ...FOREIGN, version: 'latest' }],
    // It is given the base image all the same.
    [{ ...FOREIGN, version: '22.4.1' }],
    [{ id: GALLERY }],
    [{ id: `${GALLERY}/versions/2.0.0` }],
    [{ id: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/images/of-ours/versions/7.0.0' }],
  ])('of %j is accepted', async (image) => {
    const { created } = await putScaleSet(plane, ORIGIN, { ...SET, body: bodyWith(image) });
    expect(created).toBe(true);
  });

  test('of an image without publisher, or of Windows, is refused, and the latter says why', async () => {
    const refused = (image: JsonObject) =>
      refusedWhole(plane, () => putScaleSet(plane, ORIGIN, { ...SET, body: bodyWith(image) }));
    expect((await refused({ version: '1.0.0' })).message).toContain("The platform image ':::1.0.0' is not");
    const windows = { publisher: 'MicrosoftWindowsServer', offer: 'WindowsServer', sku: '2022-Datacenter' };
    expect((await refused(windows)).message).toMatch(/Windows is not served: guests are Linux\.$/);
    expect((await refused({ ...FOREIGN, sku: 'x' })).message).toMatch(/storageprofile$/);
  });

  test('of an image that was taken away afterwards can still be changed otherwise', async () => {
    await putScaleSet(plane, ORIGIN, { ...SET, body: bodyWith({ ...OWN, version: '2.0.0' }) });
    plane.images.withdraw('web', '2.0.0');
    const { set } = await patchScaleSet(plane, ORIGIN, { ...SET, body: { sku: { capacity: 5 } } });
    expect(set.declared.sku.capacity).toBe(5);
  });

  test('does not keep an exactVersion, which is each instance’s own', async () => {
    const body = bodyWith({ ...OWN, version: 'latest', exactVersion: '1.0.0' });
    const { set } = await putScaleSet(plane, ORIGIN, { ...SET, body });
    expect(JSON.stringify(set.declared)).not.toContain('exactVersion');
  });
});

describe('a new disk', () => {
  test.each<[JsonObject, string | undefined]>([
    [{ ...OWN, version: 'latest' }, '2.0.0'],
    [{ ...OWN, version: '1.0.0' }, '1.0.0'],
    [{ id: GALLERY }, '2.0.0'],
    [{ id: `${GALLERY}/versions/1.0.0` }, '1.0.0'],
    [{ ...FOREIGN, version: 'latest' }, '1.0.1'],
    [{ ...FOREIGN, version: '22.4.1' }, '1.0.1'],
    [{ id: '/images/of-ours' }, '1.0.1'],
    [{ ...OWN, offer: 'wbe' }, undefined],
  ])('of %j is laid from %s', (image, version) => {
    plane.images.publish('base', '1.0.1');
    expect(versionToLay(plane.images, profileWith(image))).toBe(version);
  });
});

describe('a reimage', () => {
  const LATEST = { ...OWN, version: 'latest' };

  test.each(['reimage', 'reimageAll'] as const)('keeps the version that the disk has (%s)', async (verb) => {
    await given(LATEST, { imageVersion: '1.0.0' });
    expect(await after({ verb })).toMatchObject({ imageVersion: '1.0.0', wanted: { turn: { kind: verb } } });
  });

  test('takes the version that it names, and knows the way back', async () => {
    await given(LATEST, { imageVersion: '1.0.0' });
    const asked = await after({ verb: 'reimage', exactVersion: '2.0.0' });
    expect(asked).toMatchObject({ imageVersion: '2.0.0', task: { undo: { imageVersion: '1.0.0' } } });
  });

  test('of a disk from before versions were kept takes the newest', async () => {
    await given(LATEST, {});
    expect((await after({ verb: 'reimage' })).imageVersion).toBe('2.0.0');
  });

  test.each<[JsonObject, string, string]>([
    [LATEST, '3.0.0', "'muster:web:1:3.0.0'"],
    [{ ...OWN, version: '1.0.0' }, '', "'muster:web:1:'"],
    [
      { ...FOREIGN, version: 'latest' },
      '2.0.0',
      "'canonical:0001-com-ubuntu-server-jammy:22_04-lts-gen2:2.0.0'",
    ],
    [{ id: `${GALLERY}/versions/1.0.0` }, '3.0.0', `${GALLERY}/versions/3.0.0`],
  ])('of %j to a version that is not there, %j, is refused whole', async (image, exactVersion, named) => {
    await given(image, { imageVersion: '1.0.0' });
    const refused = await refusedWhole(plane, () => after({ verb: 'reimage', exactVersion }));
    expect(refused.code).toMatch(/ImageNotFound$/);
    expect(refused.message).toContain(named);
  });

  test('of a version that was taken away is refused: the disk could not be replaced', async () => {
    await given(LATEST, { imageVersion: '2.0.0' });
    plane.images.withdraw('web', '2.0.0');
    const refused = await refusedWhole(plane, () => after({ verb: 'reimage' }));
    expect(refused.message).toContain("'muster:web:1:2.0.0'");
  });

  test.each(['restart', 'redeploy', 'powerOff', 'deallocate', 'update'] as const)(
    'is what it takes: %s leaves the version alone',
    async (verb) => {
      await given(LATEST, { imageVersion: '1.0.0' });
      expect((await after({ verb })).imageVersion).toBe('1.0.0');
    },
  );
});

describe('an update', () => {
  const to = async (image: JsonObject): Promise<void> => {
    await plane.store.commit([
      { kind: 'putModel', model: modelRow({ version: 2, profile: profileWith(image) }) },
    ]);
    const set = await plane.store.scaleSet('rg', 'web');
    await store(plane, 'scaleSet', { ...scaleSetRow(), ...set, model: 2 });
  };

  test('to another image takes its newest version, or the one that it names', async () => {
    await given({ ...OWN, version: 'latest' }, { imageVersion: '1.0.0' });
    await to({ ...OWN, version: '2.0.0' });
    expect(await after({ verb: 'update' })).toMatchObject({
      imageVersion: '2.0.0',
      wanted: { model: 2, turn: { kind: 'reimage' } },
      task: { undo: { imageVersion: '1.0.0' } },
    });
  });

  test('to what leaves the disk alone keeps its version', async () => {
    await given({ ...OWN, version: 'latest' }, { imageVersion: '1.0.0' });
    const set = await plane.store.scaleSet('rg', 'web');
    const model = modelRow({
      version: 2,
      size: 'Standard_B2s',
      profile: profileWith({ ...OWN, version: 'latest' }),
    });
    await plane.store.commit([{ kind: 'putModel', model }]);
    await store(plane, 'scaleSet', { ...scaleSetRow(), ...set, model: 2 });
    expect(await after({ verb: 'update' })).toMatchObject({
      imageVersion: '1.0.0',
      wanted: { turn: { kind: 'restart' } },
    });
  });
});
