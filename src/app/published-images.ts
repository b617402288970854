// Published images: what a catalog's lists show, from publisher to version. The plane's own images are offers of the publisher
// `muster`; those that others publish are guests of the base image and so have its versions.
// What must hold: what is listed here can be declared (app/image-choice), and is found here when it is asked for.

import { type ExtensionImage, extensionImages } from '../domain/extension-image.ts';
import { Failure } from '../domain/failure.ts';
import { BASE_IMAGE, isImageVersion } from '../domain/image-version.ts';
import {
  findOffer,
  findSku,
  type Generation,
  offersOf,
  OWN_PUBLISHER,
  OWN_SKU,
  PLATFORM_OFFERS,
} from '../domain/platform-image.ts';
import type { Plane } from './plane.ts';

/** The names of a platform image in a request's path, as far as it goes. */
export interface ImagePath {
  readonly publisher: string;
  readonly offer: string;
  readonly sku: string;
}

/** Of images and of extensions, as Azure lists them: one list, without doubles. */
export function publishers(plane: Plane): readonly string[] {
  const images = PLATFORM_OFFERS.map(({ publisher }) => publisher);
  const extensions = allExtensions(plane).map(({ publisher }) => publisher);
  return [...new Set([...images, ...extensions, OWN_PUBLISHER])].toSorted(byName);
}

/** None where a publisher has extensions only. Throws where there is no such publisher. */
export function offers(plane: Plane, publisher: string): readonly string[] {
  requirePublisher(plane, publisher);
  if (isOwn(publisher)) return plane.images.names();
  return offersOf(publisher)
    .map(({ offer }) => offer)
    .toSorted(byName);
}

export function skus(plane: Plane, { publisher, offer }: Omit<ImagePath, 'sku'>): readonly string[] {
  if (isOwn(publisher)) {
    requireOwn(plane, offer);
    return [OWN_SKU];
  }
  const found = findOffer(publisher, offer);
  if (found === undefined) throw imageNotFound();
  return Object.keys(found.skus).toSorted(byName);
}

/** Oldest first. */
export function versions(plane: Plane, path: ImagePath): readonly string[] {
  requireSku(plane, path);
  return plane.images.versions(isOwn(path.publisher) ? path.offer : BASE_IMAGE);
}

/** The generation of machines that this version is for. Any version of what others publish is there, as it is for a declaration. */
export function imageVersion(plane: Plane, path: ImagePath, version: string): Generation {
  const generation = requireSku(plane, path);
  const isThere = isOwn(path.publisher) ? plane.images.has(path.offer, version) : isImageVersion(version);
  if (!isThere) throw imageNotFound();
  return generation;
}

/** The extensions of a publisher. Throws where there is no such publisher. */
export function extensionTypes(plane: Plane, publisher: string): readonly ExtensionImage[] {
  requirePublisher(plane, publisher);
  return allExtensions(plane).filter((one) => same(one.publisher, publisher));
}

export function extensionType(plane: Plane, publisher: string, type: string): ExtensionImage {
  const found = extensionTypes(plane, publisher).find((one) => same(one.type, type));
  if (found === undefined) throw extensionNotFound();
  return found;
}

/** Azure's words, seen of its answers. */
export function extensionNotFound(): Failure {
  return new Failure('notFound', 'Artifact: ExtensionImage was not found.');
}

function imageNotFound(): Failure {
  return new Failure('notFound', 'Artifact: VMImage was not found.');
}

function requirePublisher(plane: Plane, publisher: string): void {
  if (publishers(plane).some((one) => same(one, publisher))) return;
  throw new Failure('notFound', `Publisher: ${publisher} was not found.`);
}

function requireSku(plane: Plane, { publisher, offer, sku }: ImagePath): Generation {
  if (isOwn(publisher)) {
    requireOwn(plane, offer);
    // A reference may say any SKU.
    return 'V2';
  }
  const found = findSku(publisher, offer, sku);
  if (found === undefined) throw imageNotFound();
  return found.generation;
}

function requireOwn(plane: Plane, image: string): void {
  if (plane.images.latest(image) === undefined) throw imageNotFound();
}

function allExtensions({ handlers }: Plane): readonly ExtensionImage[] {
  return extensionImages(handlers ?? new Map());
}

function isOwn(publisher: string): boolean {
  return same(publisher, OWN_PUBLISHER);
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function byName(a: string, b: string): number {
  return a.toLowerCase() < b.toLowerCase() ? -1 : 1;
}
