// The images of a data directory, as `muster image` keeps them: a version is a directory NAME@VERSION in `images` there, which
// a running plane watches (catalog/directory-catalog).
// What must hold: a version is there whole or not at all, and never changes while it has its name.

import { constants, type Dirent, mkdtempSync, promises as fs, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';

import type { KeptImage } from './cli/commands/image.ts';
import { EXIT, Problem } from './cli/problem.ts';
import type { GuestSpec } from './domain/guest.ts';
import {
  compareVersions,
  isImageName,
  isImageVersion,
  nextVersion,
  parseImageDirectory,
} from './domain/image-version.ts';
import { layOsDisk } from './guest/process/disks.ts';
import { BUILT_IN_IMAGES } from './guest/process/images.ts';
import { imageDirectories } from './plane-directory.ts';

/** What it is called while it is tried out: the name alone is that of a first version. */
const CANDIDATE = 'candidate';
const TRIAL: GuestSpec = {
  name: 'trial',
  computerName: 'trial',
  image: CANDIDATE,
  size: 'Standard_B1s',
  dataDisks: [],
};

interface Placed extends KeptImage {
  readonly path: string;
}

export async function listImages(data: string): Promise<readonly KeptImage[]> {
  const found = placed(ownDirectory(data));
  return found
    .map(({ name, version, builtIn }) => ({ name, version, builtIn }))
    .toSorted((a, b) =>
      a.name === b.name ? compareVersions(a.version, b.version) : a.name < b.name ? -1 : 1,
    );
}

export async function addImage(
  data: string,
  { name, from, version }: { readonly name: string; readonly from: string; readonly version?: string },
): Promise<KeptImage> {
  if (!isImageName(name)) {
    throw new Problem(
      `'${name}' is no name for an image: it has letters, digits, dots, hyphens and underscores, and begins with a letter or a digit.`,
      EXIT.misused,
    );
  }
  if (version !== undefined && !isImageVersion(version)) {
    throw new Problem(`'${version}' is no version: it is one to four numbers, as in 1.0.0.`, EXIT.misused);
  }
  const own = ownDirectory(data);
  const source = await directoryAt(from, own);
  // A name with a dot in front is not looked at.
  const staged = mkdtempSync(join(own, '.adding-'));
  try {
    const files = join(staged, CANDIDATE);
    await copy(source, files, from);
    await tryOut(own, staged);
    return { name, version: await moveIn(own, files, name, version), builtIn: false };
  } finally {
    await fs.rm(staged, { recursive: true, force: true });
  }
}

export async function removeImage(
  data: string,
  { name, version }: { readonly name: string; readonly version: string },
): Promise<void> {
  const own = ownDirectory(data);
  const [found] = versionsOf(own, name).filter((one) => one.version === version);
  if (found === undefined) throw new Problem(`There is no image ${name}@${version} in ${own}.`);
  if (found.builtIn) throw new Problem(`${name}@${version} comes with Muster: it cannot be removed.`);
  const going = mkdtempSync(join(own, '.removing-'));
  await fs.rename(found.path, join(going, 'image'));
  await fs.rm(going, { recursive: true, force: true });
}

function ownDirectory(data: string): string {
  const [own] = imageDirectories({ data });
  return own as string;
}

/** Those of the directory first: they cover the built-in ones, as they do for guests. */
function placed(own: string): readonly Placed[] {
  const all = [own, BUILT_IN_IMAGES].flatMap((directory) =>
    readdirSync(directory, { withFileTypes: true }).flatMap((entry: Dirent): readonly Placed[] => {
      const named = entry.isDirectory() ? parseImageDirectory(entry.name) : undefined;
      if (named === undefined) return [];
      const builtIn = directory === BUILT_IN_IMAGES;
      return [{ name: named.image, version: named.version, builtIn, path: join(directory, entry.name) }];
    }),
  );
  const seen = new Set<string>();
  return all.filter(({ name, version }) => {
    const key = `${name}@${version}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function versionsOf(own: string, name: string): readonly Placed[] {
  return placed(own).filter((image) => image.name === name);
}

async function directoryAt(from: string, own: string): Promise<string> {
  const source = await fs.realpath(resolve(from)).catch(() => undefined);
  if (source === undefined || !(await fs.stat(source)).isDirectory()) {
    throw new Problem(`There is no directory ${from} to make an image of.`);
  }
  if ((await fs.readdir(source)).length === 0) {
    throw new Problem(`${from} is empty: an image of it would be the base image.`);
  }
  if (`${await fs.realpath(own)}${sep}`.startsWith(`${source}${sep}`)) {
    throw new Problem(`${from} holds the images themselves: it cannot be one of them.`);
  }
  return source;
}

async function copy(source: string, to: string, from: string): Promise<void> {
  try {
    await fs.cp(source, to, {
      recursive: true,
      mode: constants.COPYFILE_FICLONE,
      verbatimSymlinks: true,
      preserveTimestamps: true,
    });
  } catch (error) {
    throw new Problem(`${from} cannot be copied: ${wordsOf(error)}.`);
  }
}

/** Lays an OS disk from it, upon the base image, as every guest of it will have one. */
async function tryOut(own: string, staged: string): Promise<void> {
  const trial = mkdtempSync(join(tmpdir(), 'muster-trial-'));
  try {
    await layOsDisk(trial, TRIAL, [BUILT_IN_IMAGES, own, staged]);
  } catch (error) {
    throw new Problem(`No OS disk can be laid from it: ${wordsOf(error)}.`);
  } finally {
    await fs.rm(trial, { recursive: true, force: true });
  }
}

/** @returns the version that it has got; the next one is tried again when somebody else was faster */
async function moveIn(
  own: string,
  files: string,
  name: string,
  version: string | undefined,
): Promise<string> {
  for (;;) {
    const known = versionsOf(own, name).map((image) => image.version);
    const chosen = version ?? nextVersion(known);
    if (known.includes(chosen)) throw there(name, chosen);
    try {
      // Fails where there is one already: none is empty.
      await fs.rename(files, join(own, `${name}@${chosen}`));
      return chosen;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
      if (version !== undefined) throw there(name, chosen);
    }
  }
}

function there(name: string, version: string): Problem {
  return new Problem(
    `There is ${name}@${version} already, and a version never changes. Leave out --version for the next one.`,
  );
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
}
