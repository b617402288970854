// What an image reference names: a word, perhaps a version, and the text that Azure's messages have of it.

import { describe, expect, test } from 'vitest';

import { imageReference, sameImage } from './image-reference.ts';
import type { JsonObject } from './json.ts';

const profile = (image: JsonObject): JsonObject => ({ storageProfile: { imageReference: image } });
const GALLERY = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/galleries/x/images/web';

describe('an image reference', () => {
  test.each<[JsonObject, ReturnType<typeof imageReference>]>([
    [
      { publisher: 'muster', offer: 'web', sku: '1', version: 'latest' },
      { word: 'web', own: true, text: 'muster:web:1:latest' },
    ],
    [
      { publisher: 'Muster', offer: 'web', sku: '1', version: '2.0.0' },
      { word: 'web', version: '2.0.0', own: true, text: 'Muster:web:1:2.0.0' },
    ],
    [
      { publisher: 'muster', offer: 'web' },
      { word: 'web', own: true, text: 'muster:web::latest' },
    ],
    [
      { publisher: 'Canonical', offer: 'Ubuntu', sku: '22_04', version: '22.4.1' },
      {
        word: 'Canonical:Ubuntu:22_04:22.4.1',
        version: '22.4.1',
        own: false,
        text: 'Canonical:Ubuntu:22_04:22.4.1',
      },
    ],
    [{ id: GALLERY }, { word: 'web', own: false, id: GALLERY, text: GALLERY }],
    [
      { id: `${GALLERY}/versions/2.0.0` },
      {
        word: 'web',
        version: '2.0.0',
        own: false,
        id: `${GALLERY}/versions/2.0.0`,
        text: `${GALLERY}/versions/2.0.0`,
      },
    ],
    [
      { sharedGalleryImageId: '/SharedGalleries/g/Images/web/Versions/Latest' },
      {
        word: 'web',
        own: false,
        id: '/SharedGalleries/g/Images/web/Versions/Latest',
        text: '/SharedGalleries/g/Images/web/Versions/Latest',
      },
    ],
  ])('%j', (image, read) => {
    expect(imageReference(profile(image))).toEqual(read);
  });

  test('is another when any part of it is, and the order of its members is none', () => {
    const [latest, two] = [{ publisher: 'muster', offer: 'web', version: 'latest' }, { version: '2.0.0' }];
    expect(sameImage(profile(latest), profile({ ...latest, ...two }))).toBe(false);
    expect(
      sameImage(profile(latest), profile({ version: 'latest', offer: 'web', publisher: 'muster' })),
    ).toBe(true);
    expect(sameImage({}, {})).toBe(true);
  });
});
