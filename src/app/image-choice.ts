// Image choice: which version of its image an instance's new OS disk is laid from when somebody asks for one, and the
// refusal of an image or a version that the catalog does not have.

import { Failure } from '../domain/failure.ts';
import { type ImageReference, imageReference, platformParts, sameImage } from '../domain/image-reference.ts';
import { isImageVersion } from '../domain/image-version.ts';
import type { Instance } from '../domain/instance.ts';
import { type JsonObject, objectAt } from '../domain/json.ts';
import type { UpgradeEffect } from '../domain/model.ts';
import { findSku } from '../domain/platform-image.ts';
import { type Declared, hasProfile } from '../domain/scale-set.ts';
import { type ImageVersions, laidImage, versionToLay } from './ports/image-versions.ts';

/** As part of a VerbRequest. */
type Choice = { readonly imageVersion?: string };

/**
 * Refuses a declaration whose image is not there: one of Muster's own, or a platform image that it does not know by name
 * (domain/platform-image). One that was accepted before is left alone: an image that was taken away must not keep anybody
 * from changing the rest.
 */
export function requireImage(images: ImageVersions, declared: Declared, current?: Declared): void {
  if (!hasProfile(declared)) return;
  const profile = profileOf(declared);
  if (current !== undefined && sameImage(profile, profileOf(current))) return;
  const reference = imageReference(profile);
  if (!reference.own && reference.id === undefined) return requirePlatformImage(declared, reference);
  const image = laidImage(images, reference);
  if (image !== reference.word) return;
  if (images.latest(image) === undefined) throw notAvailable(declared.location, reference);
  const { version } = reference;
  if (version !== undefined && !images.has(image, version)) throw notAvailable(declared.location, reference);
}

/** Any version is taken: others publish new ones all the time, and templates name those of the day they were written. */
function requirePlatformImage(declared: Declared, reference: ImageReference): void {
  const { publisher, offer, sku } = platformParts(profileOf(declared));
  const isVersion = reference.version === undefined || isImageVersion(reference.version);
  if (isVersion && findSku(publisher, offer, sku) !== undefined) return;
  throw notAvailable(declared.location, reference);
}

/**
 * A reimage keeps the version that the instance has, unless it names another (Azure's API reference: "If exact version is
 * not provided, the OS disk is reimaged to the existing version of OS Disk"). One that is not there is refused: the disk that
 * is thrown away could not be replaced.
 */
export function versionForReimage(
  images: ImageVersions,
  { location }: Pick<Declared, 'location'>,
  profile: JsonObject,
  instance: Instance,
  asked: string | undefined,
): Choice {
  const reference = imageReference(profile);
  const version = asked ?? instance.imageVersion ?? versionToLay(images, profile);
  if (version === undefined) return {};
  if (!images.has(laidImage(images, reference), version)) {
    throw notAvailable(location, { ...reference, ...withVersion(reference, version) });
  }
  return { imageVersion: version };
}

/** An update lays a new OS disk only where the image is another. */
export function versionForUpdate(images: ImageVersions, profile: JsonObject, effect: UpgradeEffect): Choice {
  const version = effect === 'reimage' ? versionToLay(images, profile) : undefined;
  return version === undefined ? {} : { imageVersion: version };
}

/** How Azure would name that version of it. */
function withVersion({ id, text }: ImageReference, version: string): Pick<ImageReference, 'text'> {
  if (id === undefined) return { text: [...text.split(':').slice(0, -1), version].join(':') };
  return { text: `${id.replace(/\/versions\/[^/]*\/?$/i, '').replace(/\/$/, '')}/versions/${version}` };
}

/** Azure's words, both with 404 (seen of `PlatformImageNotFound` and `GalleryImageNotFound` in the wild). */
function notAvailable(location: string, { id, text }: ImageReference): Failure {
  return id === undefined
    ? new Failure(
        'platformImageNotFound',
        `The platform image '${text}' is not available. Verify that all fields in the storage profile are correct. For more details about storage profile information, please refer to https://aka.ms/storageprofile${/windows/i.test(text) ? '. Windows is not served: guests are Linux.' : ''}`,
        { target: 'imageReference' },
      )
    : new Failure(
        'galleryImageNotFound',
        `The gallery image ${text} is not available in ${location} region. Please contact image owner to replicate to this region, or change your requested region.`,
        { target: 'imageReference' },
      );
}

function profileOf(declared: Declared): JsonObject {
  return objectAt(declared.properties, 'virtualMachineProfile') ?? {};
}
