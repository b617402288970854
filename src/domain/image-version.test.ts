// Which version is newer, and what a directory's name says.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  compareVersions,
  isImageVersion,
  newestVersion,
  nextVersion,
  parseImageDirectory,
} from './image-version.ts';

const number = fc.oneof(fc.nat({ max: 30 }).map(String), fc.constantFrom('00', '07', '202401161'));
const version = fc.array(number, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));

describe('the order of versions', () => {
  test.each([
    ['1.0.0', '1.0.1'],
    ['1.9.0', '1.10.0'],
    ['18.04.202401161', '18.04.202402010'],
    ['1.99.99', '2'],
    ['1', '1.0.1'],
    ['2.0', '10.0'],
    // The same numbers: two versions all the same, and one of them is the newer.
    ['1.0', '1.0.0'],
  ])('%s is older than %s', (older, newer) => {
    expect(compareVersions(older, newer)).toBeLessThan(0);
    expect(compareVersions(newer, older)).toBeGreaterThan(0);
  });

  test('is total: no two differ and are the same, and a is never both before and after b', () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(compareVersions(a, b) === 0).toBe(a === b);
        expect(Math.sign(compareVersions(a, b))).toBe(0 - Math.sign(compareVersions(b, a)));
      }),
    );
  });

  test('holds from one to the next', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        const [first, second, third] = [a, b, c].toSorted(compareVersions) as [string, string, string];
        expect(compareVersions(first, second)).toBeLessThanOrEqual(0);
        expect(compareVersions(second, third)).toBeLessThanOrEqual(0);
        expect(compareVersions(first, third)).toBeLessThanOrEqual(0);
      }),
    );
  });

  test('has one newest, in whatever order they are found, and nothing is newer than it', () => {
    fc.assert(
      fc.property(fc.array(version, { minLength: 1 }), (versions) => {
        const newest = newestVersion(versions) as string;
        expect(newestVersion(versions.toReversed())).toBe(newest);
        expect(versions.every((one) => compareVersions(one, newest) <= 0)).toBe(true);
      }),
    );
    expect(newestVersion([])).toBeUndefined();
  });
});

describe('the next version', () => {
  test.each([
    [[], '1.0.0'],
    [['1.0.0'], '1.0.1'],
    [['1.9.0', '1.10.0'], '1.10.1'],
    [['18.04.202401161'], '18.04.202401162'],
    [['2'], '3'],
  ])('after %j is %s', (versions, next) => {
    expect(nextVersion(versions)).toBe(next);
  });

  test('is a version, and newer than every other', () => {
    fc.assert(
      fc.property(fc.array(version, { minLength: 1 }), (versions) => {
        const next = nextVersion(versions);
        expect(isImageVersion(next)).toBe(true);
        expect(newestVersion([...versions, next])).toBe(next);
        expect(versions).not.toContain(next);
      }),
    );
  });
});

describe('the name of a directory', () => {
  test.each([
    ['web', { image: 'web', version: '1.0.0' }],
    ['web@2.0.0', { image: 'web', version: '2.0.0' }],
    ['my-shop.v2_x@18.04.202401161', { image: 'my-shop.v2_x', version: '18.04.202401161' }],
  ])('%s is an image', (name, parsed) => {
    expect(parseImageDirectory(name)).toEqual(parsed);
  });

  // What is still being copied is put under such a name first.
  test.each(['.web@2.0.0', 'web@', '@1.0.0', 'web@latest', 'web@1.0.0@2', 'web@1.0.0.part', 'web@1..0', '.'])(
    '%s is none',
    (name) => {
      expect(parseImageDirectory(name)).toBeUndefined();
    },
  );

  test('says what it was made of', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][a-z0-9._-]{0,10}$/), version, (image, made) => {
        expect(isImageVersion(made)).toBe(true);
        expect(parseImageDirectory(`${image}@${made}`)).toEqual({ image, version: made });
      }),
    );
  });
});
