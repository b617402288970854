// Evidence on the disk: who may read it, what a kill leaves, and that two do not write at once.
import { appendFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/testing/temporary.ts';
import type { Sealed } from '../operator/evidence.ts';
import type { Entry } from '../operator/record-entry.ts';
import { damageOf, openEvidenceStore, stateDirectory } from './evidence-store.ts';
import { EXIT } from './problem.ts';

const NOW = Date.parse('2026-11-24T06:00:00Z');
const entry = (why: string): Entry => ({ kind: 'interrupted', why });

function storeWith(...entries: readonly Entry[]) {
  const directory = temporaryDirectory();
  const store = openEvidenceStore(directory, () => NOW);
  const record = store.create('one');
  for (const each of entries) record.append(each);
  record.close();
  return { store, directory, path: record.path };
}

/** What a kill leaves: the head is behind what was being written. */
function headAt(path: string, entries: number): void {
  const { n, hash } = JSON.parse(readFileSync(path, 'utf8').split('\n')[entries - 1] ?? '') as Sealed;
  writeFileSync(path.replace('.jsonl', '.head'), `${String(n).padStart(10)} ${hash}\n`);
}

test('the state directory is XDG’s', () => {
  expect(stateDirectory({ XDG_STATE_HOME: '/s' })).toBe('/s/muster');
  expect(stateDirectory({})).toMatch(/\/\.local\/state\/muster$/);
});

describe('a record', () => {
  test('is a file that its owner alone can read', () => {
    const { store, directory, path } = storeWith(entry('a'), entry('b'));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, 'evidence')).mode & 0o777).toBe(0o700);
    expect(store.read('one').entries.map(({ n, at, kind }) => [n, at, kind])).toEqual([
      [1, '2026-11-24T06:00:00.000Z', 'interrupted'],
      [2, '2026-11-24T06:00:00.000Z', 'interrupted'],
    ]);
  });

  test('is never begun over another', () => {
    const { store } = storeWith(entry('a'));
    expect(() => store.create('one')).toThrow('EEXIST');
    // And again: the refusal has let go of it.
    expect(() => store.create('one')).toThrow('EEXIST');
    expect(store.read('one').entries).toHaveLength(1);
  });

  test('goes on where it was left', () => {
    const { store } = storeWith(entry('a'));
    const { record, entries, torn } = store.reopen('one');
    expect([entries.length, torn]).toEqual([1, 0]);
    record.append(entry('b'));
    record.close();
    expect(store.read('one')).toMatchObject({ torn: 0, entries: [{ n: 1 }, { n: 2 }] });
  });

  test('cut at any byte loses the entry that was not finished, says so, and goes on', () => {
    const { path: whole } = storeWith(entry('first'), entry('se∑ond'));
    const bytes = readFileSync(whole);
    const firstEnds = bytes.indexOf(0x0a) + 1;
    for (let cut = firstEnds; cut < bytes.length; cut += 1) {
      const { store, path } = storeWith(entry('first'), entry('se∑ond'));
      truncateSync(path, cut);
      headAt(path, 1);
      expect(store.read('one').torn > 0).toBe(cut > firstEnds);
      const { record, entries, torn } = store.reopen('one');
      expect([entries.length, torn > 0]).toEqual([1, cut > firstEnds]);
      record.append(entry('third'));
      record.close();
      const { entries: after, torn: left, damage } = store.read('one');
      expect([after.length, left, damage]).toEqual([2, 0, undefined]);
    }
  });

  test('that has lost its end after it was written is cut off, wherever it was cut, and not gone on with', () => {
    const { path: whole } = storeWith(entry('first'), entry('second'), entry('third'));
    const bytes = readFileSync(whole);
    for (let cut = bytes.indexOf(0x0a) + 1; cut < bytes.length; cut += 7) {
      const { store, path } = storeWith(entry('first'), entry('second'), entry('third'));
      truncateSync(path, cut);
      const stored = store.read('one');
      expect(stored.missing).toBe(3 - stored.entries.length);
      expect(damageOf(stored)).toBe(`cut off after entry ${stored.entries.length}: 3 were written`);
      expect(() => store.reopen('one')).toThrow('is cut off after entry');
    }
  });

  test('whose last entry is another than was written is damaged there', () => {
    const { store, path } = storeWith(entry('a'), entry('b'));
    const other = storeWith(entry('a'), entry('c'));
    writeFileSync(path, readFileSync(other.path));
    expect(store.read('one').damage).toEqual({
      line: 2,
      problem: 'it is not the entry that was written there',
    });
  });

  test('without its head cannot be told to be whole', () => {
    const { store, path } = storeWith(entry('a'));
    rmSync(path.replace('.jsonl', '.head'));
    expect(store.read('one')).toMatchObject({ headless: true, missing: 0 });
  });

  test('that is damaged is shown up to there and not gone on with', () => {
    const { store, path } = storeWith(entry('a'), entry('b'));
    writeFileSync(path, readFileSync(path, 'utf8').replace('"why":"b"', '"why":"c"'));
    expect(store.read('one').damage?.line).toBe(2);
    expect(() => store.reopen('one')).toThrow(
      'The evidence record one is damaged at entry 2 (interrupted): its hash is not that of what it says, so it is not gone on with.',
    );
    // The refusal has let go of it.
    expect(() => store.reopen('one')).toThrow(expect.objectContaining({ exitCode: EXIT.damaged }));
  });

  test('is written by one process at a time; one that is gone does not count', () => {
    const { store, path } = storeWith(entry('a'));
    const { record } = store.reopen('one');
    expect(() => store.reopen('one')).toThrow(
      `Another process (${process.pid}) is at the evidence record one.`,
    );
    record.close();
    writeFileSync(`${path}.lock`, '0');
    store.reopen('one').record.close();
  });
});

describe('a name', () => {
  test('may be shortened as long as it means one record', () => {
    const { store } = storeWith(entry('a'));
    store.create('other').close();
    store.create('other-2').close();
    expect(store.list()).toEqual(['one', 'other', 'other-2']);
    expect([store.find('on'), store.find('other'), store.find('other-')]).toEqual([
      'one',
      'other',
      'other-2',
    ]);
    expect(() => store.find('o')).toThrow("More than one evidence record begins with 'o'.");
    expect(() => store.find('x')).toThrow("There is no evidence record 'x'.");
    expect(() => store.find('')).toThrow('There is no');
  });

  test('of nothing is a sentence', () => {
    const store = openEvidenceStore(temporaryDirectory(), () => NOW);
    expect(store.list()).toEqual([]);
    expect(() => store.read('x')).toThrow("There is no evidence record 'x'.");
    expect(() => store.reopen('x')).toThrow("There is no evidence record 'x'.");
  });

  test('other files in the directory are none', () => {
    const { store, directory } = storeWith(entry('a'));
    appendFileSync(join(directory, 'evidence', 'notes.txt'), 'x');
    expect(store.list()).toEqual(['one']);
  });
});
