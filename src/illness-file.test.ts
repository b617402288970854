// The illness file: that the next plane is told what stood last, whatever the one before was doing when it ended.
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../test/testing/temporary.ts';
import { openIllnessFile } from './illness-file.ts';

const path = (): string => join(temporaryDirectory(), 'illness');

test('nobody is ill in a new directory', () => {
  expect(openIllnessFile(path()).ill).toEqual(new Set());
});

test('what was noted last of a guest holds when it is opened again', () => {
  const file = path();
  const first = openIllnessFile(file);
  first.note('a_0', true);
  first.note('a_1', true);
  first.note('a_0', false);
  first.note('a_2', false);
  const second = openIllnessFile(file);
  expect(second.ill).toEqual(new Set(['a_1']));
  second.note('a_0', true);
  expect(openIllnessFile(file).ill).toEqual(new Set(['a_1', 'a_0']));
});

test('it does not grow from plane to plane', () => {
  const file = path();
  const first = openIllnessFile(file);
  for (let count = 0; count < 10; count += 1) first.note('a_0', count % 2 === 0);
  first.note('a_1', true);
  openIllnessFile(file);
  expect(readFileSync(file, 'utf8')).toBe('+a_1\n');
});

test('a line that was cut short is no line', () => {
  const file = path();
  openIllnessFile(file).note('a_0', true);
  appendFileSync(file, '-a_0');
  expect(openIllnessFile(file).ill).toEqual(new Set(['a_0']));
});
