// Models: when a write makes a new version, what the difference of two versions asks of a guest, and what names and disks
// an instance gets from one.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { declaredRow, instanceRow, modelRow } from '../../test/testing/rows.ts';
import { computerName } from './instance.ts';
import type { JsonObject } from './json.ts';
import {
  changesModel,
  computerNamePrefix,
  guestSpec,
  imageWord,
  modelDisks,
  modelOf,
  upgradeEffect,
  withModelDisks,
} from './model.ts';
import { diskUid } from './disk-name.ts';
import type { Declared, ModelVersion } from './scale-set.ts';

function withProfile(profile: JsonObject): ModelVersion {
  return modelRow({ profile });
}

function withStorage(storageProfile: JsonObject, rest: JsonObject = {}): ModelVersion {
  return withProfile({ ...rest, storageProfile });
}

describe('a new model version', () => {
  const declared = declaredRow();
  const changed = (change: Partial<Declared>): boolean => changesModel(declared, { ...declared, ...change });

  test('is not made by what leaves instances as they are: capacity, tags, zones', () => {
    expect(changed({ sku: { ...declared.sku, capacity: 40 } })).toBe(false);
    expect(changed({ tags: { team: 'a' } })).toBe(false);
    expect(changed({ zones: ['1'] })).toBe(false);
    expect(changed({})).toBe(false);
  });

  test('is made by another size and by any change of the properties or of what else was declared', () => {
    expect(changed({ sku: { ...declared.sku, name: 'Standard_B2s' } })).toBe(true);
    expect(changed({ sku: { ...declared.sku, tier: 'Basic' } })).toBe(true);
    expect(changed({ properties: { ...declared.properties, overprovision: true } })).toBe(true);
    expect(changed({ extra: { identity: { type: 'SystemAssigned' } } })).toBe(true);
  });

  test('does not come of another order of keys', () => {
    const backwards = Object.fromEntries(Object.entries(declared.properties).toReversed());
    expect(changed({ properties: backwards })).toBe(false);
  });

  test('holds the size, the profile and what else was declared', () => {
    const version = modelOf('uid', 3, { ...declared, extra: { plan: { name: 'p' } } }, 77);
    expect(version).toEqual({
      set: 'uid',
      version: 3,
      created: 77,
      size: 'Standard_B1s',
      tier: 'Standard',
      profile: declared.properties['virtualMachineProfile'],
      extra: { plan: { name: 'p' } },
    });
    expect(modelOf('uid', 1, { ...declared, properties: {} }, 0).profile).toEqual({});
  });
});

describe('the effect of an upgrade', () => {
  const image = { publisher: 'muster', offer: 'web', sku: 'web', version: '1' };
  const base = withStorage(
    { imageReference: image },
    {
      osProfile: { adminUsername: 'ada', customData: 'YQ==', linuxConfiguration: { ssh: {} } },
      userData: 'YQ==',
    },
  );
  const profile = (change: JsonObject): ModelVersion => ({
    ...base,
    profile: { ...base.profile, ...change },
  });
  const os = (change: JsonObject): ModelVersion =>
    profile({ osProfile: { ...(base.profile['osProfile'] as JsonObject), ...change } });

  test.each<[string, ModelVersion, string]>([
    ['nothing', profile({}), 'none'],
    [
      'a newer version of the image',
      profile({ storageProfile: { imageReference: { ...image, version: '2' } } }),
      'reimage',
    ],
    ['another size', { ...base, size: 'Standard_B2s' }, 'restart'],
    [
      'another size and another image',
      { ...profile({ storageProfile: {} }), size: 'Standard_B2s' },
      'reimage',
    ],
    ['an administrator of another name', os({ adminUsername: 'bob' }), 'restart'],
    ['other custom data, which count at first boot', os({ customData: 'Yg==' }), 'none'],
    ['another password', os({ adminPassword: 'x' }), 'none'],
    ['other keys', os({ linuxConfiguration: { ssh: { publicKeys: [] } } }), 'none'],
    ['other user data', profile({ userData: 'Yg==' }), 'reconfigure'],
    [
      'a data disk more',
      profile({ storageProfile: { imageReference: image, dataDisks: [{ lun: 0 }] } }),
      'reconfigure',
    ],
    ['extensions', profile({ extensionProfile: { extensions: [] } }), 'none'],
  ])('of %s', (_, to, effect) => {
    expect(upgradeEffect(base, to)).toBe(effect);
  });

  test('is none from any version to itself, and does not depend on the direction when it is', () => {
    const word = fc.constantFrom('a', 'b', undefined);
    const profiles = fc
      .record({ id: word, adminUsername: word, customData: word, userData: word, lun: fc.nat(1), size: word })
      .map(({ id, adminUsername, customData, userData, lun, size }) => ({
        ...withProfile({
          osProfile: { adminUsername, customData },
          storageProfile: { imageReference: { id }, dataDisks: [{ lun }] },
          userData,
        }),
        size: size ?? 'c',
      }));
    fc.assert(
      fc.property(profiles, profiles, (a, b) => {
        expect(upgradeEffect(a, structuredClone(a))).toBe('none');
        expect(upgradeEffect(a, b) === 'none').toBe(upgradeEffect(b, a) === 'none');
      }),
    );
  });
});

