// Image versions: which of two is newer, and how a directory that holds an image says which one it is. Azure's versions
// are up to four numbers with points between them: `1.0.0`, `18.04.202401161`.
// What must hold: the order is total, so that there is one newest version whatever order they were found in.

/** What an image has that says nothing of a version. */
export const FIRST_VERSION = '1.0.0';

/** The image that every guest can be made from, whatever its reference names. */
export const BASE_IMAGE = 'base';

const VERSION = /^\d{1,15}(\.\d{1,15}){0,3}$/;
const NAME = /^[a-z0-9][a-z0-9._-]*$/i;

export function isImageVersion(text: string): boolean {
  return VERSION.test(text);
}

/** Below 0 when `a` is older. Numbers count, not digits: `1.10` is newer than `1.9`. What is left out counts as 0. */
export function compareVersions(a: string, b: string): number {
  const [first, second] = [numbersOf(a), numbersOf(b)];
  for (let part = 0; part < Math.max(first.length, second.length); part += 1) {
    const difference = (first[part] ?? 0) - (second[part] ?? 0);
    if (difference !== 0) return difference;
  }
  // `1.0` and `1.0.0` are two versions all the same.
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

export function newestVersion(versions: Iterable<string>): string | undefined {
  return [...versions].toSorted(compareVersions).at(-1);
}

/** The version that comes after all of these: the newest with its last number raised; the first one after none. */
export function nextVersion(versions: Iterable<string>): string {
  const newest = newestVersion(versions);
  if (newest === undefined) return FIRST_VERSION;
  const parts = newest.split('.');
  return [...parts.slice(0, -1), Number(parts.at(-1)) + 1].join('.');
}

export interface ImageName {
  readonly image: string;
  readonly version: string;
}

/** `web@2.0.0` is version 2.0.0 of `web`, `web` alone its first. Undefined: a directory of that name holds no image. */
export function parseImageDirectory(name: string): ImageName | undefined {
  const at = name.indexOf('@');
  const image = at === -1 ? name : name.slice(0, at);
  const version = at === -1 ? FIRST_VERSION : name.slice(at + 1);
  return NAME.test(image) && isImageVersion(version) ? { image, version } : undefined;
}

/** Whether images may be called that. */
export function isImageName(text: string): boolean {
  return NAME.test(text);
}

function numbersOf(version: string): readonly number[] {
  return version.split('.').map(Number);
}
