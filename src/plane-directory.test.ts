// The data directory: what does not fit together is refused with a sentence, and nothing in it changes.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { groupRow } from '../test/testing/rows.ts';
import { put } from './app/ports/store.ts';
import { checkDirectory, imageDirectories, UnfitDirectory } from './plane-directory.ts';
import { openSqliteStore, type SqliteStore } from './store/sqlite.ts';

let data: string;
let store: SqliteStore;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'muster-directory-'));
  store = openSqliteStore({ path: ':memory:' });
});

afterEach(async () => {
  await store.close();
  rmSync(data, { recursive: true });
});

describe('a data directory', () => {
  test('keeps to the guests that it was made with', async () => {
    await checkDirectory(data, 'simulated', store);
    await checkDirectory(data, 'simulated', store);
    await expect(checkDirectory(data, 'process', store)).rejects.toThrow(
      new UnfitDirectory(
        `${data} was made with --guests simulated, and its guests are of that kind. Use that, or another data directory.`,
      ),
    );
    await checkDirectory(data, 'simulated', store);
  });

  test('with rows and without the identity that they belong to is refused, and left as it is', async () => {
    await store.commit([put('group', groupRow())]);
    await expect(checkDirectory(data, 'process', store)).rejects.toThrow(UnfitDirectory);
    expect(readdirSync(data)).toEqual([]);
    writeFileSync(join(data, 'identity.json'), '{}');
    await checkDirectory(data, 'process', store);
  });
});

describe('the directories of images', () => {
  test('are that of the data directory, which is made, and the one that was named', () => {
    expect(imageDirectories({ data })).toEqual([join(data, 'images')]);
    expect(readdirSync(join(data, 'images'))).toEqual([]);
    expect(imageDirectories({ data, images: data })).toEqual([join(data, 'images'), data]);
  });

  test('are refused with a sentence where the one that was named is none', () => {
    writeFileSync(join(data, 'file'), '');
    for (const name of ['nowhere', 'file']) {
      const images = join(data, name);
      expect(() => imageDirectories({ data, images })).toThrow(
        new UnfitDirectory(`There is no directory ${images} to take images from.`),
      );
    }
  });
});
