// Image reference: what `storageProfile.imageReference` names, as one word and, where it says one, a version. Muster's own
// images are `{publisher:'muster', offer:'web'}`; any `id` may end in the name of one.

import { type JsonObject, objectAt, sameJson, textAt } from './json.ts';

export interface ImageReference {
  /** `web`, or `publisher:offer:sku:version` for what others publish. */
  readonly word: string;
  /** Undefined: whichever is the newest. */
  readonly version?: string;
  /** Published by Muster: it is there, or it is a mistake. */
  readonly own: boolean;
  /** The resource id, where it was named by one. */
  readonly id?: string;
  /** `publisher:offer:sku:version`, or the id: as Azure's messages name it. */
  readonly text: string;
}

/** `profile`: a model's `virtualMachineProfile`. */
export function imageReference(profile: JsonObject): ImageReference {
  const image = imageOf(profile);
  const id =
    textAt(image, 'id') ?? textAt(image, 'sharedGalleryImageId') ?? textAt(image, 'communityGalleryImageId');
  if (id !== undefined) return byId(id);
  const part = (name: string): string => textAt(image, name) ?? '';
  const text = [part('publisher'), part('offer'), part('sku'), part('version') || 'latest'].join(':');
  const own = part('publisher').toLowerCase() === 'muster';
  return { word: own ? part('offer') : text, ...pinned(part('version')), own, text };
}

/** The parts of a reference to a platform image, as they were written; empty where one is missing. */
export function platformParts(profile: JsonObject): Readonly<Record<'publisher' | 'offer' | 'sku', string>> {
  const image = imageOf(profile);
  return {
    publisher: textAt(image, 'publisher') ?? '',
    offer: textAt(image, 'offer') ?? '',
    sku: textAt(image, 'sku') ?? '',
  };
}

export function sameImage(a: JsonObject, b: JsonObject): boolean {
  return sameJson(imageOf(a), imageOf(b));
}

/** `…/images/web`, or with a version as galleries have it: `…/images/web/versions/2.0.0`. */
function byId(id: string): ImageReference {
  const parts = id.split('/').filter(Boolean);
  const named = { own: false, id, text: id };
  if (parts.length > 2 && parts.at(-2)?.toLowerCase() === 'versions') {
    return { word: parts.at(-3) as string, ...pinned(parts.at(-1) as string), ...named };
  }
  return { word: parts.at(-1) ?? id, ...named };
}

function pinned(version: string): Pick<ImageReference, 'version'> {
  return version === '' || version.toLowerCase() === 'latest' ? {} : { version };
}

function imageOf(profile: JsonObject): JsonObject {
  return objectAt(profile, 'storageProfile', 'imageReference') ?? {};
}