describe('the image as one word', () => {
  test.each<[JsonObject, string]>([
    [{ publisher: 'muster', offer: 'web' }, 'web'],
    [{ publisher: 'Muster', offer: 'base', sku: 'x', version: '1' }, 'base'],
    [{ publisher: 'Canonical', offer: 'Ubuntu', sku: '22_04', version: '1.2' }, 'Canonical:Ubuntu:22_04:1.2'],
    [{ publisher: 'Canonical', offer: 'Ubuntu', sku: '22_04' }, 'Canonical:Ubuntu:22_04:latest'],
    [{ id: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/images/web' }, 'web'],
    [{ id: '/images/web/' }, 'web'],
    [{ sharedGalleryImageId: '/SharedGalleries/g/Images/base' }, 'base'],
    [{ communityGalleryImageId: '/CommunityGalleries/g/Images/base' }, 'base'],
    [{ id: '/' }, '/'],
    [{}, ':::latest'],
  ])('of %j is %s', (imageReference, word) => {
    expect(imageWord(withStorage({ imageReference }))).toBe(word);
  });
});

describe('the data disks of a model', () => {
  const dataDisks = [
    { lun: 0, diskSizeGB: 32, createOption: 'Empty' },
    { lun: 5, diskSizeGB: 8, createOption: 'Empty', caching: 'None' },
  ];
  const model = withStorage({ dataDisks });
  const nameOf = (lun: number): string => `disk at ${lun}`;

  test('are an instance’s, each with a name', () => {
    expect(modelDisks(model, nameOf)).toEqual([
      { lun: 0, sizeGiB: 32, name: 'disk at 0', declared: dataDisks[0], fromModel: true },
      { lun: 5, sizeGiB: 8, name: 'disk at 5', declared: dataDisks[1], fromModel: true },
    ]);
    expect(modelDisks(withProfile({}), nameOf)).toEqual([]);
  });

  test('take the place of those of an older version, which are detached; what was attached to the instance alone stays', () => {
    const own = { lun: 9, sizeGiB: 4, name: 'own', declared: {}, fromModel: false };
    const old = { lun: 0, sizeGiB: 16, name: 'old', declared: {}, fromModel: true };
    const gone = { lun: 1, sizeGiB: 16, name: 'gone', declared: {}, fromModel: true };
    const { dataDisks: disks } = withModelDisks('web', instanceRow({ dataDisks: [old, gone, own] }), model);
    expect(disks.map(({ lun, sizeGiB, fromModel }) => [lun, sizeGiB, fromModel])).toEqual([
      [0, 32, true],
      [5, 8, true],
      [9, 4, false],
      [1, 16, true],
    ]);
    expect(disks.map(({ detaching }) => detaching)).toEqual([undefined, undefined, undefined, true]);
    expect(disks[0]?.name).toBe('old');
    expect(disks[1]?.name).toMatch(/^web_web_0_disk7_[0-9a-f]{32}$/);
  });

  test('never take the place of a disk that was attached to the instance alone', () => {
    const own = { lun: 5, sizeGiB: 64, name: 'own', declared: {}, fromModel: false };
    const { dataDisks: disks } = withModelDisks('web', instanceRow({ dataDisks: [own] }), model);
    expect(disks.find((disk) => disk.lun === 5)).toEqual(own);
    expect(new Set(disks.map((disk) => disk.lun)).size).toBe(disks.length);
  });
});

describe('what a guest is made from', () => {
  test('is the model’s word and the instance’s own names, disks and user data', () => {
    const model = withStorage(
      { imageReference: { publisher: 'muster', offer: 'web' } },
      { osProfile: { computerNamePrefix: 'w', adminUsername: 'ada', customData: 'YQ==' }, userData: 'Yg==' },
    );
    const disk = { lun: 1, sizeGiB: 4, name: 'd', declared: {}, fromModel: true };
    const instance = instanceRow({ id: 10, dataDisks: [disk] });
    expect(guestSpec('web', instance, model)).toEqual({
      name: 'web_10',
      computerName: 'w00000A',
      image: 'web',
      size: 'Standard_B1s',
      adminUsername: 'ada',
      customData: 'YQ==',
      userData: 'Yg==',
      dataDisks: [{ id: diskUid(instance, disk), lun: 1, sizeGiB: 4 }],
    });
    expect(guestSpec('web', { ...instance, userData: 'Yw==' }, model).userData).toBe('Yw==');
  });

  test('has the disks that were attached marked as such, and those that are being detached not at all', () => {
    const disk = { lun: 1, sizeGiB: 4, name: 'd', declared: {}, fromModel: false, uid: 'u' };
    const dataDisks = [disk, { ...disk, lun: 2, uid: 'v', detaching: true as const }];
    expect(guestSpec('web', instanceRow({ dataDisks }), withProfile({})).dataDisks).toEqual([
      { id: 'u', lun: 1, sizeGiB: 4, attached: true },
    ]);
  });

  test('has a computer name also where the model gives no prefix, and leaves out what was not said', () => {
    const spec = guestSpec('web', instanceRow({ id: 3 }), withProfile({}));
    expect(spec.computerName).toBe(computerName(computerNamePrefix(withProfile({})), 3));
    for (const member of ['adminUsername', 'customData', 'userData']) expect(spec).not.toHaveProperty(member);
  });

  test('holds no password and no keys', () => {
    const model = withProfile({
      osProfile: { adminPassword: 'S3cret!', linuxConfiguration: { ssh: 'S3cret!' } },
    });
    expect(JSON.stringify(guestSpec('web', instanceRow(), model))).not.toContain('S3cret!');
  });
});
