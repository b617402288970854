// The data directory as a whole: what must fit together in it before a plane may go to work there.

import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Store } from './app/ports/store.ts';

/** What is wrong with the directory, as a sentence for the user. */
export class UnfitDirectory extends Error {
  override readonly name = 'UnfitDirectory';
}

export async function checkDirectory(data: string, driver: string, store: Store): Promise<void> {
  const identity = join(data, 'identity.json');
  if (!existsSync(identity) && (await store.groups()).length > 0) {
    throw new UnfitDirectory(
      `${identity} is missing, and the scale sets of this plane belong to the subscription that it named. Put it back, or use another data directory.`,
    );
  }
  checkDriver(join(data, 'driver'), driver, data);
}

/** Guests of one driver are not the other's: it would make them all anew, and leave the first ones running. */
function checkDriver(file: string, driver: string, data: string): void {
  if (!existsSync(file)) {
    writeFileSync(file, `${driver}\n`, { mode: 0o600 });
    return;
  }
  const first = readFileSync(file, 'utf8').trim();
  if (first === driver) return;
  throw new UnfitDirectory(
    `${data} was made with --guests ${first}, and its guests are of that kind. Use that, or another data directory.`,
  );
}

/** The user's directories of images: that of the data directory, which is made, and the one that was named. */
export function imageDirectories({ data, images }: { data: string; images?: string }): readonly string[] {
  const own = join(data, 'images');
  mkdirSync(own, { recursive: true, mode: 0o700 });
  if (images === undefined) return [own];
  if (statSync(images, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UnfitDirectory(`There is no directory ${images} to take images from.`);
  }
  return [own, images];
}
