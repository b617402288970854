// The image catalog of directories: an image version is a directory `NAME@VERSION`, or `NAME` alone for the first. They are
// watched, and looked through from time to time as well, since not every file system tells of its changes.
// What must hold: whatever was told or not, what is there is known one look later; nothing but names is read.

import { type FSWatcher, readdirSync, watch } from 'node:fs';

import type { Clock } from '../app/ports/clock.ts';
import type { ImageVersions } from '../app/ports/image-versions.ts';
import { compareVersions, newestVersion, parseImageDirectory } from '../domain/image-version.ts';
import { SECOND } from '../domain/time.ts';

export interface DirectoryCatalogOptions {
  /** One that is not there holds no images; it may come later. */
  readonly directories: readonly string[];
  /** Of the machine: that is where the directories change. */
  readonly clock: Clock;
  /** How often everything is looked through, in milliseconds. By default five seconds. */
  readonly period?: number;
}

export interface DirectoryCatalog extends ImageVersions {
  close(): void;
}

const PERIOD = 5 * SECOND;

type Found = ReadonlyMap<string, ReadonlySet<string>>;

export function openDirectoryCatalog({
  directories,
  clock,
  period = PERIOD,
}: DirectoryCatalogOptions): DirectoryCatalog {
  const listeners = new Set<(image: string) => void>();
  const watchers = new Map<string, FSWatcher>();
  let found = lookThrough(directories);
  let newest = newestOf(found);
  let cancel: () => void = () => undefined;

  const look = (): void => {
    found = lookThrough(directories);
    const before = newest;
    newest = newestOf(found);
    const changed = [...newest].filter(([image, version]) => before.get(image) !== version);
    for (const [image] of changed) for (const listener of listeners) listener(image);
  };
  const watchAll = (): void => {
    for (const directory of directories) {
      if (watchers.has(directory)) continue;
      const watcher = watchIfThere(directory, look, () => watchers.delete(directory));
      if (watcher !== undefined) watchers.set(directory, watcher);
    }
  };
  const again = (): void => {
    watchAll();
    // Watching first: what comes in between is seen.
    look();
    cancel = clock.after(period, again);
  };
  again();

  return {
    latest: (image) => newest.get(image),
    has: (image, version) => found.get(image)?.has(version) ?? false,
    names: () => [...found.keys()].toSorted(),
    versions: (image) => [...(found.get(image) ?? [])].toSorted(compareVersions),
    onChange(listener) {
      // Wrapped, so that the same function may listen twice.
      const own = (image: string): void => {
        listener(image);
      };
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    close() {
      cancel();
      listeners.clear();
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}

function lookThrough(directories: readonly string[]): Found {
  const found = new Map<string, Set<string>>();
  for (const directory of directories) {
    for (const name of directoriesIn(directory)) {
      const named = parseImageDirectory(name);
      if (named === undefined) continue;
      const versions = found.get(named.image) ?? new Set();
      found.set(named.image, versions.add(named.version));
    }
  }
  return found;
}

function newestOf(found: Found): ReadonlyMap<string, string> {
  return new Map([...found].map(([image, versions]) => [image, newestVersion(versions) as string]));
}

function directoriesIn(directory: string): readonly string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}

/** Undefined where there is nothing to watch, or the system will not. `ended`: it cannot be watched any longer. */
function watchIfThere(directory: string, changed: () => void, ended: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(directory, { persistent: false }, changed);
    watcher.on('error', () => {
      watcher.close();
      ended();
    });
    return watcher;
  } catch {
    return undefined;
  }
}
