// Which directory it is.
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { dataDirectory } from './data-directory.ts';

test('the option goes before the variable, and the variable before the home directory', () => {
  expect(dataDirectory('/a', { MUSTER_HOME: '/b' })).toBe('/a');
  expect(dataDirectory(undefined, { MUSTER_HOME: '/b' })).toBe('/b');
  expect(dataDirectory(undefined, { MUSTER_HOME: '' })).toBe(join(homedir(), '.muster'));
  expect(dataDirectory(undefined, {})).toBe(join(homedir(), '.muster'));
});

test('it is absolute, and never empty by mistake', () => {
  expect(dataDirectory('here/../there', {})).toBe(resolve('there'));
  expect(() => dataDirectory('', { MUSTER_HOME: '/b' })).toThrow('--data needs a directory.');
});
