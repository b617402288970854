// Which az is run.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../../test/testing/temporary.ts';
import { findAz } from './executable.ts';

function program(directory: string, name: string, mode = 0o755): string {
  const path = join(directory, name);
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, mode);
  return path;
}

describe('the az that is run', () => {
  test('is the first on PATH that can be run', () => {
    const [first, second, third] = [temporaryDirectory(), temporaryDirectory(), temporaryDirectory()];
    program(first, 'az', 0o644);
    mkdirSync(join(second, 'az'));
    const path = program(third, 'az');
    expect(findAz({ PATH: [first, second, third].join(':') }).path).toBe(path);
  });

  test('is the one that MUSTER_AZ names, whatever is on PATH', () => {
    const directory = temporaryDirectory();
    program(directory, 'az');
    const named = program(directory, 'az-2.74');
    expect(findAz({ PATH: directory, MUSTER_AZ: named }).path).toBe(named);
    expect(findAz({ PATH: directory, MUSTER_AZ: '' }).path).toBe(join(directory, 'az'));
  });

  test('is never another one than the one named', () => {
    const directory = temporaryDirectory();
    program(directory, 'az');
    const missing = join(directory, 'missing');
    expect(() => findAz({ PATH: directory, MUSTER_AZ: missing })).toThrow(
      `MUSTER_AZ names ${missing}, which is no program that can be run.`,
    );
  });

  test('is missed in words', () => {
    expect(() => findAz({ PATH: temporaryDirectory() })).toThrow('The Azure CLI (az) is not installed');
  });
});
