// An image catalog in memory, for planes in tests: it has the versions that it is told of, and tells as the real one does.

import type { ImageVersions } from '../../src/app/ports/image-versions.ts';
import { compareVersions, newestVersion } from '../../src/domain/image-version.ts';

export interface MemoryImages extends ImageVersions {
  publish(image: string, version: string): void;
  withdraw(image: string, version: string): void;
}

export function memoryImages(given: Readonly<Record<string, readonly string[]>> = {}): MemoryImages {
  const images = new Map(Object.entries(given).map(([image, versions]) => [image, new Set(versions)]));
  const listeners = new Set<(image: string) => void>();
  const latest = (image: string): string | undefined => newestVersion(images.get(image) ?? []);
  const change = (image: string, work: (versions: Set<string>) => void): void => {
    const before = latest(image);
    const versions = images.get(image) ?? new Set();
    work(versions);
    images.set(image, versions);
    if (latest(image) === before || versions.size === 0) return;
    for (const listener of listeners) listener(image);
  };
  return {
    latest,
    has: (image, version) => images.get(image)?.has(version) ?? false,
    names: () => [...images.keys()].filter((image) => latest(image) !== undefined).toSorted(),
    versions: (image) => [...(images.get(image) ?? [])].toSorted(compareVersions),
    onChange(listener) {
      const own = (image: string): void => {
        listener(image);
      };
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    publish(image, version) {
      change(image, (versions) => versions.add(version));
    },
    withdraw(image, version) {
      change(image, (versions) => versions.delete(version));
    },
  };
}
