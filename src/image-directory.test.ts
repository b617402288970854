// `muster image` on real directories, as a user types it: what it adds, shows and removes, and that nothing is left of what
// it refuses.

import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';

import { recordingTerminal } from '../test/testing/served-identity.ts';
import { temporaryDirectory } from '../test/testing/temporary.ts';
import { run } from './cli/main.ts';
import { addImage, listImages, removeImage } from './image-directory.ts';

let data: string;
let source: string;

beforeEach(() => {
  data = temporaryDirectory();
  source = temporaryDirectory();
  write('etc/muster/services/shop', '#!/bin/sh\nsleep 1000\n');
});

function write(path: string, text: string): void {
  mkdirSync(join(source, path, '..'), { recursive: true });
  writeFileSync(join(source, path), text);
}

async function muster(line: string): Promise<{ code: number; out: string; err: string }> {
  const terminal = recordingTerminal();
  const code = await run(line.split(' '), { MUSTER_HOME: data }, terminal, {
    up: async () => Promise.resolve(0),
    images: { add: addImage, list: listImages, remove: removeImage },
  });
  return { code, ...terminal.text };
}

const added = (): readonly string[] => readdirSync(join(data, 'images')).toSorted();

describe('muster image add', () => {
  test('copies the directory, and says how to refer to it', async () => {
    const { code, out } = await muster(`image add shop ${source}`);
    expect(code).toBe(0);
    expect(out).toContain('Added shop@1.0.0. Refer to it as muster:shop:1:1.0.0, or muster:shop:1:latest');
    expect(out).toContain('{"publisher":"muster","offer":"shop","sku":"1","version":"1.0.0"}');
    expect(added()).toEqual(['shop@1.0.0']);
    const service = join(data, 'images/shop@1.0.0/etc/muster/services/shop');
    expect(readFileSync(service, 'utf8')).toContain('sleep 1000');
  });

  test('makes the version after the newest, also of an image that comes with Muster, or the one that is given', async () => {
    await muster(`image add shop ${source}`);
    expect((await muster(`image add shop ${source}`)).out).toContain('Added shop@1.0.1.');
    expect((await muster(`image add shop ${source} --version 2.0`)).out).toContain('Added shop@2.0.');
    expect((await muster(`image add web ${source}`)).out).toContain('Added web@1.0.1.');
    expect((await muster(`image add shop ${source} --version 2.0`)).err).toMatch(/There is shop@2.0 already/);
    expect((await muster(`image add web ${source} --version 1.0.0`)).err).toMatch(
      /There is web@1.0.0 already/,
    );
    expect(added()).toEqual(['shop@1.0.0', 'shop@1.0.1', 'shop@2.0', 'web@1.0.1']);
  });

  test('gives several that are added at the same time versions of their own', async () => {
    const all = await Promise.all(
      Array.from({ length: 5 }, () => addImage(data, { name: 'shop', from: source })),
    );
    const versions = all.map(({ version }) => version).toSorted();
    expect(versions).toEqual(['1.0.0', '1.0.1', '1.0.2', '1.0.3', '1.0.4']);
    expect(added()).toHaveLength(5);
  });

  test('keeps links as they are: they lead to somewhere in the guest', async () => {
    symlinkSync('/etc/muster', join(source, 'link'));
    await muster(`image add shop ${source}`);
    const link = readdirSync(join(data, 'images/shop@1.0.0'), { withFileTypes: true }).find(
      ({ name }) => name === 'link',
    );
    expect(link?.isSymbolicLink()).toBe(true);
  });

  test.each<[string, () => string, RegExp]>([
    [
      'a directory that is not there',
      () => 'shop /nowhere/at/all',
      /There is no directory \/nowhere\/at\/all/,
    ],
    ['a file', () => `shop ${join(source, 'etc/muster/services/shop')}`, /There is no directory/],
    ['an empty directory', () => `shop ${temporaryDirectory()}`, /is empty/],
    ['the data directory itself', () => `shop ${data}`, /holds the images themselves/],
    ['a name with a slash', () => `a/b ${source}`, /'a\/b' is no name for an image/],
    ['a name that nothing looks at', () => `.shop ${source}`, /'.shop' is no name for an image/],
    ['a version that is none', () => `shop ${source} --version latest`, /'latest' is no version/],
  ])('refuses %s, and leaves nothing behind', async (_, args, words) => {
    mkdirSync(join(data, 'images'));
    const { code, err } = await muster(`image add ${args()}`);
    expect(code).not.toBe(0);
    expect(err).toMatch(words);
    expect(added()).toEqual([]);
  });

  test('refuses what no OS disk can be laid from: a file where every guest has a directory', async () => {
    write('opt', 'not a directory');
    const { code, err } = await muster(`image add shop ${source}`);
    expect(code).toBe(1);
    expect(err).toMatch(/No OS disk can be laid from it: /);
    expect(added()).toEqual([]);
  });
});

describe('muster image list', () => {
  test('shows them by name and version, those of Muster among them', async () => {
    await muster(`image add web ${source} --version 1.10.0`);
    await muster(`image add web ${source} --version 1.9.0`);
    const { out } = await muster('image list');
    const rows = out
      .trimEnd()
      .split('\n')
      .map((line) =>
        line
          .trim()
          .split(/\s{2,}/)
          .slice(0, 2)
          .join(' '),
      );
    expect(rows).toEqual(['NAME VERSION', 'base 1.0.0', 'web 1.0.0', 'web 1.9.0', 'web 1.10.0']);
    const records = JSON.parse((await muster('image list -o json')).out) as unknown;
    expect(records).toContainEqual({ name: 'web', version: '1.9.0', builtIn: false });
    expect(records).toContainEqual({ name: 'base', version: '1.0.0', builtIn: true });
    const query = await muster('image list --query [?builtIn].name');
    expect(JSON.parse(query.out)).toEqual(['base', 'web']);
  });
});

describe('muster image remove', () => {
  test('takes one version away, also one whose directory says none', async () => {
    await muster(`image add shop ${source} --version 1.0.1`);
    mkdirSync(join(data, 'images/shop'));
    expect(await muster('image remove shop@1.0.0')).toMatchObject({ code: 0, out: 'Removed shop@1.0.0.\n' });
    expect(added()).toEqual(['shop@1.0.1']);
  });

  test.each([
    ['shop', /'shop' is no version of an image: it is NAME@VERSION/],
    ['shop@1@2', /is no version of an image/],
    ['shop@1.0.0', /There is no image shop@1.0.0 in/],
    ['web@1.0.0', /web@1.0.0 comes with Muster: it cannot be removed/],
  ])('refuses %s', async (word, words) => {
    const { code, err } = await muster(`image remove ${word}`);
    expect(code).not.toBe(0);
    expect(err).toMatch(words);
  });
});

test.each([
  'image',
  'image add shop',
  'image list shop',
  'image remove',
  'image toString',
  'image list --version 1',
])('muster %s is misused', async (line) => {
  const { code, err } = await muster(line);
  expect(code).toBe(2);
  expect(err).toMatch(/muster image/);
});
