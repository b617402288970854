// The contract of the image catalog, on the real one of directories and on the fake that other tests use.
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import type { ImageVersions } from '../../src/app/ports/image-versions.ts';
import { openDirectoryCatalog } from '../../src/catalog/directory-catalog.ts';
import { memoryImages } from '../testing/images.ts';
import { type ManualClock, manualClock } from '../testing/manual-clock.ts';
import { temporaryDirectory } from '../testing/temporary.ts';

interface Bench {
  readonly images: ImageVersions;
  readonly publish: (image: string, version: string) => void;
  readonly withdraw: (image: string, version: string) => void;
  /** Lets the catalog see what changed. */
  readonly look: () => void;
}

const PERIOD = 1000;

function directories(): { clock: ManualClock; first: string; second: string; images: ImageVersions } {
  const clock = manualClock();
  const [first, second] = [temporaryDirectory(), join(temporaryDirectory(), 'later')];
  for (const name of ['base', 'web', 'web@1.10.0', 'web@1.9.0']) mkdirSync(join(first, name));
  const catalog = openDirectoryCatalog({ directories: [first, second], clock, period: PERIOD });
  onTestFinished(() => catalog.close());
  return { clock, first, second, images: catalog };
}

const benches: Readonly<Record<string, () => Bench>> = {
  'of directories': () => {
    const { clock, first, images } = directories();
    const place = (image: string, version: string) => join(first, `${image}@${version}`);
    return {
      images,
      publish: (image, version) => mkdirSync(place(image, version)),
      withdraw: (image, version) => rmSync(place(image, version), { recursive: true }),
      look: () => clock.advance(PERIOD),
    };
  },
  'in memory': () => {
    const images = memoryImages({ base: ['1.0.0'], web: ['1.0.0', '1.10.0', '1.9.0'] });
    return {
      images,
      publish: (image, version) => images.publish(image, version),
      withdraw: (image, version) => images.withdraw(image, version),
      look: () => undefined,
    };
  },
};

describe.each(Object.entries(benches))('an image catalog %s', (_, open) => {
  test('knows the newest version of each image, by number, and every single one', () => {
    const { images } = open();
    expect(images.latest('base')).toBe('1.0.0');
    expect(images.latest('web')).toBe('1.10.0');
    expect(['1.0.0', '1.9.0', '1.10.0'].every((version) => images.has('web', version))).toBe(true);
    expect(images.has('web', '1.9')).toBe(false);
    expect(images.has('base', '1.9.0')).toBe(false);
    expect(images.names()).toEqual(['base', 'web']);
    expect(images.versions('web')).toEqual(['1.0.0', '1.9.0', '1.10.0']);
    expect(images.versions('other')).toEqual([]);
  });

  test('does not know what nobody published', () => {
    const { images } = open();
    expect(images.latest('Canonical:Ubuntu:22_04:latest')).toBeUndefined();
    expect(images.latest('')).toBeUndefined();
    expect(images.has('shop', '1.0.0')).toBe(false);
  });

  test('tells of a new newest version, once, and only of that image', () => {
    const { images, publish, look } = open();
    const heard: string[] = [];
    images.onChange((image) => heard.push(`${image} ${images.latest(image)}`));
    publish('web', '2.0.0');
    look();
    look();
    expect(heard).toEqual(['web 2.0.0']);
    publish('shop', '0.0.1');
    look();
    expect(heard).toEqual(['web 2.0.0', 'shop 0.0.1']);
    expect(images.has('web', '1.0.0')).toBe(true);
  });

  test('says nothing of an older one, and has it', () => {
    const { images, publish, look } = open();
    images.onChange((image) => expect.unreachable(image));
    publish('web', '1.2.0');
    look();
    expect(images.latest('web')).toBe('1.10.0');
    expect(images.has('web', '1.2.0')).toBe(true);
  });

  test('goes back to the one before when the newest is taken away', () => {
    const { images, withdraw, look } = open();
    const heard: string[] = [];
    images.onChange((image) => heard.push(`${image} ${images.latest(image)}`));
    withdraw('web', '1.10.0');
    look();
    expect(heard).toEqual(['web 1.9.0']);
    expect(images.has('web', '1.10.0')).toBe(false);
  });

  test('tells each listener as often as it listens, until it does not', () => {
    const { images, publish, look } = open();
    let calls = 0;
    const listener = (): void => {
      calls += 1;
    };
    const [stop, stopOther] = [images.onChange(listener), images.onChange(listener)];
    publish('web', '2.0.0');
    look();
    expect(calls).toBe(2);
    stop();
    stop();
    publish('web', '3.0.0');
    look();
    expect(calls).toBe(3);
    stopOther();
    publish('web', '4.0.0');
    look();
    expect(calls).toBe(3);
  });
});

describe('the catalog of directories', () => {
  test('sees a version that is moved in without being asked, where the system tells', async () => {
    const { first, images } = directories();
    const { promise: heard, resolve } = Promise.withResolvers<string>();
    images.onChange(resolve);
    const made = temporaryDirectory();
    mkdirSync(join(made, 'half'));
    renameSync(join(made, 'half'), join(first, 'web@2.0.0'));
    // The clock stands still: nothing but the system's word can bring it.
    expect(await heard).toBe('web');
    expect(images.latest('web')).toBe('2.0.0');
  });

  test('finds a directory that comes later, and what comes into it then', async () => {
    const { clock, second, images } = directories();
    mkdirSync(second);
    mkdirSync(join(second, 'web@2.0.0'));
    clock.advance(PERIOD);
    expect(images.latest('web')).toBe('2.0.0');
    const { promise: heard, resolve } = Promise.withResolvers<string>();
    images.onChange(resolve);
    mkdirSync(join(second, 'shop@3.0.0'));
    expect(await heard).toBe('shop');
  });

  test('takes nothing but directories whose name says a version', () => {
    const { clock, first, images } = directories();
    writeFileSync(join(first, 'web@9.0.0'), 'a file');
    symlinkSync(first, join(first, 'web@8.0.0'));
    mkdirSync(join(first, '.web@7.0.0'));
    mkdirSync(join(first, 'web@latest'));
    clock.advance(PERIOD);
    expect(images.latest('web')).toBe('1.10.0');
  });

  test('outlives a directory that is taken away', () => {
    const { clock, first, images } = directories();
    rmSync(first, { recursive: true });
    clock.advance(PERIOD);
    expect(images.latest('web')).toBeUndefined();
    mkdirSync(join(first, 'web@2.0.0'), { recursive: true });
    clock.advance(PERIOD);
    expect(images.latest('web')).toBe('2.0.0');
  });

  test('keeps no timer when it is closed', () => {
    const clock = manualClock();
    openDirectoryCatalog({ directories: [temporaryDirectory()], clock }).close();
    expect(clock.pending()).toBe(0);
  });
});
