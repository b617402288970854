// Image versions: the catalog with each single version in it, and what a new OS disk is laid from. A reference to an image
// that the catalog does not know is a guest of the base image, and so its versions are those of `base`.

import { type ImageReference, imageReference } from '../../domain/image-reference.ts';
import { BASE_IMAGE } from '../../domain/image-version.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { ImageCatalog } from './image-catalog.ts';

/** `onChange` also tells that the newest version was taken away, so that the one before is the newest again. */
export interface ImageVersions extends ImageCatalog {
  /** Whether there is exactly this version, spelled so. */
  has(image: string, version: string): boolean;
  /** Every image there is, in the order of their names. */
  names(): readonly string[];
  /** Of one image, oldest first. */
  versions(image: string): readonly string[];
}

/** The image that a disk for this reference is laid from. */
export function laidImage(images: ImageVersions, { word, own }: ImageReference): string {
  return own || images.latest(word) !== undefined ? word : BASE_IMAGE;
}

/**
 * The version that a new OS disk is laid from: the one that the reference names, else the newest. What others published
 * has no versions here, so that a reference to one of them means the newest base image.
 * @param profile a model's `virtualMachineProfile`
 * @returns undefined when the catalog has none
 */
export function versionToLay(images: ImageVersions, profile: JsonObject): string | undefined {
  const reference = imageReference(profile);
  const image = laidImage(images, reference);
  return image === reference.word && reference.version !== undefined
    ? reference.version
    : images.latest(image);
}
