// Images on this host: which files a guest's OS disk is laid from. Every image lies on the first version of `base`, whatever
// newer ones there are, so that one version of an image is the same files for ever.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { GuestError } from '../../app/ports/guests.ts';
import type { GuestSpec } from '../../domain/guest.ts';
import { BASE_IMAGE, FIRST_VERSION, parseImageDirectory } from '../../domain/image-version.ts';

/** Where the images are; a later directory covers an earlier one's image of the same name and version. */
export type ImageDirectories = readonly string[];

/** What comes with Muster. */
export const BUILT_IN_IMAGES = fileURLToPath(new URL('./images', import.meta.url));

export interface ImageFiles {
  /** Directories, lowest first. */
  readonly layers: readonly string[];
  readonly version: string;
}

/** A reference that names no image here means the base image. Throws when there is no such version of it. */
export function imageFiles(
  { image, imageVersion: version = FIRST_VERSION }: Pick<GuestSpec, 'image' | 'imageVersion'>,
  directories: ImageDirectories,
): ImageFiles {
  const bases = versionsOf(BASE_IMAGE, directories);
  const named = versionsOf(image, directories);
  const path = (named.size === 0 ? bases : named).get(version);
  if (path === undefined) {
    throw new GuestError('permanent', `There is no version ${version} of the image '${image}' on this host.`);
  }
  const layers = [bases.get(FIRST_VERSION), path].filter((layer) => layer !== undefined);
  return { layers: [...new Set(layers)], version };
}

/** By version, where its files are. */
function versionsOf(image: string, directories: ImageDirectories): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const directory of directories) {
    for (const entry of entriesOf(directory)) {
      const name = entry.isDirectory() ? parseImageDirectory(entry.name) : undefined;
      if (name?.image === image) found.set(name.version, join(directory, entry.name));
    }
  }
  return found;
}

/** One that is not there holds none: it may come later. */
function entriesOf(directory: string) {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}
