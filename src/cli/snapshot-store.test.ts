// Snapshots on disk: names, modes, nothing overwritten, damage named.
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fleet, inventoryOf } from '../../test/testing/inventories.ts';
import { snapshotOf } from '../operator/snapshot.ts';
import {
  defaultName,
  listSnapshots,
  loadSnapshot,
  saveSnapshot,
  snapshotDirectory,
} from './snapshot-store.ts';

const snapshot = snapshotOf(inventoryOf(fleet(3)));
let base = '';
let directory = '';

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'muster-snapshots-'));
  directory = join(base, 'muster', 'snapshots');
});
afterEach(() => rmSync(base, { recursive: true }));

test('the directory is the user’s state directory', () => {
  expect(snapshotDirectory({ XDG_STATE_HOME: '/state', HOME: '/home/ada' })).toBe('/state/muster/snapshots');
  expect(snapshotDirectory({ HOME: '/home/ada' })).toBe('/home/ada/.local/state/muster/snapshots');
  expect(snapshotDirectory({ XDG_STATE_HOME: 'relative', HOME: '/home/ada' })).toBe(
    '/home/ada/.local/state/muster/snapshots',
  );
});

test('a snapshot that nobody names is called by its set and its time', () => {
  expect(defaultName(snapshot)).toBe('web-20261124T060000Z');
});

describe('a snapshot', () => {
  test('comes back as it was saved, and only its owner can read it', () => {
    const path = saveSnapshot(directory, 'before', snapshot);
    expect(path).toBe(join(directory, 'before.json'));
    expect(loadSnapshot(directory, 'before')).toMatchObject(snapshot);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  test('is never overwritten', () => {
    saveSnapshot(directory, 'before', snapshot);
    const other = snapshotOf(inventoryOf(fleet(1)));
    expect(() => saveSnapshot(directory, 'before', other)).toThrow(
      'There is a snapshot before already. Choose another name.',
    );
    expect(loadSnapshot(directory, 'before').instances).toHaveLength(3);
    expect(readdirSync(directory)).toEqual(['before.json']);
  });

  test.each(['', '../x', 'a/b', '.hidden', '-x', 'a b', 'x'.repeat(121)])('cannot be called %j', (name) => {
    expect(() => saveSnapshot(directory, name, snapshot)).toThrow('A snapshot cannot be called');
    expect(() => loadSnapshot(directory, name)).toThrow('A snapshot cannot be called');
  });

  test('that is not there is answered with those that are', () => {
    expect(() => loadSnapshot(directory, 'x')).toThrow('There is no snapshot x. There are none yet.');
    saveSnapshot(directory, 'b', snapshot);
    saveSnapshot(directory, 'a', snapshot);
    expect(() => loadSnapshot(directory, 'x')).toThrow('There is no snapshot x. There are: a, b.');
  });

  test('that is damaged is named with its flaw', () => {
    saveSnapshot(directory, 'a', snapshot);
    writeFileSync(join(directory, 'a.json'), '{');
    expect(() => loadSnapshot(directory, 'a')).toThrow(
      `${join(directory, 'a.json')} is damaged: it is not JSON.`,
    );
  });
});

test('a list has the oldest first, and those that cannot be read with the reason', () => {
  expect(listSnapshots(directory)).toEqual([]);
  saveSnapshot(directory, 'new', snapshotOf(inventoryOf(fleet(2), {}, '2026-11-24T09:00:00.000Z')));
  saveSnapshot(directory, 'old', snapshot);
  writeFileSync(join(directory, 'bad.json'), '[]');
  writeFileSync(join(directory, 'note.txt'), 'no snapshot');
  expect(
    listSnapshots(directory).map((one) =>
      'problem' in one ? [one.name, one.problem] : [one.name, one.snapshot.instances.length],
    ),
  ).toEqual([
    ['bad', 'is not a snapshot'],
    ['old', 3],
    ['new', 2],
  ]);
});
