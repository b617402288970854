// The data directory: what does not fit together is refused with a sentence, and nothing in it changes.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { groupRow } from '../test/testing/rows.ts';
import { put } from './app/ports/store.ts';
import { checkDirectory, UnfitDirectory } from './plane-directory.ts';
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
