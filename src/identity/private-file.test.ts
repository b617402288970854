// Private files: who may read them, and that a replacement is whole.
import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/testing/temporary.ts';
import { makePrivateDirectory, readPrivateFile, writePrivateFile } from './private-file.ts';

const fresh = temporaryDirectory;
const mode = (path: string): number => statSync(path).mode & 0o777;

test('a private file can be read by its owner only, and nothing else is left behind', () => {
  const directory = fresh();
  writePrivateFile(join(directory, 'key'), 'one');
  writePrivateFile(join(directory, 'key'), 'two');
  expect(readPrivateFile(join(directory, 'key'))).toBe('two');
  expect(mode(join(directory, 'key'))).toBe(0o600);
  expect(readdirSync(directory)).toEqual(['key']);
});

test('a draft that a crash left, or somebody put there as a link, is not written through', () => {
  const directory = fresh();
  writeFileSync(join(directory, 'elsewhere'), 'untouched', { mode: 0o644 });
  symlinkSync(join(directory, 'elsewhere'), join(directory, 'key.new'));
  writePrivateFile(join(directory, 'key'), 'secret');
  expect(readFileSync(join(directory, 'elsewhere'), 'utf8')).toBe('untouched');
  expect(mode(join(directory, 'key'))).toBe(0o600);
});

test('a file that others could read is closed to them when it is read', () => {
  const path = join(fresh(), 'key');
  writeFileSync(path, 'copied');
  chmodSync(path, 0o644);
  expect(readPrivateFile(path)).toBe('copied');
  expect(mode(path)).toBe(0o600);
});

test('a file that is not there reads as undefined, and any other trouble is an error', () => {
  const directory = fresh();
  expect(readPrivateFile(join(directory, 'none'))).toBeUndefined();
  mkdirSync(join(directory, 'folder'));
  expect(() => readPrivateFile(join(directory, 'folder'))).toThrow(/EISDIR/);
});

test('a private directory is made with its parents, and one that exists is closed to others', () => {
  const directory = join(fresh(), 'a', 'b');
  makePrivateDirectory(directory);
  expect(mode(directory)).toBe(0o700);
  chmodSync(directory, 0o755);
  makePrivateDirectory(directory);
  expect(mode(directory)).toBe(0o700);
});
